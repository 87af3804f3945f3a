"""Everything that writes persons, teams, memberships and users."""

from datetime import datetime

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.history.record import Actor, record
from milepost.people.models import Membership, Person, Team, User
from milepost.people.roles import Role

NO_NAME = gettext_noop("Give it a name.")
TEAM_TAKEN = gettext_noop("There is already a team called “%(name)s”.")
NO_ADDRESS = gettext_noop("“%(email)s” is not an e-mail address.")
ADDRESS_TAKEN = gettext_noop("There is already a user with the e-mail address %(email)s.")
ENDS_FIRST = gettext_noop("A membership ends after it begins.")


@transaction.atomic
def create_person(name: str, *, email: str = "", by: Actor | None, now: datetime) -> Person:
    """Add someone who works tickets."""
    person = Person.objects.create(name=_named(name), email=email.strip().lower())
    record("created", person, by=by, now=now)
    return person


@transaction.atomic
def create_team(name: str, *, by: Actor | None, now: datetime) -> Team:
    """Add a team."""
    if Team.objects.filter(name=_named(name)).exists():
        raise Refused(TEAM_TAKEN, name=_named(name))
    team = Team.objects.create(name=_named(name))
    record("created", team, by=by, now=now)
    return team


@transaction.atomic
def join(
    person: Person, team: Team, *, since: datetime, until: datetime | None = None, by: Actor | None, now: datetime
) -> Membership:
    """Make a person a member of a team during `[since, until)`."""
    return _member(person, team, since=since, until=until, leads=False, by=by, now=now)


@transaction.atomic
def lead(
    person: Person, team: Team, *, since: datetime, until: datetime | None = None, by: Actor | None, now: datetime
) -> Membership:
    """Make a person the lead of a team, which is a member too, during `[since, until)`."""
    return _member(person, team, since=since, until=until, leads=True, by=by, now=now)


@transaction.atomic
def create_user(
    email: str,
    password: str | None,
    *,
    name: str,
    role: Role,
    person: Person | None = None,
    by: Actor | None,
    now: datetime,
) -> User:
    """Let someone sign in; without a password, only by another way than a password."""
    address = email.strip().lower()
    if "@" not in address:
        raise Refused(NO_ADDRESS, email=address)
    if User.objects.filter(email=address).exists():
        raise Refused(ADDRESS_TAKEN, email=address)
    user = User.objects.create_user(address, password, name=_named(name), role=role, person=person)
    record("created", user, by=by, now=now, after={"role": role.value})
    return user


@transaction.atomic
def deactivate(person: Person, *, by: Actor | None, now: datetime, reason: str = "") -> None:
    """From now on no open milestone of this person is measured; what was measured stays. Twice is once."""
    held = Person.objects.select_for_update().get(pk=person.pk)
    if held.deactivated_at is None:
        held.deactivated_at = now
        held.save(update_fields=["deactivated_at"])
        record("deactivated", held, by=by, now=now, reason=reason)
    person.deactivated_at = held.deactivated_at


@transaction.atomic
def reactivate(person: Person, *, by: Actor | None, now: datetime, reason: str = "") -> None:
    """Open milestones are measured again, over their whole span."""
    held = Person.objects.select_for_update().get(pk=person.pk)
    if held.deactivated_at is not None:
        held.deactivated_at = None
        held.save(update_fields=["deactivated_at"])
        record("reactivated", held, by=by, now=now, reason=reason)
    person.deactivated_at = None


def _member(
    person: Person,
    team: Team,
    *,
    since: datetime,
    until: datetime | None,
    leads: bool,
    by: Actor | None,
    now: datetime,
) -> Membership:
    if until is not None and until <= since:
        raise Refused(ENDS_FIRST)
    membership = Membership.objects.create(person=person, team=team, since=since, until=until, leads=leads)
    record("created", membership, by=by, now=now, after={"leads": leads, "since": since.isoformat()})
    return membership


def _named(name: str) -> str:
    if not name.strip():
        raise Refused(NO_NAME)
    return name.strip()
