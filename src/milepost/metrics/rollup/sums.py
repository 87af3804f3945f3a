"""Phase 2: the sums of every leaf, from cells by equi-joins and from the pool fact by fact."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

import duckdb

from milepost.metrics.compiler import listed
from milepost.metrics.parts import HAPPENED, NOTHING, SETTLED
from milepost.metrics.question import By
from milepost.metrics.rollup import cells
from milepost.metrics.rollup.grid import Grid
from milepost.metrics.rollup.leaves import fill, place
from milepost.metrics.rollup.plan import Plan, Reading, Use

# The sums of facts that each have a value, a weight, and are a hit or not.
SUMS: Final = (
    "sum(weight) AS n, sum(weight) FILTER (hit) AS hits, coalesce(sum(weight) FILTER (value IS NOT NULL), 0) AS c, "
    "sum(value * weight) AS s, min(value) AS lo, max(value) AS hi"
)
COLUMNS: Final = "n BIGINT, hits BIGINT, c BIGINT, s BIGINT, lo BIGINT, hi BIGINT"


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make `sums`, empty: question, window, grp and the sums of what is behind them."""
    db.execute(f'CREATE OR REPLACE TABLE sums(question INTEGER, "window" BIGINT, grp BIGINT, {COLUMNS})')


def lay_out(db: duckdb.DuckDBPyConnection, planned: Plan) -> None:
    """Make `used`: the leaves of every use, of which `take` then chooses; a statement costs more than its rows."""
    fill(
        db,
        "use(number INTEGER, question INTEGER, choice INTEGER)",
        ((use.number, use.question, planned.choices[use.choice]) for use in planned.uses),
    )
    db.execute(
        "CREATE OR REPLACE TABLE used AS "
        "SELECT leaf.*, number, choice, opens, closes, as_of, since, until "
        "FROM leaf JOIN use USING (question) JOIN span USING (span)"
    )


def from_cells(db: duckdb.DuckDBPyConnection, reading: Reading, scale: int) -> None:
    """Add what the cells of a scale bring to the questions that are asked on it."""
    for by in reading.groups:
        name = f"cells_by_{by.value}"
        uses = [use for use in reading.summed if use.by is by and use.scale == scale]
        db.execute(f"CREATE OR REPLACE {'TABLE' if by is By.TEAM else 'VIEW'} {name} AS {cells.of(reading, by, scale)}")
        for value in (NOTHING, *reading.values):
            alike = [use for use in uses if use.value == value]
            if alike:
                _from(db, name, alike, _of(reading, value))


def _from(db: duckdb.DuckDBPyConnection, name: str, uses: Sequence[Use], of_values: str) -> None:
    take(db, uses)
    cover = 'SELECT span, "last" AS cell FROM span' if uses[0].source.ends else "SELECT * FROM cover"
    db.execute(
        f"""
        INSERT INTO sums
        SELECT leaf.question, leaf."window", leaf.grp, sum(n), sum(n) FILTER (hit), {of_values}
        FROM {name} AS cells
        JOIN (SELECT * FROM mine JOIN ({cover}) USING (span)) leaf
             ON leaf.owner = cells.owner AND leaf.cell = cells.cell
        JOIN takes ON takes.choice = leaf.choice AND takes.tag = cells.tag
        GROUP BY ALL
        """
    )


def _of(reading: Reading, value: str) -> str:
    if value == NOTHING:
        return "0, NULL, NULL, NULL"
    number = reading.values.index(value)
    extremes = f"min(lo{number}), max(hi{number})" if reading.extreme else "NULL, NULL"
    return f"sum(c{number}), sum(s{number}), {extremes}"


def take(db: duckdb.DuckDBPyConnection, uses: Iterable[Use]) -> None:
    """Make `mine`: the leaves of the questions of these uses, and what each of them chooses, and when."""
    numbers = listed(use.number for use in uses)
    db.execute(f"CREATE OR REPLACE VIEW mine AS SELECT * EXCLUDE (number) FROM used WHERE number IN ({numbers})")


def direct(use: Use) -> tuple[By, tuple[int, bool, str, str]]:
    """What uses have in common that are asked of the pool together."""
    return use.by, _like(use)


def _like(use: Use) -> tuple[int, bool, str, str]:
    return use.scale, use.partly, repr(use.part), use.value


def from_pool(db: duckdb.DuckDBPyConnection, planned: Plan, grids: Mapping[int, Grid]) -> None:
    """Add what the facts that no cell holds bring."""
    for _, alike in groupby(sorted((use for use in planned.uses if not use.single), key=_like), key=_like):
        uses = sorted(alike, key=direct)
        if uses[0].part.place == HAPPENED:
            take(db, uses)
            db.execute(f"INSERT INTO sums {_of_spans(uses, grids[uses[0].scale])}")
            continue
        for _, grouped in groupby(uses, key=direct):
            theirs = list(grouped)
            take(db, theirs)
            summed = f'SELECT question, "window", grp, {SUMS} FROM ({pooled(theirs[0], grids)}) GROUP BY ALL'
            db.execute(f"INSERT INTO sums {summed}")


def _of_spans(uses: Sequence[Use], grid: Grid) -> str:
    """An act counts in a span or does not, whoever asks: it is summed by groups and span before questions take it."""
    use, groups = uses[0], sorted({use.by.value for use in uses})
    value = NOTHING if use.value == NOTHING else use.part.value
    owned = " UNION ALL ".join(f"SELECT '{by}' AS \"by\", {by} AS owner, * FROM summed" for by in groups)
    return f"""
        WITH counted AS (
            SELECT {", ".join(groups)}, span.span, conds, {value} AS value, {use.part.hit} AS hit, weight
            FROM pool {grid.joined(place(use.scale), "happened_at")} JOIN cover USING (cell)
            JOIN (FROM span SEMI JOIN mine USING (span)) AS span ON span.span = cover.span
            WHERE {" AND ".join((*use.part.clauses, _left(use)))}
        ),
        summed AS MATERIALIZED (SELECT {", ".join(groups)}, span, conds, {SUMS} FROM counted GROUP BY ALL)
        SELECT question, "window", grp, sum(n), sum(hits), sum(c), sum(s), min(lo), max(hi)
        FROM ({owned}) JOIN mine USING ("by", owner, span) JOIN fits USING (choice, conds)
        GROUP BY ALL
    """


def pooled(use: Use, grids: Mapping[int, Grid]) -> str:
    """The facts of the pool that belong to a part, one row for each leaf of `mine` they belong to."""
    part = use.part
    value = NOTHING if use.value == NOTHING else part.value
    return f"""
        SELECT leaf.question, leaf."window", leaf.grp, {value} AS value, {part.hit} AS hit, weight
        FROM pool AS facts {_placed(use, grids[use.scale])}
        JOIN fits ON fits.choice = leaf.choice AND fits.conds = facts.conds
        WHERE {" AND ".join((*part.clauses, _left(use)))}
    """


def _placed(use: Use, grid: Grid) -> str:
    """The leaves whose windows, or parts of them, a fact lies in: those of its cell where one moment says so."""
    if use.part.place != HAPPENED:
        during = f" AND {use.part.during}" if use.partly else ""
        return f"JOIN mine AS leaf ON leaf.owner = facts.{use.by.value} AND {use.part.place}{during}"
    return f"""
        {grid.joined(place(use.scale), "happened_at")} JOIN cover USING (cell)
        JOIN mine AS leaf ON leaf.span = cover.span AND leaf.owner = facts.{use.by.value}
    """


def _left(use: Use) -> str:
    """A fact that the cells do not hold."""
    return f"NOT ({' AND '.join((SETTLED, *use.grid.held))})"
