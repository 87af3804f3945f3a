"""Medians and percentiles are kept with the values near them, so that after a write they are moved, not asked again.

All values of a group in a window, in order, are a row; of it a stretch is kept that holds the asked rank. A value that
comes or goes before the stretch moves it by one place, one behind it moves nothing, one within it is put in or taken
out. While the asked rank lies within the stretch the answer is exact; otherwise it is asked of the facts again.
Of a short row the stretch is all of it. What is said in `kept` of generations and steady questions holds here too.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from milepost.metrics.amounts import STEPS
from milepost.metrics.compiler import UNLISTED
from milepost.metrics.metric import QUANTILES
from milepost.metrics.question import Amount
from milepost.metrics.rollup import kept
from milepost.metrics.rollup.plan import Plan, Use

# Rows of so many values are kept whole.
WHOLE: Final = 128
# Of rows up to so many a tenth on both sides of the rank is kept, of longer ones a fiftieth, of the longest less still:
# a write moves a rank by no more places in a long row than in a short one.
LONG: Final = 1_500
LONGEST: Final = 50_000
SIDES: Final = (10, 2, 0.4)
# A stretch that grew beyond its first length is cut to this share of its row.
MOST: Final = 10
# Stretches are written so many at a time: they may be long.
ROWS: Final = 4_096
COLUMNS: Final = 'facts BIGINT, "values" BIGINT, "before" BIGINT, near BIGINT[]'
NAMES: Final = 'facts, "values", "before", near'
KEYS: Final = 'question, "window", grp'


class Place(NamedTuple):
    """A group in a window of a question."""

    question: int
    window: int
    group: int


class Lost(Exception):
    """The rank no longer lies within the stretch."""


@dataclass(slots=True)
class Near:
    """Of how many facts, of how many values, how many of these lie before the stretch, and the stretch in order."""

    facts: int = 0
    values: int = 0
    before: int = 0
    near: list[int] | None = None

    def move(self, changes: Iterable[tuple[int | None, int]]) -> None:
        """Let values come (1) and go (-1); None is a fact without a value. Raises `Lost`."""
        stretch = self.near if self.near is not None else []
        # What comes is put in first, so that a stretch is empty only where its row is.
        for value, weight in sorted(changes, key=lambda one: -one[1]):
            self.facts += weight
            if value is None:
                continue
            begins, ends = self.before == 0, self.before + len(stretch) == self.values
            self.values += weight
            if weight > 0:
                self._come(stretch, value, begins=begins, ends=ends)
            else:
                self._go(stretch, value)
        self.near = stretch

    def _come(self, stretch: list[int], value: int, *, begins: bool, ends: bool) -> None:
        if stretch and value < stretch[0] and not begins:
            self.before += 1
        elif not stretch or value <= stretch[-1] or ends:
            stretch.insert(bisect_left(stretch, value), value)

    def _go(self, stretch: list[int], value: int) -> None:
        if stretch and value < stretch[0]:
            self.before -= 1
        elif stretch and value <= stretch[-1]:
            place = bisect_left(stretch, value)
            if stretch[place] != value:
                raise Lost
            del stretch[place]
            if not stretch and self.values:
                raise Lost
        if self.before < 0 or self.before + len(stretch) > self.values:
            raise Lost

    def quantile(self, percent: int) -> int | None:
        """The percentile of type 7 (Hyndman and Fan 1996) in parts of `STEPS`; None of no values. Raises `Lost`."""
        if self.values == 0:
            return None
        rank, part = divmod((self.values - 1) * percent * STEPS // 100, STEPS)
        low, high = rank - self.before, min(rank + 1, self.values - 1) - self.before
        stretch = self.near or []
        if low < 0 or high >= len(stretch):
            raise Lost
        return stretch[low] * STEPS + (stretch[high] - stretch[low]) * part

    def amount(self, place: Place, planned: Plan) -> Amount | None:
        """The answer to the question; None of no facts."""
        numerator = self.quantile(percent_of(planned, place.question))
        if self.facts == 0:
            return None
        return Amount(place.window, place.group, numerator, None if numerator is None else STEPS, self.values)

    def cut(self, percent: int) -> None:
        """Keep no more than is of use."""
        stretch = self.near or []
        most = max(2 * WHOLE, self.values * MOST // 100)
        if len(stretch) > most:
            rank = (self.values - 1) * percent // 100 - self.before
            first = min(max(rank - most // 2, 0), len(stretch) - most)
            self.before += first
            self.near = stretch[first : first + most]


def percent_of(planned: Plan, question: int) -> int:
    """Which percentile a question asks for."""
    return QUANTILES[planned.questions[question].measure.aggregate]


def beside(file: Path) -> Path:
    """The file of stretches that belongs to a file of sums."""
    return file.with_name(file.name.replace("sums-", "ranks-", 1))


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make `near`, empty."""
    db.execute(f'CREATE OR REPLACE TABLE near(question INTEGER, "window" BIGINT, grp BIGINT, {COLUMNS})')


def gather(db: duckdb.DuckDBPyConnection, planned: Plan, use: Use, singles: str) -> list[Any]:
    """The rows that a question of single facts is answered by; what lies near is put into `near` on the way."""
    percent = percent_of(planned, use.question)
    points = [percent, *(min(max(percent + side, 0), 100) for wide in SIDES for side in (-wide, wide))]
    opens, closes = (
        f"""
        CASE WHEN "values" <= {WHOLE} THEN {edge} WHEN "values" <= {LONG} THEN points[{place}]::BIGINT
             WHEN "values" <= {LONGEST} THEN points[{place + 2}]::BIGINT ELSE points[{place + 4}]::BIGINT END
        """
        for place, edge in ((2, -(2**62)), (3, 2**62))
    )
    db.execute(
        f"""
        CREATE OR REPLACE TABLE ranked AS
        SELECT "window", grp, points[1] AS numerator, "values", facts, {opens} AS opens, {closes} AS closes
        FROM (
            SELECT "window", grp, quantile_cont(value, {[point / 100 for point in points]}) AS points,
                   count(value) AS "values", count(*) AS facts
            FROM ({singles}) GROUP BY ALL
        )
        """
    )
    db.execute(
        f"""
        INSERT INTO near
        SELECT {use.question}, "window", grp, min(facts), min("values"), count(*) FILTER (value < opens),
               list_sort(list(value) FILTER (value BETWEEN opens AND closes))
        FROM ({singles}) JOIN ranked USING ("window", grp) GROUP BY "window", grp
        """
    )
    return db.execute('SELECT "window", grp, numerator, 1, "values" FROM ranked').fetchall()


def note(db: duckdb.DuckDBPyConnection, _planned: Plan, use: Use, singles: str) -> list[Any]:
    """Put the single facts that came and went into `moved`; nothing is answered."""
    db.execute(f'INSERT INTO moved SELECT {use.question}, "window", grp, value, weight FROM ({singles})')
    return []


def watch(db: duckdb.DuckDBPyConnection) -> None:
    """Make `moved`, empty."""
    db.execute('CREATE TABLE moved(question INTEGER, "window" BIGINT, grp BIGINT, value BIGINT, weight BIGINT)')


def held(db: duckdb.DuckDBPyConnection, file: Path, planned: Plan, *, now: int) -> list[int]:
    """The questions of which all is kept that this state of the store asks for."""
    return kept.known(db, file, planned, planned.steadily_ranked, now=now)


def moved(
    db: duckdb.DuckDBPyConnection, file: Path, planned: Plan, *, changed: bool
) -> tuple[dict[Place, Near], set[Place]]:
    """What lies near the ranks at the places in `moved`, or in `leaf` where nothing changed; and which were lost."""
    table = "moved" if changed else "leaf"
    asked = db.execute(f"SELECT DISTINCT {KEYS} FROM {table} ORDER BY ALL").fetchall()
    known = _kept_at(db, file, table)
    found = {place: known.get(place, Near()) for place in (Place(*row) for row in asked)}
    lost = set()
    for place, changes in _moves(db) if changed else ():
        near, percent = found[place], percent_of(planned, place.question)
        try:
            near.move(changes)
            near.quantile(percent)
            near.cut(percent)
        except Lost:
            lost.add(place)
            del found[place]
    return found, lost


def _kept_at(db: duckdb.DuckDBPyConnection, file: Path, table: str) -> dict[Place, Near]:
    rows = db.execute(
        f"""
        SELECT {KEYS}, {NAMES}
        FROM {kept.read(file)} JOIN named USING (key, opens, ends, later) SEMI JOIN {table} USING ({KEYS})
        """
    )
    return {Place(*row[:3]): Near(*row[3:]) for row in _fetched(rows)}


def _moves(db: duckdb.DuckDBPyConnection) -> Iterator[tuple[Place, list[tuple[int | None, int]]]]:
    """What came and went, by place."""
    rows = db.execute(f"SELECT {KEYS}, list(value), list(weight) FROM moved GROUP BY ALL")
    for *place, values, weights in _fetched(rows):
        yield Place(*place), list(zip(values, weights, strict=True))


def write(db: duckdb.DuckDBPyConnection, file: Path, fresh: dict[Place, Near] | None = None, *, now: int) -> None:
    """Keep what is `near` of the questions that are `named`; with `fresh` also that, and of all else what was kept."""
    if not kept.is_settled(db, now=now):
        file.unlink(missing_ok=True)
        return
    names = "key, opens, ends, later, grp"
    before = ""
    if fresh is not None:
        _put(db, fresh)
        before = f"""
            UNION ALL
            SELECT {names}, {NAMES} FROM {kept.read(file)} SEMI JOIN one USING (key, opens, ends, later)
            ANTI JOIN (SELECT {names} FROM moved JOIN named USING (question, "window")) USING ({names})
            WHERE grp IS NOT NULL
        """
    kept.put(
        db,
        file,
        f"""
        WITH one AS (SELECT DISTINCT ON (key, opens, ends, later) * FROM named ORDER BY question, "window")
        SELECT key, opens, ends, later, NULL::BIGINT AS grp, 0 AS facts, 0 AS "values", 0 AS "before",
               NULL::BIGINT[] AS near
        FROM one
        UNION ALL
        SELECT {names}, {NAMES} FROM near JOIN one USING (question, "window") {before}
        """,
        together=ROWS,
    )


def _put(db: duckdb.DuckDBPyConnection, fresh: dict[Place, Near]) -> None:
    """Add to `near`. Lists travel as texts: DuckDB looks for other libraries at every value of a list."""
    columns = [
        ",".join(str(value) for value in column)
        for column in zip(*((*place, one.facts, one.values, one.before) for place, one in fresh.items()), strict=True)
    ]
    if columns:
        near = ";".join(",".join(map(str, one.near or [])) for one in fresh.values())
        each = ", ".join(f"unnest({UNLISTED.format('?', 'BIGINT')})" for _ in columns)
        values = "list_filter(string_split(x, ','), y -> y != '')::BIGINT[]"
        stretch = f"unnest(list_transform(string_split(?, ';'), x -> {values}))"
        db.execute(f"INSERT INTO near SELECT {each}, {stretch}", [*columns, near])


def _fetched(rows: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Any]]:
    while batch := rows.fetchmany(kept.BATCH):
        yield from batch
