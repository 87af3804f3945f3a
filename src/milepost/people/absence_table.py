"""A table of absences: read, tried out, and taken over as a whole or not at all."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.base.names import fold
from milepost.history.record import Actor
from milepost.people import absences, sheet
from milepost.people.models import Absence, Person
from milepost.people.sheet import NAMESAKES, Cells, Mistake

HEADING: Final = ("name", "email", "from", "to")

NOBODY: Final = gettext_noop("Give the name or the e-mail address of a person.")
UNKNOWN: Final = gettext_noop("There is nobody called “%(name)s”.")
NO_DAYS: Final = gettext_noop("The first day is missing.")


@dataclass
class Outcome:
    """What a table brings: how many absences are new, how many were there before, and the lines that are wrong."""

    people: set[int] = field(default_factory=set)
    new: int = 0
    unchanged: int = 0
    mistakes: list[Mistake] = field(default_factory=list)


def try_out(text: str, *, people: Iterable[Person], by: Actor | None, now: datetime) -> Outcome:
    """What taking the table over would do. Nothing stays."""
    with transaction.atomic():
        outcome = _take(text, people, by=by, now=now)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def take_over(text: str, *, people: Iterable[Person], by: Actor | None, now: datetime) -> Outcome:
    """Enter the absences of these people; with a wrong line, nothing at all. Who is not among them is not known."""
    outcome = _take(text, people, by=by, now=now)
    if outcome.mistakes:
        transaction.set_rollback(True)
    return outcome


def rows(found: Iterable[Absence]) -> Iterator[tuple[str, str, date, date]]:
    """Absences as the table that `take_over` reads."""
    for one in found:
        yield one.person.name, one.person.email, one.first_day, one.last_day


def line(row: Sequence[object]) -> str:
    """A row as a line of the file."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(row)
    return written.getvalue()


class _Known:
    """People by address and by name."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_email: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            if person.email:
                self._by_email[person.email] = person
            self._by_name[fold(person.name)].append(person)

    def find(self, name: str, email: str) -> Person:
        """By the address where one is given, else by the name."""
        if email:
            if email.lower() not in self._by_email:
                raise Refused(UNKNOWN, name=email[:80])
            return self._by_email[email.lower()]
        if not name:
            raise Refused(NOBODY)
        found = self._by_name.get(fold(name), [])
        if not found:
            raise Refused(UNKNOWN, name=name[:80])
        if len(found) > 1:
            raise Refused(NAMESAKES, count=len(found), name=name[:80])
        return found[0]


def _take(text: str, people: Iterable[Person], *, by: Actor | None, now: datetime) -> Outcome:
    outcome, known = Outcome(), _Known(people)

    def enter(cells: Cells) -> None:
        person = known.find(cells.get("name", ""), cells.get("email", ""))
        first_day = sheet.day(cells.get("from", ""))
        if first_day is None:
            raise Refused(NO_DAYS)
        last_day = sheet.day(cells.get("to", "")) or first_day
        if absences.is_there(person, first_day, last_day):
            outcome.unchanged += 1
            return
        absences.add(person, first_day, last_day, by=by, now=now)
        outcome.people.add(person.pk)
        outcome.new += 1

    outcome.mistakes.extend(sheet.take(text, HEADING, [["name", "email"], ["from"]], enter))
    return outcome
