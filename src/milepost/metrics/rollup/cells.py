"""Phase 1: every kind of fact is read once and summed by group, cell and tag.

A tag is what tells facts apart: what is true of them (the bits of the reading) and which conditions they fit, packed
into one number. A row of `cells` has a group (agent, team), a cell of one scale (cell_0, …), a tag, the number of
facts `n`, and of every value how many there are (c), their sum (s) and, where asked, the least and the greatest
(lo, hi).
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from milepost.metrics.parts import SETTLED, UNENDED
from milepost.metrics.question import By
from milepost.metrics.rollup.grid import Grid
from milepost.metrics.rollup.leaves import fill, place
from milepost.metrics.rollup.plan import Plan, Reading
from milepost.tickets.columns import FACT_COLUMNS, STATES

# Moments below this, as far as the year 2106, take half the room.
UNSIGNED = 2**32
# The narrowest type that holds so many numbers.
TYPES = ((2**8, "UTINYINT"), (2**16, "USMALLINT"), (2**31, "INTEGER"))

# So many facts tell whether most of them are asked about.
SAMPLE = 10_000


def prepare(db: duckdb.DuckDBPyConnection, planned: Plan, *, now: int) -> None:
    """Make what every reading needs: classes of conditions, and the table `pool` of the facts that no cell holds."""
    for column in planned.filters.columns:
        if column.numbers:
            fill(db, f"class_of_{column.name}(number INTEGER, class INTEGER)", column.numbers.items())
    _pool(db, planned, now=now)


def read(
    db: duckdb.DuckDBPyConnection, planned: Plan, reading: Reading, grids: Mapping[int, Grid], *, now: int
) -> None:
    """Make `read`, the facts of a reading with only what is asked of them. Used more than once, it is a table."""
    first, last = min(grid.first for grid in grids.values()), min(max(grid.last for grid in grids.values()), now)
    moments = f"moment < {last}" if reading.source.ends else f"moment >= {first} AND moment < {last}"
    narrow = not reading.source.ends and first >= 0 and last < UNSIGNED
    moment = "TRY_CAST(moment AS UINTEGER)" if narrow else "moment"
    facts = _facts(planned, reading)
    db.execute(
        f"""
        CREATE {_made(reading, grids)} read AS
        SELECT * REPLACE ({moment} AS moment) FROM ({facts}) WHERE {moments}{_owners(db, reading, facts)}
        """
    )


def _made(reading: Reading, grids: Mapping[int, Grid]) -> str:
    return "TABLE" if reading.singles or len(passes(reading, grids)) > 1 else "VIEW"


def _facts(planned: Plan, reading: Reading) -> str:
    groups = ", ".join(by.value for by in reading.groups)
    values = "".join(f", {value} AS v{number}" for number, value in enumerate(reading.values))
    radix = planned.filters.radix << len(reading.bits)
    kind = next((name for most, name in TYPES if radix <= most), "BIGINT")
    tag = f"({planned.filters.sql} * {1 << len(reading.bits)} + {reading.pack})::{kind} AS tag"
    return " UNION ALL ".join(
        f"SELECT {groups}, {moment} AS moment, {tag}{values}{weight} FROM facts {planned.filters.joined} "
        f"WHERE kind = '{reading.source.kind.value}' AND {SETTLED} AND ({reading.wanted})"
        for moment, weight in _moments(planned, reading)
    )


def _moments(planned: Plan, reading: Reading) -> Sequence[tuple[str, str]]:
    """A state goes in as +1 where it begins and as −1 where it ends."""
    if reading.source.ends:
        return (reading.source.moment, ", 1 AS weight"), ("ended_at", ", -1 AS weight")
    return ((reading.source.moment, ", weight" if planned.weighted else ""),)


def _owners(db: duckdb.DuckDBPyConnection, reading: Reading, facts: str) -> str:
    """Only facts of those who are asked about. Where these are most of them, looking costs more than it saves."""
    questions = ", ".join(str(number) for number in sorted({use.question for use in reading.uses}))
    db.execute(
        f'CREATE OR REPLACE TABLE owners AS SELECT DISTINCT "by", owner FROM leaf WHERE question IN ({questions})'
    )
    each = (f"{by.value} IN (SELECT owner FROM owners WHERE \"by\" = '{by.value}')" for by in reading.groups)
    theirs = " OR ".join(each)
    query = f"SELECT count(*) FILTER ({theirs}), count(*) FROM (FROM ({facts}) LIMIT {SAMPLE})"
    ((found, looked_at),) = db.execute(query).fetchall()
    return "" if found * 2 > looked_at else f" AND ({theirs})"


def tags(db: duckdb.DuckDBPyConnection, planned: Plan, reading: Reading, table: str) -> None:
    """Make `takes`: which tags of a table a choice takes, and which of them are hits."""
    found = [tag for (tag,) in db.execute(f"SELECT DISTINCT tag FROM {table}").fetchall()]
    takes: list[tuple[object, ...]] = []
    for choice in {use.choice for use in reading.uses}:
        for tag in found:
            conds, bits = divmod(tag, 1 << len(reading.bits))
            if reading.meets(bits, choice) and planned.filters.fits(conds, choice.conditions):
                takes.append((planned.choices[choice], tag, reading.hits(bits, choice)))
    fill(db, "takes(choice INTEGER, tag BIGINT, hit BOOLEAN)", takes)


def passes(reading: Reading, grids: Mapping[int, Grid]) -> Sequence[Sequence[int]]:
    """The scales whose cells are filled by going over the facts once: of grids that are searched each takes its own.

    To search sorts the facts by their moments, and one such order at a time is what memory has room for.
    """
    stepped = [scale for scale in reading.scales if grids[scale].stepped]
    searched = [[scale] for scale in reading.scales if not grids[scale].stepped]
    return [stepped, *searched] if stepped else searched


def gather(
    db: duckdb.DuckDBPyConnection,
    planned: Plan,
    reading: Reading,
    grids: Mapping[int, Grid],
    scales: Sequence[int],
) -> None:
    """Make `cells` of the grids of these scales. A row lies in a cell of one of them."""
    groups = ", ".join(by.value for by in reading.groups)
    joins = " ".join(_joined(reading, grids[scale], scale) for scale in scales)
    named = ", ".join(f"{place(scale)}.cell AS {cell(scale)}" for scale in scales)
    sets = ", ".join(f"({groups}, {cell(scale)}, tag)" for scale in scales)
    db.execute(
        f"CREATE OR REPLACE TABLE cells AS SELECT {groups}, {named}, tag, {_sums(planned, reading)} "
        f"FROM read {joins} GROUP BY GROUPING SETS ({sets})"
    )


def _joined(reading: Reading, grid: Grid, scale: int) -> str:
    moment = f"({grid.from_the_first('moment')})" if reading.source.ends else "moment"
    return grid.joined(place(scale), moment, left=True)


def cell(scale: int) -> str:
    """The column of the cell of a scale."""
    return f"cell_{scale}"


def forget(db: duckdb.DuckDBPyConnection, reading: Reading, grids: Mapping[int, Grid]) -> None:
    """Make room for the next reading."""
    for by in By:
        db.execute(f"DROP {'TABLE' if by is By.TEAM else 'VIEW'} IF EXISTS cells_by_{by.value}")
    db.execute("DROP TABLE IF EXISTS cells")
    db.execute(f"DROP {_made(reading, grids)} read")


def _sums(planned: Plan, reading: Reading) -> str:
    number, each = "count(*)", ", count(v{0}) AS c{0}, sum(v{0})::BIGINT AS s{0}"
    if planned.weighted or reading.source.ends:
        number = "sum(weight)::BIGINT"
        each = ", (sum(weight) FILTER (v{0} IS NOT NULL))::BIGINT AS c{0}, sum(v{0} * weight)::BIGINT AS s{0}"
    if reading.extreme:
        each += ", min(v{0}) AS lo{0}, max(v{0}) AS hi{0}"
    return f"{number} AS n" + "".join(each.format(value) for value in range(len(reading.values)))


def of(reading: Reading, by: By, scale: int) -> str:
    """The cells of one kind of group, as SQL. What stands is told at the end of a span, not in the cells of it."""
    cells = _grouped(reading, by, scale)
    return _standing(cells, scale) if reading.source.ends else cells


def _grouped(reading: Reading, by: By, scale: int) -> str:
    """Agents are in few groups, so only groups are worth summing over their agents."""
    cells = f"FROM cells WHERE {cell(scale)} IS NOT NULL"
    if by is not By.TEAM or len(reading.groups) == 1:
        return f"SELECT * RENAME ({by.value} AS owner, {cell(scale)} AS cell) {cells}"
    extremes = ", min(lo{0}) AS lo{0}, max(hi{0}) AS hi{0}" if reading.extreme else ""
    each = ", sum(c{0})::BIGINT AS c{0}, sum(s{0})::BIGINT AS s{0}" + extremes
    sums = "".join(each.format(number) for number in range(len(reading.values)))
    return f"SELECT team AS owner, {cell(scale)} AS cell, tag, sum(n)::BIGINT AS n{sums} {cells} GROUP BY ALL"


def _standing(cells: str, scale: int) -> str:
    """What stands at the end of every span: all that began before it, less what ended before it."""
    return f"""
        WITH ends AS (SELECT DISTINCT "last" FROM span WHERE scale = {scale}),
        changes AS (
            SELECT owner, tag, ends."last", sum(n) AS n
            FROM ({cells}) ASOF JOIN ends ON cell <= ends."last" GROUP BY ALL
        )
        SELECT owner, "last" AS cell, tag,
               (sum(coalesce(n, 0)) OVER (PARTITION BY owner, tag ORDER BY "last"))::BIGINT AS n
        FROM (SELECT DISTINCT owner, tag FROM changes) CROSS JOIN ends LEFT JOIN changes USING (owner, tag, "last")
    """


def _pool(db: duckdb.DuckDBPyConnection, planned: Plan, *, now: int) -> None:
    """The facts that are asked one by one: those that count only for a while, and acts undone where that matters."""
    kinds: dict[str, str] = {}
    for reading in planned.readings:
        undone = any(UNENDED in use.grid.held for use in reading.uses) and reading.source.kind not in STATES
        before = kinds.get(reading.source.kind.value, "")
        kinds[reading.source.kind.value] = f" OR NOT {UNENDED}" if undone else before
    each = [f"(kind = '{kind}' AND (NOT ({SETTLED}){undone}))" for kind, undone in kinds.items()]
    db.execute(
        f"CREATE OR REPLACE TABLE pool AS SELECT {', '.join(_spoken(planned))}, {planned.filters.sql} AS conds "
        f"FROM facts {planned.filters.joined} WHERE happened_at < {now} AND ({' OR '.join(each) or 'false'})"
    )
    found = [conds for (conds,) in db.execute("SELECT DISTINCT conds FROM pool").fetchall()]
    fits = (
        (number, conds)
        for choice, number in planned.choices.items()
        for conds in found
        if planned.filters.fits(conds, choice.conditions)
    )
    fill(db, "fits(choice INTEGER, conds BIGINT)", fits)


def _spoken(planned: Plan) -> Iterable[str]:
    """The columns that any part speaks of."""
    spoken = " ".join(text for use in planned.uses for text in (*use.part.clauses, use.part.place, use.part.value))
    spoken += " ".join(use.part.hit for use in planned.uses)
    always = {"agent", "team", "happened_at", "ended_at", "counts_from", "counts_until"}
    columns = [column.name for column in FACT_COLUMNS if column.name in always or column.name in spoken]
    return [*columns, "weight" if planned.weighted else "1 AS weight"]
