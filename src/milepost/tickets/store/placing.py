"""Which files a write makes anew: those of months, or the small ones of the delta in which changed tickets wait.

A large help desk changes a few tickets of many months every few minutes. Writing every file of these months anew each
time would cost more than all that follows; reading every ticket from a second place would cost each reader. So a month
is written anew when enough of it waits. Iceberg calls the two ways copy-on-write and merge-on-read
(https://iceberg.apache.org/spec/).

The scratch database has, beside the tables of `merging`, `placed`: the tickets that changed or wait, each with its
month and its place, a month or `DELTA`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Final, Literal, assert_never

import duckdb

from milepost.tickets.store.manifest import SourceFiles
from milepost.tickets.store.merging import TICKET_COLUMNS, empty, event_columns
from milepost.tickets.store.reading import MONTH, fact_columns, parquet

# A month of up to so many tickets is written anew whenever one of them changed.
SMALL: Final = 20_000
# A month is written anew when this share of its tickets waits.
SHARE: Final = 0.05
# No more tickets of a source wait: the months with most of them are written until half as many are left.
MOST: Final = 50_000

# So many tickets of a file are put in order at once, and so many of its facts.
AT_ONCE: Final = 50_000
FACTS_AT_ONCE: Final = 200_000
# The agent of a fact, and what comes before all agents where it has none.
NOBODY_FIRST: Final = "coalesce(agent, -2147483648)"
ENDLESS: Final = 2**62

DELTA: Final = "delta"
Kind = Literal["tickets", "events", "facts"]
KINDS: Final[tuple[Kind, ...]] = ("tickets", "events", "facts")
# Facts of one kind and agent are asked for together, and lying together they are summed in half the time.
ORDER: Final[Mapping[Kind, str]] = {
    "tickets": "ticket",
    "events": "ticket, seq",
    "facts": "kind, agent NULLS FIRST, happened_at, ticket, nth, counts_from, ended_at, team",
}


def to_write(waiting: Mapping[str, int], held: Mapping[str, int]) -> set[str]:
    """The months to be written anew; the others of `waiting` leave their tickets in the delta.

    `waiting` are tickets by month that changed since their files were written, `held` are all tickets in these files.
    """
    written = {month for month, count in waiting.items() if _is_due(count, held.get(month, 0))}
    left = {month: count for month, count in waiting.items() if month not in written}
    if sum(left.values()) > MOST:
        for month in sorted(left, key=lambda month: (-left[month], month)):
            if sum(left.values()) * 2 <= MOST:
                break
            written.add(month)
            del left[month]
    return written


def _is_due(waiting: int, held: int) -> bool:
    return held <= SMALL or waiting >= held * SHARE


def place(db: duckdb.DuckDBPyConnection, folder: Path, held: SourceFiles, *, whole: bool) -> set[str]:
    """Make `placed`; the months to be written anew. With `whole` they are all, and nothing waits."""
    old = f"UNION SELECT ticket, {MONTH} FROM {parquet(folder, held.delta.tickets)}" if held.delta else ""
    db.execute(
        f"CREATE TABLE placed AS SELECT ticket, month, month AS place FROM (SELECT ticket, month FROM changed {old})"
    )
    waiting = dict(db.execute("SELECT month, count(*) FROM placed GROUP BY month").fetchall())
    written = set(waiting) if whole else to_write(waiting, _sizes(db, folder, held))
    db.execute("UPDATE placed SET place = ? WHERE NOT list_contains(?, month)", [DELTA, sorted(written)])
    return written


def is_anything_left(db: duckdb.DuckDBPyConnection) -> bool:
    """Whether a ticket waits in the delta."""
    return db.execute("SELECT 1 FROM placed WHERE place = ? LIMIT 1", [DELTA]).fetchone() is not None


def gather(db: duckdb.DuckDBPyConnection, folder: Path, held: SourceFiles, kind: Kind, place: str) -> str:
    """A query for the rows of a file, in order: of changed tickets as they are now, of all others as they are held.

    Rows that do not come from the file before it are gathered in the table `arriving`. A file of many tickets is put
    in order a part at a time in the table `ordered`, for DuckDB orders no more than fits into memory. One thread reads
    that table in the order in which it was filled.
    """
    types = _types(kind, held)
    columns = _quoted(types)
    each = [f"SELECT {columns} FROM ({_fresh(kind)}) JOIN placed USING (ticket) WHERE place = '{place}'"]
    if held.delta is not None:
        waited = _old(folder, getattr(held.delta, kind), types)
        each.append(
            f"SELECT {columns} FROM ({waited}) JOIN placed USING (ticket) ANTI JOIN changed USING (ticket) "
            f"WHERE place = '{place}'"
        )
    db.execute(f"CREATE OR REPLACE TABLE arriving AS {' UNION ALL BY NAME '.join(each)}")
    whole = "FROM arriving"
    if place in held.months:
        stayed = _old(folder, getattr(held.months[place], kind), types)
        whole = f"FROM arriving UNION ALL BY NAME SELECT {columns} FROM ({stayed}) ANTI JOIN placed USING (ticket)"
    edges = _edges(db, folder, held, place)
    if len(edges) == 1:
        return f"SELECT {columns} FROM ({whole}) ORDER BY {ORDER[kind]}"
    parts = parts_of_facts(db, whole) if kind == "facts" else _parts(edges)
    db.execute(f"CREATE OR REPLACE TABLE ordered AS {empty(types)}")
    for part in parts:
        db.execute(f"INSERT INTO ordered SELECT {columns} FROM ({whole}) WHERE {part} ORDER BY {ORDER[kind]}")
    return "FROM ordered"


def _edges(db: duckdb.DuckDBPyConnection, folder: Path, held: SourceFiles, place: str) -> list[int]:
    """The first ticket of each part of a file; one where the file is small."""
    tickets = "SELECT ticket FROM placed WHERE place = ?"
    if place in held.months:
        tickets += f" UNION SELECT ticket FROM {parquet(folder, held.months[place].tickets)}"
    rows = db.execute(
        f"""
        SELECT min(ticket) FROM (SELECT ticket, (row_number() OVER (ORDER BY ticket) - 1) // {AT_ONCE} AS part
        FROM ({tickets})) GROUP BY part ORDER BY part
        """,
        [place],
    ).fetchall()
    return [first for (first,) in rows]


def _parts(edges: Sequence[int]) -> Iterator[str]:
    """What is true of the rows of each part of a file, in their order."""
    for first, end in pairwise([*edges, ENDLESS]):
        yield f"ticket >= {first} AND ticket < {end}"


def parts_of_facts(db: duckdb.DuckDBPyConnection, whole: str) -> Iterator[str]:
    """What is true of each part of these facts, in their order: of a kind and of some agents, or of one for a while."""
    rows = db.execute(
        f"""
        WITH counted AS (SELECT kind, {NOBODY_FIRST} AS agent, count(*) AS n FROM ({whole}) GROUP BY ALL),
        running AS (SELECT *, sum(n) OVER (PARTITION BY kind ORDER BY agent) - n AS before FROM counted)
        SELECT kind, min(agent), max(agent), sum(n)::BIGINT FROM running
        GROUP BY kind, before // {FACTS_AT_ONCE}, n > {FACTS_AT_ONCE} ORDER BY kind, min(agent)
        """
    ).fetchall()
    for kind, first, last, count in rows:
        part = f"kind = '{kind}' AND {NOBODY_FIRST} BETWEEN {first} AND {last}"
        if first < last:
            yield part
        else:
            yield from (f"{part} AND {stretch}" for stretch in _stretches(db, f"FROM ({whole}) WHERE {part}", count))


def _stretches(db: duckdb.DuckDBPyConnection, facts: str, count: int) -> Iterator[str]:
    """Stretches of time in which about as many of these facts happened as are put in order at once."""
    shares = [place * FACTS_AT_ONCE / count for place in range(1, ceil(count / FACTS_AT_ONCE))]
    edges: set[int] = set()
    if shares:
        ((found,),) = db.execute(f"SELECT quantile_disc(happened_at, {shares}) {facts}").fetchall()
        edges.update(found)
    for start, end in pairwise([-ENDLESS, *sorted(edges), ENDLESS]):
        yield f"happened_at >= {start} AND happened_at < {end}"


def _sizes(db: duckdb.DuckDBPyConnection, folder: Path, held: SourceFiles) -> dict[str, int]:
    """How many tickets the file of each month has."""
    sizes = {}
    for month, files in held.months.items():
        ((sizes[month],),) = db.execute(f"SELECT count(*) FROM {parquet(folder, files.tickets)}").fetchall()
    return sizes


def _types(kind: Kind, held: SourceFiles) -> dict[str, str]:
    match kind:
        case "tickets":
            return TICKET_COLUMNS
        case "events":
            return event_columns(held.fields)
        case "facts":
            return fact_columns(held.fields)
        case _:
            assert_never(kind)


def _fresh(kind: Kind) -> str:
    """What is new of the changed tickets."""
    match kind:
        case "tickets":
            return "SELECT * EXCLUDE (month) FROM tickets SEMI JOIN changed USING (ticket)"
        case "events":
            return "SELECT * FROM merged"
        case "facts":
            return "SELECT * FROM replayed"
        case _:
            assert_never(kind)


def _old(folder: Path, file: str, types: Mapping[str, str]) -> str:
    """The rows of a file; a field that it lacks was not told in it."""
    return f"SELECT * FROM {parquet(folder, file)} UNION ALL BY NAME {empty(types)}"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
