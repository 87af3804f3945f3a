"""A table of absences: read, tried out, and taken over as a whole or not at all."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.base.names import fold
from milepost.history.record import Actor
from milepost.people import absences
from milepost.people.models import Absence, Person
from milepost.people.roster import MORE_CELLS, NO_DAY, NO_HEADING, NOT_CSV, TOO_MANY, UNKNOWN_COLUMN, Mistake

HEADING: Final = ("name", "email", "from", "to")
MOST_ROWS: Final = 2_000

NOBODY: Final = gettext_noop("Give the name or the e-mail address of a person.")
UNKNOWN: Final = gettext_noop("There is nobody called “%(name)s”.")
NAMESAKES: Final = gettext_noop("There are %(count)s people called “%(name)s”. Give the e-mail address.")
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
    for number, cells in _lines(text):
        try:
            _take_line(cells, known, outcome, by=by, now=now)
        except Refused as refused:
            outcome.mistakes.append(Mistake(number, refused))
    return outcome


def _take_line(
    cells: Mapping[str, str] | None, known: _Known, outcome: Outcome, *, by: Actor | None, now: datetime
) -> None:
    if cells is None:
        raise Refused(MORE_CELLS)
    person = known.find(cells.get("name", ""), cells.get("email", ""))
    first_day = _day(cells.get("from", ""))
    if first_day is None:
        raise Refused(NO_DAYS)
    last_day = _day(cells.get("to", "")) or first_day
    if absences.is_there(person, first_day, last_day):
        outcome.unchanged += 1
        return
    absences.add(person, first_day, last_day, by=by, now=now)
    outcome.people.add(person.pk)
    outcome.new += 1


def _lines(text: str) -> Iterator[tuple[int, Mapping[str, str] | None]]:
    """The lines after the heading; None for one that has more cells. Commas, semicolons or tabs stand between."""
    text = text.lstrip("\ufeff")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        heading = _heading(next(reader, []))
        for count, cells in enumerate(reader):
            if count >= MOST_ROWS:
                raise Refused(TOO_MANY, count=MOST_ROWS)
            if any(cell.strip() for cell in cells):
                named = dict(zip(heading, (cell.strip() for cell in cells), strict=False))
                yield reader.line_num, named if len(cells) <= len(heading) else None
    except csv.Error as error:
        raise Refused(NOT_CSV, error=error) from error


def _heading(cells: Sequence[str]) -> list[str]:
    names, columns = [cell.strip().lower() for cell in cells], ", ".join(HEADING)
    if "from" not in names or not {"name", "email"} & set(names):
        raise Refused(NO_HEADING, columns=columns)
    for name in names:
        if name not in HEADING or names.count(name) > 1:
            raise Refused(UNKNOWN_COLUMN, column=name[:80], columns=columns)
    return names


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(NO_DAY, text=text[:80]) from error
