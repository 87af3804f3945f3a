"""Phase 2: the sums of every leaf, from cells by equi-joins and from the pool fact by fact."""

from itertools import groupby

import duckdb

from milepost.metrics.parts import NOTHING, SETTLED
from milepost.metrics.question import By
from milepost.metrics.rollup.cells import chosen, windows
from milepost.metrics.rollup.leaves import fill
from milepost.metrics.rollup.plan import Choice, Plan, Table, Use

# Leaves with the part of a window that each is of.
_PARTS = "(SELECT leaf.*, whole, since, until FROM leaf JOIN span USING (span)) leaf"
COLUMNS = "n BIGINT, hits BIGINT, c BIGINT, s BIGINT, lo BIGINT, hi BIGINT"


def make(db: duckdb.DuckDBPyConnection, planned: Plan) -> None:
    """Make `sums`: question, window, grp and the sums of what is behind them."""
    choices = chosen(planned)
    db.execute(f'CREATE TABLE sums(question INTEGER, "window" BIGINT, grp BIGINT, {COLUMNS})')
    for table in planned.tables:
        if not table.source.whole:
            for by in table.groups:
                _from_cells(db, table, by, choices)
    uses = sorted((use for use in planned.uses if not use.source.whole), key=_direct)
    for (by, *_), alike in groupby(uses, key=_direct):
        from_pool(db, by, list(alike), choices)


def _from_cells(db: duckdb.DuckDBPyConnection, table: Table, by: By, choices: dict[Choice, int]) -> None:
    name = windows(db, table, by)
    for value in (NOTHING, *table.values):
        uses = [use for use in table.uses if use.by is by and use.value == value]
        if uses:
            _take(db, uses, choices)
            db.execute(
                f"""
                INSERT INTO sums
                SELECT leaf.question, leaf."window", leaf.grp, sum(n), sum(n) FILTER (hit), {_of(table, value)}
                FROM {name} AS spans JOIN leaf USING (owner, span) JOIN use USING (question)
                JOIN reads ON reads.choice = use.choice AND reads.bits = spans.bits AND reads.conds = spans.conds
                WHERE reads."table" = {table.number} AND leaf."by" = '{by.value}'
                GROUP BY ALL
                """
            )
    db.execute(f"DROP TABLE {name}")


def _of(table: Table, value: str) -> str:
    if value == NOTHING:
        return "0, NULL, NULL, NULL"
    place = table.values.index(value)
    extremes = f"min(lo{place}), max(hi{place})" if table.extreme else "NULL, NULL"
    return f"sum(c{place}), sum(s{place}), {extremes}"


def _take(db: duckdb.DuckDBPyConnection, uses: list[Use], choices: dict[Choice, int]) -> None:
    fill(db, "use(question INTEGER, choice INTEGER)", ((use.question, choices[use.choice]) for use in uses))


def _direct(use: Use) -> tuple[By, bool, str, str]:
    return use.by, use.partly, repr(use.part), use.value


def from_pool(db: duckdb.DuckDBPyConnection, by: By, uses: list[Use], choices: dict[Choice, int]) -> None:
    """Add what the facts that no cell holds bring to questions that ask for the same part."""
    _take(db, uses, choices)
    db.execute(
        f"""
        INSERT INTO sums
        SELECT question, "window", grp, count(*), count(*) FILTER (hit), count(value), sum(value),
               min(value), max(value)
        FROM ({pooled(by, uses[0])}) GROUP BY ALL
        """
    )


def pooled(by: By, use: Use) -> str:
    """The facts of the pool that belong to a part, one row for each leaf they belong to."""
    part = use.part
    value = NOTHING if use.value == NOTHING else part.value
    return f"""
        SELECT leaf.question, leaf."window", leaf.grp, {value} AS value, {part.hit} AS hit
        FROM pool AS facts
        JOIN (SELECT span, opens, closes, as_of FROM span WHERE span = whole) w ON {part.place}
        JOIN {_PARTS if use.partly else "leaf"} ON {"whole" if use.partly else "leaf.span"} = w.span
             AND leaf.owner = facts.{by.value} AND leaf."by" = '{by.value}'
        JOIN use ON use.question = leaf.question JOIN fits ON fits.choice = use.choice AND fits.conds = facts.conds
        WHERE {" AND ".join((*part.clauses, part.during if use.partly else "true", _left(use)))}
    """


def _left(use: Use) -> str:
    """A fact that the cells do not hold."""
    return f"NOT ({' AND '.join((SETTLED, *use.grid.held))})"
