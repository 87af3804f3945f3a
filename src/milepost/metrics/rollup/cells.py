"""Phase 1: every kind of fact is read once and becomes a table of cells by group, filter and cell.

A row of a table has the group (agent, team), the cell, `bits` (what is true of its facts), `conds` (the conditions they
fit), their number `n`, and of every value how many there are (c), their sum (s) and, where asked, the least and the
greatest (lo, hi).
"""

from collections.abc import Iterable

import duckdb

from milepost.metrics.parts import SETTLED, UNENDED
from milepost.metrics.question import By
from milepost.metrics.rollup.grid import Grid
from milepost.metrics.rollup.leaves import fill
from milepost.metrics.rollup.plan import Choice, Plan, Table
from milepost.tickets.columns import STATES


def make(db: duckdb.DuckDBPyConnection, planned: Plan, grid: Grid, *, now: int, narrow: bool) -> None:
    """Make all tables of cells, the table `pool` of the facts that no cell holds, and who reads what of them.

    `narrow` says that few leaves are asked: then only the facts of their groups and cells are read.
    """
    for column in planned.filters.columns:
        if column.numbers:
            fill(db, f"class_of_{column.name}(number INTEGER, class INTEGER)", column.numbers.items())
    for table in planned.tables:
        if narrow:
            _needed(db, table)
        db.execute(f"CREATE TABLE {table.name} AS {_cells(planned, table, grid, now=now, narrow=narrow)}")
    _pool(db, planned, now=now)
    _read_by(db, planned)


def _needed(db: duckdb.DuckDBPyConnection, table: Table) -> None:
    """The groups and cells of which anything is asked; of a state every cell up to the end of the window."""
    first = "0" if table.source.ends else "first"
    for by in table.groups:
        db.execute(
            f"""
            CREATE OR REPLACE TABLE needed_{by.value} AS
            SELECT DISTINCT owner, unnest(range({first}, "last" + 1))::INTEGER AS cell
            FROM (SELECT DISTINCT owner, span FROM leaf WHERE "by" = '{by.value}' AND question IN ({_questions(table)}))
            JOIN span USING (span)
            """
        )


def _questions(table: Table) -> str:
    return ", ".join(str(number) for number in sorted({use.question for use in table.uses}))


def _cells(planned: Plan, table: Table, grid: Grid, *, now: int, narrow: bool) -> str:
    groups = ", ".join(by.value for by in table.groups)
    values = "".join(f", {value} AS v{place}" for place, value in enumerate(table.values))
    facts = " UNION ALL ".join(
        f"SELECT {groups}, {moment} AS moment, {weight} AS weight, {_bits(table)} AS bits, "
        f"{planned.filters.sql} AS conds{values} FROM facts {planned.filters.joined} "
        f"WHERE kind = '{table.source.kind.value}' AND {SETTLED} AND ({table.wanted})"
        for moment, weight in _moments(table)
    )
    first = "" if table.source.ends else f"moment >= {grid.first} AND "
    rows = (
        f"FROM ({facts}) {grid.joined('moment')} "
        f"WHERE {first}moment < {min(grid.last, now)} AND ({_owners(table, narrow=narrow)})"
    )
    if table.source.whole:
        kept = "".join(f", v{place}" for place in range(len(table.values)))
        return f"SELECT {groups}, cell, bits, conds{kept} {rows}"
    return f"SELECT {groups}, cell, bits, conds, sum(weight)::BIGINT AS n{_sums(table)} {rows} GROUP BY ALL"


def _moments(table: Table) -> Iterable[tuple[str, int]]:
    """A state goes in as +1 where it begins and as −1 where it ends; all else as +1 at its moment."""
    yield table.source.moment, 1
    if table.source.ends:
        yield "ended_at", -1


def _bits(table: Table) -> str:
    terms = [f"CASE WHEN {text} THEN {1 << place} ELSE 0 END" for place, text in enumerate(table.bits)]
    return f"({' + '.join(terms) or '0'})::BIGINT"


def _sums(table: Table) -> str:
    extremes = ", min(v{0}) AS lo{0}, max(v{0}) AS hi{0}" if table.extreme else ""
    each = ", count(v{0}) AS c{0}, sum(v{0})::BIGINT AS s{0}" + extremes
    return "".join(each.format(place) for place in range(len(table.values)))


def _owners(table: Table, *, narrow: bool) -> str:
    if narrow:
        each = (f"({by.value}, cell) IN (SELECT (owner, cell) FROM needed_{by.value})" for by in table.groups)
    else:
        each = (f"{by.value} IN (SELECT owner FROM asked WHERE \"by\" = '{by.value}')" for by in table.groups)
    return " OR ".join(each)


def _pool(db: duckdb.DuckDBPyConnection, planned: Plan, *, now: int) -> None:
    """The facts that are asked one by one: those that count only for a while, and acts undone where that matters."""
    kinds: dict[str, str] = {}
    for table in planned.tables:
        undone = any(UNENDED in use.grid.held for use in table.uses) and table.source.kind not in STATES
        before = kinds.get(table.source.kind.value, "")
        kinds[table.source.kind.value] = f" OR NOT {UNENDED}" if undone else before
    each = [f"(kind = '{kind}' AND (NOT ({SETTLED}){undone}))" for kind, undone in kinds.items()]
    db.execute(
        f"CREATE TABLE pool AS SELECT facts.*, {planned.filters.sql} AS conds "
        f"FROM facts {planned.filters.joined} WHERE happened_at < {now} AND ({' OR '.join(each) or 'false'})"
    )


def _read_by(db: duckdb.DuckDBPyConnection, planned: Plan) -> None:
    """`reads`: which rows of a table a choice takes and which of them are hits; `fits`: the same for the pool."""
    choices = chosen(planned)
    reads: list[tuple[object, ...]] = []
    for table in planned.tables:
        kinds = db.execute(f"SELECT DISTINCT bits, conds FROM {table.name}").fetchall()
        reads += [
            (table.number, choices[choice], bits, conds, table.hits(bits, choice))
            for choice in {use.choice for use in table.uses}
            for bits, conds in kinds
            if table.meets(bits, choice) and planned.filters.fits(conds, choice.conditions)
        ]
    fill(db, 'reads("table" INTEGER, choice INTEGER, bits INTEGER, conds INTEGER, hit BOOLEAN)', reads)
    found = [conds for (conds,) in db.execute("SELECT DISTINCT conds FROM pool").fetchall()]
    fits = (
        (number, conds)
        for choice, number in choices.items()
        for conds in found
        if planned.filters.fits(conds, choice.conditions)
    )
    fill(db, "fits(choice INTEGER, conds INTEGER)", fits)


def chosen(planned: Plan) -> dict[Choice, int]:
    """A number for every choice."""
    return {choice: number for number, choice in enumerate(dict.fromkeys(use.choice for use in planned.uses))}


def windows(db: duckdb.DuckDBPyConnection, table: Table, by: By) -> str:
    """Make the table of sums by owner, span, bits and conds; its name."""
    name = f"{table.name}_{by.value}"
    db.execute(f"CREATE TABLE {name} AS {_running(table, by) if table.source.ends else _unions(table, by)}")
    return name


def _unions(table: Table, by: By) -> str:
    return f"""
        SELECT owner, span, bits, conds, sum(n)::BIGINT AS n{_summed(table)}
        FROM ({_of(table, by)}) JOIN cover USING (cell) GROUP BY ALL
    """


def _of(table: Table, by: By) -> str:
    """The cells of one kind of group; of a table with several, summed over the other."""
    if len(table.groups) == 1:
        return f"SELECT * RENAME ({by.value} AS owner) FROM {table.name}"
    return (
        f"SELECT {by.value} AS owner, cell, bits, conds, sum(n)::BIGINT AS n{_summed(table)} FROM {table.name} "
        f"WHERE {by.value} IS NOT NULL GROUP BY ALL"
    )


def _summed(table: Table) -> str:
    extremes = ", min(lo{0}) AS lo{0}, max(hi{0}) AS hi{0}" if table.extreme else ""
    each = ", sum(c{0})::BIGINT AS c{0}, sum(s{0})::BIGINT AS s{0}" + extremes
    return "".join(each.format(place) for place in range(len(table.values)))


def _running(table: Table, by: By) -> str:
    """What stands at the end of every span: all that began before it, less what ended before it."""
    return f"""
        WITH ends AS (SELECT DISTINCT "last" FROM span),
        changes AS (
            SELECT owner, bits, conds, ends."last", sum(n) AS n
            FROM ({_of(table, by)}) ASOF JOIN ends ON cell <= ends."last" GROUP BY ALL
        )
        SELECT owner, span, bits, conds, n::BIGINT AS n
        FROM (
            SELECT owner, bits, conds, "last",
                   sum(coalesce(n, 0)) OVER (PARTITION BY owner, bits, conds ORDER BY "last") AS n
            FROM (SELECT DISTINCT owner, bits, conds FROM changes) CROSS JOIN ends
            LEFT JOIN changes USING (owner, bits, conds, "last")
        ) JOIN span USING ("last")
    """
