"""Medians and percentiles need the facts themselves: each question goes over the facts of a reading once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import duckdb

from milepost.metrics import compiler
from milepost.metrics.compiler import listed
from milepost.metrics.rollup import cells, sums
from milepost.metrics.rollup.grid import Grid
from milepost.metrics.rollup.leaves import place
from milepost.metrics.rollup.plan import Plan, Reading, Use

# Tags below this are looked up by their place in a row of bits.
BITS: Final = 100_000


# What becomes of the single facts of a question, a query for window, group and value, and the weight of weighted ones:
# the rows that it is answered by.
Take = Callable[[duckdb.DuckDBPyConnection, Plan, Use, str], list[Any]]


def asked(
    db: duckdb.DuckDBPyConnection, planned: Plan, reading: Reading, grids: Mapping[int, Grid], taking: Take
) -> Iterator[tuple[int, list[Any]]]:
    """Every question of single facts that has a leaf, and the rows of its windows and groups with a fact."""
    if not reading.singles:
        return
    cells.tags(db, planned, reading, "read")
    ((most,),) = db.execute("SELECT max(tag) FROM read").fetchall()
    for _, alike in groupby(sorted(reading.singles, key=sums.direct), key=sums.direct):
        uses = {use.question: use for use in alike}
        first, *_ = uses.values()
        sums.take(db, uses.values())
        db.execute(
            f"""CREATE OR REPLACE TABLE beside AS
            SELECT question, "window", grp, value{_weight(planned)} FROM ({sums.pooled(first, grids)})"""
        )
        bounds = db.execute("SELECT question, min(opens), max(closes) FROM mine GROUP BY ALL ORDER BY ALL").fetchall()
        for question, *between in bounds:
            use = uses[question]
            value = f"v{reading.values.index(use.value)}"
            taken = _taken(db, planned.choices[use.choice], between, most=most)
            singles = _singles(db, use, grids[first.scale], value=f"{value} AS value{_weight(planned)}", taken=taken)
            beside = f'SELECT "window", grp, value{_weight(planned)} FROM beside WHERE question = {question}'
            yield question, taking(db, planned, use, f"{singles} UNION ALL {beside}")


def ranked(db: duckdb.DuckDBPyConnection, planned: Plan, use: Use, singles: str) -> list[Any]:
    """The rows of a question."""
    numerator, denominator, sample = compiler.aggregated(planned.questions[use.question].measure.aggregate)
    return db.execute(
        f'SELECT "window", grp, {numerator}, {denominator}, {sample} FROM ({singles}) GROUP BY ALL'
    ).fetchall()


def _weight(planned: Plan) -> str:
    return ", weight" if planned.weighted else ""


def _singles(db: duckdb.DuckDBPyConnection, use: Use, grid: Grid, *, value: str, taken: str) -> str:
    """The values of a question: first those of its people, then the windows of each."""
    _window(db, use)
    joined = grid.joined("windowed", "moment")
    if not grid.stepped:
        joined = f"{grid.joined(place(use.scale), 'moment')} JOIN windowed ON windowed.cell = {place(use.scale)}.cell"
    if use.partly:
        joined += " AND windowed.stint = own.stint"
    return f"""
        SELECT "window", grp, own.* EXCLUDE (moment, grp, stint)
        FROM (
            WITH own AS MATERIALIZED (
                SELECT moment, grp, stint, {value}
                FROM read JOIN (SELECT DISTINCT owner, grp, stint FROM mine WHERE question = {use.question})
                     ON owner = {use.by.value}
                WHERE {taken}
            )
            SELECT * FROM own
        ) AS own
        {joined}
    """


def _window(db: duckdb.DuckDBPyConnection, use: Use) -> None:
    """Make `windowed`: in which window of a question a cell lies, and where the cell begins."""
    db.execute(
        f"""
        CREATE OR REPLACE TABLE windowed AS
        SELECT starts, cell, "window", stint FROM {place(use.scale)} JOIN cover USING (cell)
        JOIN (SELECT DISTINCT "window", stint, span FROM mine WHERE question = {use.question}) USING (span)
        """
    )


def _taken(db: duckdb.DuckDBPyConnection, choice: int, between: Sequence[int], *, most: int) -> str:
    """Which facts a choice takes between two moments, as text, so that the reading skips what lies outside.

    `most` is the highest tag of the reading. To look at a bit is several times as quick as to search a list.
    """
    opens, closes = between
    tags = {tag for (tag,) in db.execute("SELECT tag FROM takes WHERE choice = ?", [choice]).fetchall()}
    if not tags:
        return "false"
    bits = "".join("1" if tag in tags else "0" for tag in range(most + 1)) if most < BITS else ""
    tagged = f"get_bit('{bits}'::BIT, tag::INTEGER) = 1" if bits else f"tag IN ({listed(tags)})"
    return f"moment >= {opens} AND moment < {closes} AND {tagged}"
