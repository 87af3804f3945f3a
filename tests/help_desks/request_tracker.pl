# Makes the cast, a group, two queues and the tokens in an empty Request Tracker, by its own API; prints the tokens.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;
RT::LoadConfig();
RT::Init();

sub made { my ($id, $said) = @_; die $said unless $id; }

sub user {
    my ($name, $privileged) = @_;
    my $user = RT::User->new(RT->SystemUser);
    made($user->Create(
        Name => $name, RealName => ucfirst $name, EmailAddress => "$name\@example.org",
        Privileged => $privileged, Password => 'testpassword1',
    ));
    return $user;
}

my %user = map { $_ => user($_, 1) } qw(celina dawid milepost);
user('carol', 0);
my %queue;
for my $name (qw(Support Billing)) {
    $queue{$name} = RT::Queue->new(RT->SystemUser);
    made($queue{$name}->Create(Name => $name));
}
my $group = RT::Group->new(RT->SystemUser);
made($group->CreateUserDefinedGroup(Name => 'Frontline'));
$group->AddMember($user{$_}->PrincipalId) for qw(celina dawid);
$group->PrincipalObj->GrantRight(Right => $_, Object => RT->System)
    for qw(SeeQueue ShowTicket ShowTicketComments ReplyToTicket CommentOnTicket ModifyTicket CreateTicket DeleteTicket);
$group->PrincipalObj->GrantRight(Right => $_, Object => $queue{Support})
    for qw(OwnTicket TakeTicket StealTicket ReassignTicket);
my $customers = RT::Group->new(RT->SystemUser);
$customers->LoadSystemInternalGroup('Unprivileged');
$customers->PrincipalObj->GrantRight(Right => $_, Object => RT->System) for qw(CreateTicket ReplyToTicket SeeQueue);
$user{milepost}->PrincipalObj->GrantRight(Right => $_, Object => RT->System) for qw(SeeQueue ShowTicket SeeGroup);
for my $name (qw(milepost celina)) {
    my ($id, $said, $token) = RT::AuthToken->new(RT->SystemUser)->Create(
        Owner => $user{$name}->Id, Description => 'tests',
    );
    made($id, $said);
    print "$name $token\n";
}
