"""Business time of millions of spans at once, in DuckDB: a table of slots, joined once for each end of a span.

A slot is some hours under one calendar, with the reading of the working clock and the openings in it, to the second. So
no edge of any calendar is lost, and the table stays small enough for the cache of a processor: a finer one that needs
no openings took twice the time.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from milepost.calendars.business_time import LAST_MOMENT
from milepost.calendars.readings import DAY, Readings
from milepost.calendars.spans import Span
from milepost.calendars.working_hours import Schedule

# Calendars lie this many slots apart in the table, more than any moment can be away from 1970.
APART: Final = 2**32
HOUR: Final = 3600
# How long a slot may be in seconds, and how long after midnight of UTC one begins; the best first.
SHAPES: Final = tuple((length, offset) for length in (DAY, DAY // 2, DAY // 4) for offset in range(0, length, HOUR))
# A table of more slots than that has days for slots, however many openings they hold.
MANY: Final = 2**15

# The openings of every slot that has any, by the moment at which the slot begins.
Openings = Mapping[int, Sequence[Span]]


class Database(Protocol):
    """A connection to DuckDB."""

    def execute(self, query: str, parameters: Any = ...) -> Any:
        """Run a statement."""


@dataclass(frozen=True)
class Slots:
    """Readings of calendars in a table of DuckDB, and the SQL that uses them.

    Make the table once for all calendars by their numbers, over all moments that will be asked for, then ask:

        slots = Slots.create(db, calendars.schedules, since=first_moment, until=last_moment)
        waited = Between("waited", calendar="f.calendar", start="f.happened_at", end="f.ended_at")
        db.execute(f"SELECT f.*, {slots.seconds(waited)} AS business_seconds FROM facts AS f {slots.joins(waited)}")

    `seconds` is `business_seconds(schedules[calendar], start, end)` for every row, exactly: 0 where the end is not
    after the start; the calendar seconds where the calendar is null, since then every hour counts; null where an end
    is null or beyond the table, which holds all of `[since, until]`, or the calendar has no schedule. The joins
    neither drop nor repeat a row. Expressions must be names or numbers: each stands several times in the SQL.

    `reading` is `B(calendar, t)`, the working seconds from the start of the UTC day of `since` up to `t`. It is the
    same number as `Readings(schedules[calendar], origin=since).at(t)`, so edges worked out in Python, as those of a
    grid of readings, can be compared with it. What lies between two readings of one calendar does not depend on
    `since`.
    """

    table: str
    # Seconds in a slot, how long after midnight of UTC one begins, and the most openings in one.
    length: int
    offset: int
    width: int

    @classmethod
    def create(
        cls, db: Database, schedules: Mapping[int, Schedule], *, since: int, until: int, table: str = "slots"
    ) -> "Slots":
        """Make the table anew, for every moment of `[since, until]` in UTC seconds."""
        clocks = {calendar: Readings(schedule, origin=since) for calendar, schedule in schedules.items()}
        # A day more on either side: the outermost slots reach over midnight, and must be whole.
        first, after = (since // DAY - 1) * DAY, (until // DAY + 2) * DAY
        spans = [clock.openings(first, after) for clock in clocks.values()]
        slots = cls(table, *_shape(spans, after - first))
        starts = range(first + slots.offset, after - DAY, slots.length)
        slots.fill(db, [row for number, clock in clocks.items() for row in slots.rows(number, clock, starts)])
        return slots

    def columns(self) -> list[str]:
        """The columns of the table."""
        edges = [f"{edge}_{number}" for number in range(self.width) for edge in ("opens", "closes")]
        return ["slot", "base", *edges]

    def rows(self, calendar: int, clock: Readings, starts: range) -> Iterator[list[int]]:
        """The slots of a calendar that begin at `starts`."""
        openings = _cut(clock.openings(starts[0], starts[-1] + self.length), self.length, self.offset)
        for start in starts:
            held = openings.get(start, ())
            # An opening that is none holds every moment at 0.
            edges = [*held, *[(0, 0)] * (self.width - len(held))]
            slot = calendar * APART + (start - self.offset) // self.length
            base = clock.at(start) - sum(opens for opens, _closes in held)
            yield [slot, base, *(edge for opening in edges for edge in opening)]

    def fill(self, db: Database, rows: Sequence[Sequence[int]]) -> None:
        """Make the table anew out of rows."""
        columns = ", ".join(f"row[{place}] AS {name}" for place, name in enumerate(self.columns(), start=1))
        # Thousands of numbers come in quicker as one text than as a list.
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.table} AS "
            f"SELECT {columns} FROM (SELECT unnest(from_json(?, '[[\"BIGINT\"]]')) AS row)",
            [json.dumps(rows)],
        )

    def join(self, alias: str, *, calendar: str, moment: str) -> str:
        """The join that finds the slot of a moment."""
        slot = f"({calendar}) * {APART} + ({moment} - {self.offset}) // {self.length}"
        return f"LEFT JOIN {self.table} AS {alias} ON {alias}.slot = {slot}"

    def reading(self, alias: str, moment: str) -> str:
        """The reading at a moment whose slot was joined as `alias`."""
        # An opening has run for as long as the moment, held within it, is after its beginning; `base` has those
        # beginnings taken off. CASE is quicker here than greatest and least.
        held = [
            f"CASE WHEN {moment} < {alias}.opens_{number} THEN {alias}.opens_{number} "
            f"WHEN {moment} < {alias}.closes_{number} THEN {moment} ELSE {alias}.closes_{number} END"
            for number in range(self.width)
        ]
        return f"({' + '.join([f'{alias}.base', *held])})"

    def function(self, db: Database, name: str) -> None:
        """Make the SQL function `name(calendar, moment)`, the reading at a moment: slower than joins, and short."""
        slot = f"calendar::BIGINT * {APART} + (moment - {self.offset}) // {self.length}"
        db.execute(
            f"CREATE OR REPLACE TEMP MACRO {name}(calendar, moment) AS "
            f"(SELECT {self.reading('slots', 'moment')} FROM {self.table} AS slots WHERE slots.slot = {slot})"
        )

    def joins(self, span: "Between") -> str:
        """The two joins that `seconds` of the same span needs."""
        starts = self.join(span.starts, calendar=span.calendar, moment=span.start)
        return f"{starts} {self.join(span.ends, calendar=span.calendar, moment=span.end)}"

    def seconds(self, span: "Between") -> str:
        """The working seconds of a span."""
        between = f"{self.reading(span.ends, span.end)} - {self.reading(span.starts, span.start)}"
        return (
            f"CASE WHEN {span.end} <= {span.start} THEN 0 "
            f"WHEN {span.calendar} IS NULL THEN {span.end} - {span.start} ELSE {between} END"
        )


@dataclass(frozen=True)
class Between:
    """Two moments and a calendar, as SQL expressions; `name` sets the joins of one span apart from those of another."""

    name: str
    calendar: str
    start: str
    end: str

    @property
    def starts(self) -> str:
        """The alias of the slot of the start."""
        return f"{self.name}_start"

    @property
    def ends(self) -> str:
        """The alias of the slot of the end."""
        return f"{self.name}_end"


def _shape(calendars: Sequence[Sequence[Span]], seconds: int) -> tuple[int, int, int]:
    """The length and offset of a slot and the most openings in one: as few as can be, then as long as can be."""
    found = (*SHAPES[0], LAST_MOMENT)
    for length, offset in SHAPES:
        if length < DAY and len(calendars) * seconds // length > MANY:
            break
        width = max((_width(spans, length, offset) for spans in calendars), default=0)
        if width < found[-1]:
            found = length, offset, width
        if width <= 1:
            break
    return found


def _width(spans: Sequence[Span], length: int, offset: int) -> int:
    return max(map(len, _cut(spans, length, offset).values()), default=0)


def _cut(spans: Sequence[Span], length: int, offset: int) -> Openings:
    slots: dict[int, list[Span]] = defaultdict(list)
    for opens, closes in spans:
        for start in range((opens - offset) // length * length + offset, closes, length):
            slots[start].append((max(opens, start), min(closes, start + length)))
    return slots
