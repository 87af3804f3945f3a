"""A table of people and their teams: read, tried out, and taken over as a whole or not at all."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.base.names import fold
from milepost.calendars.periods import midnight
from milepost.history.record import Actor
from milepost.people import actions, sheet
from milepost.people.models import Membership, Person, Team
from milepost.people.sheet import LONGEST_NAME, NAMESAKES, Cells, Mistake

HEADING: Final = ("name", "email", "team", "from", "to", "leads")
YES, NO = frozenset({"yes", "true", "1", "tak"}), frozenset({"", "no", "false", "0", "nie"})

NO_NAME = gettext_noop("The name is missing.")
LONG = gettext_noop("“%(text)s…” is longer than 200 characters.")
NO_ADDRESS = gettext_noop("“%(email)s” is not an e-mail address.")
NO_ANSWER = gettext_noop("“%(text)s” is neither yes nor no.")
NO_TEAM = gettext_noop("Days and lead are given, but the team is missing.")
ENDS_FIRST = gettext_noop("The end date is before the start date.")


@dataclass(frozen=True)
class Line:
    """A person, and their membership in a team if one is named. Both days belong to it."""

    name: str
    email: str
    team: str
    first_day: date | None
    last_day: date | None
    leads: bool


@dataclass
class Outcome:
    """What a file brings: how many of what, and the lines that are wrong."""

    people: int = 0
    addresses: int = 0
    teams: int = 0
    memberships: int = 0
    corrected: int = 0
    unchanged: int = 0
    mistakes: list[Mistake] = field(default_factory=list)


def try_out(text: str, *, zone: ZoneInfo, by: Actor, now: datetime) -> Outcome:
    """What taking the table over would do. Nothing stays."""
    with transaction.atomic():
        outcome = _take(text, zone=zone, by=by, now=now)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def take_over(text: str, *, zone: ZoneInfo, by: Actor, now: datetime) -> Outcome:
    """Add and correct people, teams and memberships; with a wrong line, nothing at all."""
    outcome = _take(text, zone=zone, by=by, now=now)
    if outcome.mistakes:
        transaction.set_rollback(True)
    return outcome


def rows(zone: ZoneInfo) -> Iterator[tuple[str, str, str, date | None, date | None, str]]:
    """Everybody with each of their memberships, as the table that `take_over` reads."""
    memberships: dict[int, list[Membership]] = defaultdict(list)
    for one in Membership.objects.select_related("team").order_by("since", "pk"):
        memberships[one.person_id].append(one)
    for person in Person.objects.all():
        for one in memberships[person.pk]:
            days = _first_day(one, zone), _last_day(one, zone)
            yield person.name, person.email, one.team.name, *days, "yes" if one.leads else "no"
        if not memberships[person.pk]:
            yield person.name, person.email, "", None, None, ""


def _take(text: str, *, zone: ZoneInfo, by: Actor, now: datetime) -> Outcome:
    roster = _Roster(zone, by, now)
    mistakes = sheet.take(text, HEADING, [["name"]], lambda cells: roster.take(_line(cells)))
    roster.outcome.mistakes.extend(mistakes)
    return roster.outcome


class _Roster:
    """Who is there already, and who came with the lines before."""

    def __init__(self, zone: ZoneInfo, by: Actor, now: datetime) -> None:
        self.outcome = Outcome()
        self._zone = zone
        self._by = by
        self._now = now
        self._by_email: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        for person in Person.objects.all():
            self._know(person)
        self._teams = {team.name: team for team in Team.objects.all()}
        self._memberships = {
            (one.person_id, one.team_id, _first_day(one, zone)): one for one in Membership.objects.all()
        }

    def take(self, line: Line) -> None:
        """One line: its person, its team, its membership."""
        before = replace(self.outcome)
        person = self._person(line)
        if line.team:
            self._membership(line, person, self._team(line.team))
        if before == self.outcome:
            self.outcome.unchanged += 1

    def _know(self, person: Person) -> None:
        if person.email:
            self._by_email[person.email] = person
        self._by_name[fold(person.name)].append(person)

    def _person(self, line: Line) -> Person:
        if line.email in self._by_email:
            return self._by_email[line.email]
        namesakes = self._by_name[fold(line.name)]
        if line.email:
            namesakes = [one for one in namesakes if not one.email]
        if len(namesakes) > 1:
            raise Refused(NAMESAKES, count=len(namesakes), name=line.name)
        if not namesakes:
            person = actions.create_person(line.name, email=line.email, by=self._by, now=self._now)
            self.outcome.people += 1
            self._know(person)
            return person
        person = namesakes[0]
        if line.email:
            actions.change_person(person, name=person.name, email=line.email, by=self._by, now=self._now)
            self.outcome.addresses += 1
            self._by_email[line.email] = person
        return person

    def _team(self, name: str) -> Team:
        if name not in self._teams:
            self._teams[name] = actions.create_team(name, by=self._by, now=self._now)
            self.outcome.teams += 1
        return self._teams[name]

    def _membership(self, line: Line, person: Person, team: Team) -> None:
        first_day = line.first_day or self._now.astimezone(self._zone).date()
        until = None if line.last_day is None else midnight(line.last_day + timedelta(days=1), self._zone)
        held = self._memberships.get((person.pk, team.pk, first_day))
        if held is None:
            begin = actions.lead if line.leads else actions.join
            since = midnight(first_day, self._zone)
            made = begin(person, team, since=since, until=until, by=self._by, now=self._now)
            self._memberships[person.pk, team.pk, first_day] = made
            self.outcome.memberships += 1
        elif (_last_day(held, self._zone), held.leads) != (line.last_day, line.leads):
            actions.change_membership(held, since=held.since, until=until, leads=line.leads, by=self._by, now=self._now)
            self.outcome.corrected += 1


def _first_day(membership: Membership, zone: ZoneInfo) -> date:
    return membership.since.astimezone(zone).date()


def _last_day(membership: Membership, zone: ZoneInfo) -> date | None:
    """The last day that belongs to it."""
    until = membership.until
    return None if until is None else (until - timedelta(microseconds=1)).astimezone(zone).date()


def _line(cells: Cells) -> Line:
    name, team, email = (cells.get(column, "") for column in ("name", "team", "email"))
    if not name:
        raise Refused(NO_NAME)
    for text in (name, team):
        if len(text) > LONGEST_NAME:
            raise Refused(LONG, text=text[:40])
    first_day, last_day = sheet.day(cells.get("from", "")), sheet.day(cells.get("to", ""))
    leads = _answer(cells.get("leads", ""))
    if not team and (first_day or last_day or leads):
        raise Refused(NO_TEAM)
    if first_day and last_day and last_day < first_day:
        raise Refused(ENDS_FIRST)
    return Line(name, _address(email), team, first_day, last_day, leads)


def _address(text: str) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError as error:
            raise Refused(NO_ADDRESS, email=text[:LONGEST_NAME]) from error
    return text.lower()


def _answer(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise Refused(NO_ANSWER, text=text[:LONGEST_NAME])
    return text.lower() in YES
