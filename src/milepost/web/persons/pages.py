"""What the pages of persons and teams show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from milepost.base.names import fold
from milepost.formats import dates
from milepost.goals.leaving import Touched
from milepost.history.queries import newest_of
from milepost.people.models import Membership, Person, Team
from milepost.web.avatars import Avatar, of_person
from milepost.web.days import day_of, last_day
from milepost.web.history import Entry, entries

ACTIVE, DEACTIVATED = "active", "deactivated"


@dataclass(frozen=True)
class Span:
    """A membership as the page shows it."""

    pk: int
    person: int
    person_name: str
    team: int
    team_name: str
    first_day: str
    last_day: str
    leads: bool
    over: bool


@dataclass(frozen=True)
class Listed:
    """A person in the list."""

    pk: int
    name: str
    email: str
    avatar: Avatar
    teams: str
    user: int | None
    deactivated: str


@dataclass(frozen=True)
class Change:
    """Deactivating or reactivating: what is said before."""

    touched: Touched
    returns: bool


def listed(person: Person, now: datetime, zone: ZoneInfo) -> Listed:
    """A person that `with_teams` found."""
    running = [one for one in person.memberships.all() if one.since <= now and (one.until is None or one.until > now)]
    user = getattr(person, "user", None)
    return Listed(
        pk=person.pk,
        name=person.name,
        email=person.email,
        avatar=of_person(person.name, person.pk),
        teams=", ".join(dict.fromkeys(one.team.name for one in running)),
        user=None if user is None else user.pk,
        deactivated="" if person.deactivated_at is None else dates.day(day_of(person.deactivated_at, zone)),
    )


def found(text: str, state: str) -> QuerySet[Person]:
    """Persons whose name or address has these letters, whatever marks they bear."""
    persons = Person.objects.all()
    if text:
        persons = persons.filter(Q(folded__contains=fold(text)) | Q(email__icontains=text.strip()))
    if state in {ACTIVE, DEACTIVATED}:
        persons = persons.filter(deactivated_at__isnull=state == ACTIVE)
    memberships = Membership.objects.select_related("team").order_by("team__order", "pk")
    return persons.select_related("user").prefetch_related(Prefetch("memberships", memberships))


class PersonPage:
    """A person with their memberships and their history."""

    def __init__(self, person: Person, *, now: datetime, zone: ZoneInfo) -> None:
        self.person = person
        self._now = now
        self._zone = zone

    @property
    def deactivated(self) -> str:
        """Since when the person works no tickets; empty while they do."""
        at = self.person.deactivated_at
        return "" if at is None else dates.day(day_of(at, self._zone))

    @cached_property
    def memberships(self) -> list[Span]:
        """The newest first."""
        found = self.person.memberships.select_related("team", "person").order_by("-since", "-pk")
        return spans(found, self._now, self._zone)

    @property
    def history(self) -> list[Entry]:
        """What happened to the person and their memberships."""
        of_memberships = newest_of("membership", [one.pk for one in self.memberships])
        changes = [*newest_of("person", [self.person.pk]), *of_memberships]
        return entries(sorted(changes, key=lambda one: (one.at, one.pk), reverse=True), self._zone)


class TeamPage:
    """A team with its members and its history."""

    def __init__(self, team: Team, *, now: datetime, zone: ZoneInfo) -> None:
        self.team = team
        self._now = now
        self._zone = zone

    @property
    def memberships(self) -> QuerySet[Membership]:
        """Leads first, then A to Z."""
        return self.team.memberships.select_related("team", "person").order_by("-leads", "person__order", "since", "pk")

    def spans(self, memberships: Iterable[Membership]) -> list[Span]:
        """Memberships as the page shows them."""
        return spans(memberships, self._now, self._zone)

    @property
    def history(self) -> list[Entry]:
        """What happened to the team."""
        return entries(newest_of("team", [self.team.pk]), self._zone)


def spans(memberships: Iterable[Membership], now: datetime, zone: ZoneInfo) -> list[Span]:
    """Memberships with the names of both and the days of the account's zone."""
    return [_span(one, now, zone) for one in memberships]


def _span(one: Membership, now: datetime, zone: ZoneInfo) -> Span:
    last = last_day(one.until, zone)
    return Span(
        pk=one.pk,
        person=one.person_id,
        person_name=one.person.name,
        team=one.team_id,
        team_name=one.team.name,
        first_day=dates.day(day_of(one.since, zone)),
        last_day="" if last is None else dates.day(last),
        leads=one.leads,
        over=one.until is not None and one.until <= now,
    )
