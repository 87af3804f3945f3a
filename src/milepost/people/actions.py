"""Everything that writes persons, teams and memberships, and makes users."""

from datetime import datetime

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.history.record import Actor, record
from milepost.people import seats, users
from milepost.people.models import Membership, Person, Team, User
from milepost.people.roles import Role

NO_NAME = gettext_noop("Give it a name.")
TEAM_TAKEN = gettext_noop("There is already a team called “%(name)s”.")
NO_ADDRESS = gettext_noop("“%(email)s” is not an e-mail address.")
ADDRESS_TAKEN = gettext_noop("There is already a user with the e-mail address %(email)s.")
ENDS_FIRST = gettext_noop("A membership ends after it begins.")
NOT_YET = gettext_noop("Choose today or a day before it.")
BACK_FIRST = gettext_noop("Nobody comes back before they left. Choose a later day.")


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
    seat: bool = True,
    by: Actor | None,
    now: datetime,
) -> User:
    """Let someone sign in; without a password, once they have set one by a link. They get a seat if one is free."""
    address = email.strip().lower()
    if "@" not in address:
        raise Refused(NO_ADDRESS, email=address)
    if User.objects.filter(email=address).exists():
        raise Refused(ADDRESS_TAKEN, email=address)
    users.check_person(person)
    seated = seat and seats.is_free()
    user = User.objects.create_user(address, password, name=_named(name), role=role, person=person, seat=seated)
    record("created", user, by=by, now=now, after={"role": role.value, "seat": seated})
    return user


@transaction.atomic
def change_person(person: Person, *, name: str, email: str, by: Actor | None, now: datetime) -> None:
    """Correct the name or the address of a person."""
    before = {"name": person.name, "email": person.email}
    person.name, person.email = _named(name), email.strip().lower()
    after = {"name": person.name, "email": person.email}
    if after != before:
        person.save()
        record("changed", person, by=by, now=now, before=before, after=after)


@transaction.atomic
def rename_team(team: Team, name: str, *, by: Actor | None, now: datetime) -> None:
    """Give a team another name."""
    before, after = team.name, _named(name)
    if Team.objects.filter(name=after).exclude(pk=team.pk).exists():
        raise Refused(TEAM_TAKEN, name=after)
    if after != before:
        team.name = after
        team.save()
        record("changed", team, by=by, now=now, before={"name": before}, after={"name": after})


@transaction.atomic
def change_membership(
    membership: Membership, *, since: datetime, until: datetime | None, leads: bool, by: Actor | None, now: datetime
) -> None:
    """Correct from when to when somebody belongs to a team, and whether they lead it."""
    if until is not None and until <= since:
        raise Refused(ENDS_FIRST)
    before = _of_membership(membership)
    membership.since, membership.until, membership.leads = since, until, leads
    after = _of_membership(membership)
    if after != before:
        membership.save()
        record("changed", membership, by=by, now=now, before=before, after=after)


@transaction.atomic
def remove_membership(membership: Membership, *, by: Actor | None, now: datetime) -> None:
    """Take a membership back that never was. One that ends is given an end instead."""
    before = {"team": membership.team.name} | _of_membership(membership)
    record("left", membership.person, by=by, now=now, before=before)
    membership.delete()


@transaction.atomic
def deactivate(
    person: Person, *, by: Actor | None, now: datetime, since: datetime | None = None, reason: str = ""
) -> None:
    """From `since` on, or now, no open milestone of this person is measured; what was measured stays. Twice is once."""
    held = Person.objects.select_for_update().get(pk=person.pk)
    if held.deactivated_at is None:
        held.deactivated_at = _passed(since, now)
        held.save(update_fields=["deactivated_at"])
        held.deactivations.create(since=held.deactivated_at, since_entered_at=now)
        after = {"deactivated": held.deactivated_at.isoformat()}
        record("deactivated", held, by=by, now=now, after=after, reason=reason)
    person.deactivated_at = held.deactivated_at


@transaction.atomic
def reactivate(
    person: Person, *, by: Actor | None, now: datetime, since: datetime | None = None, reason: str = ""
) -> None:
    """From `since` on, or now, milestones that have not ended are measured again, over their whole span."""
    held = Person.objects.select_for_update().get(pk=person.pk)
    if held.deactivated_at is not None:
        moment = _passed(since, now)
        if moment < held.deactivated_at:
            raise Refused(BACK_FIRST)
        held.deactivations.filter(until__isnull=True).update(until=moment, until_entered_at=now)
        before = {"deactivated": held.deactivated_at.isoformat()}
        held.deactivated_at = None
        held.save(update_fields=["deactivated_at"])
        after = {"reactivated": moment.isoformat()}
        record("reactivated", held, by=by, now=now, before=before, after=after, reason=reason)
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
    record("created", membership, by=by, now=now, after=_of_membership(membership))
    return membership


def _of_membership(membership: Membership) -> dict[str, str | bool | None]:
    until = membership.until
    return {
        "since": membership.since.isoformat(),
        "until": None if until is None else until.isoformat(),
        "leads": membership.leads,
    }


def _passed(moment: datetime | None, now: datetime) -> datetime:
    if moment is not None and moment > now:
        raise Refused(NOT_YET)
    return moment or now


def _named(name: str) -> str:
    if not name.strip():
        raise Refused(NO_NAME)
    return name.strip()
