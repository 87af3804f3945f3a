"""Sums kept in a file between refreshes, so that after a write only what it changed is added.

A kept sum is as of one generation of the store. The next write tells which facts came and which went; summed the same
way, the ones are added and the others taken off. Whole numbers, so nothing drifts. Only steady questions are kept
(`Plan.steady`), and only while no fact lies ahead of the clock: then a sum moves by nothing but a write. A file of any
other generation is not read, and without a file all is summed from the facts, with the same answers.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from milepost.metrics.rollup import sums
from milepost.metrics.rollup.leaves import fill
from milepost.metrics.rollup.plan import Plan
from milepost.tickets.store.reading import PARQUET

# Raise it when sums come to mean something else.
VERSION: Final = 1
# Rows are fetched so many at a time.
BATCH: Final = 50_000
# Rows are written so many at a time.
TOGETHER: Final = 122_880
# What a write changed is little up to so many facts.
FEW: Final = 200_000
SUMS: Final = """
    sum(n)::BIGINT AS n, sum(hits)::BIGINT AS hits, sum(c)::BIGINT AS c,
    CASE WHEN sum(c) > 0 THEN sum(s)::BIGINT END AS s
"""


def held(db: duckdb.DuckDBPyConnection, file: Path, planned: Plan, *, now: int) -> list[int]:
    """The questions whose sums are kept and can be brought to this state of the store, all their windows together."""
    return known(db, file, planned, planned.steady, now=now)


def known(db: duckdb.DuckDBPyConnection, file: Path, planned: Plan, numbers: Iterable[int], *, now: int) -> list[int]:
    """Which of these questions a file knows all windows of, as of this state of the store or the one before it."""
    ((generation, continued),) = db.execute("SELECT generation, continued FROM main.state").fetchall()
    kept = _generation(db, file)
    if kept is None or kept not in ({generation, generation - 1} if continued else {generation}):
        return []
    rows = db.execute(f"SELECT DISTINCT key, opens, ends, later FROM {read(file)} WHERE grp IS NULL").fetchall()
    windows, keys = set(rows), planned.keys
    return [
        number
        for number in numbers
        for key in (keys[number],)
        if all(
            (key, one.start, one.end, one.later) in windows
            for one in planned.questions[number].windows
            if one.start < now
        )
    ]


def renew(db: duckdb.DuckDBPyConnection, file: Path, *, changed: bool) -> None:
    """Make `sums` of the questions that are `named` from the file and, where something changed, from `changed`."""
    sums.make(db)
    columns = 'question, "window", grp'
    named = "named USING (key, opens, ends, later)"
    each = [f"SELECT {columns}, n, hits, c, s FROM {read(file)} JOIN {named} WHERE grp IS NOT NULL"]
    if changed:
        each.append(f"SELECT {columns}, n, hits, c, s FROM changed")
    db.execute(f"INSERT INTO sums SELECT *, NULL, NULL FROM ({' UNION ALL '.join(each)})")


def narrow(db: duckdb.DuckDBPyConnection) -> None:
    """Leave only the leaves to which the last write brought or took anything; quicker than by what it touched."""
    columns = 'question, "window", grp'
    db.execute(f"CREATE OR REPLACE TABLE leaf AS SELECT * FROM leaf SEMI JOIN changed USING ({columns})")


def behind(db: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether the last write is still to be added."""
    ((generation,),) = db.execute("SELECT generation FROM main.state").fetchall()
    return bool(_generation(db, file) != generation)


def write(db: duckdb.DuckDBPyConnection, file: Path, *, now: int) -> None:
    """Keep the sums of the questions that are `named` as of this state of the store, in place of what was kept."""
    if not is_settled(db, now=now):
        file.unlink(missing_ok=True)
        return
    put(
        db,
        file,
        f"""
        WITH one AS (SELECT DISTINCT ON (key, opens, ends, later) * FROM named ORDER BY question, "window")
        SELECT key, opens, ends, later, NULL::BIGINT AS grp, 0 AS n, 0 AS hits, 0 AS c, 0 AS s FROM one
        UNION ALL
        SELECT key, opens, ends, later, grp, n, hits, c, s
        FROM (SELECT question, "window", grp, {SUMS} FROM sums GROUP BY ALL) JOIN one USING (question, "window")
        """,
    )


def is_settled(db: duckdb.DuckDBPyConnection, *, now: int) -> bool:
    """Whether no fact lies ahead of the clock, which would come into effect without a write."""
    ((latest,),) = db.execute("SELECT moment FROM main.latest").fetchall()
    return latest is None or latest < now


def put(db: duckdb.DuckDBPyConnection, file: Path, query: str, *, together: int = TOGETHER) -> None:
    """Keep the rows of a query as of this state of the store, in place of what was kept; `together` are held at once.

    Where there is no room to write them nothing is kept: no answer needs it.
    """
    ((generation,),) = db.execute("SELECT generation FROM main.state").fetchall()
    fresh = file.with_suffix(f".{os.getpid()}.new")
    metadata = f"KV_METADATA {{version: '{VERSION}', generation: '{generation}'}}"
    try:
        db.execute(f"COPY ({query}) TO '{_quoted(fresh)}' ({PARQUET}, ROW_GROUP_SIZE {together}, {metadata})")
    except duckdb.OutOfMemoryException:
        fresh.unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        return
    with fresh.open("rb") as handle:
        os.fsync(handle.fileno())
    fresh.replace(file)


@contextmanager
def apart(db: duckdb.DuckDBPyConnection, schema: str) -> Iterator[None]:
    """Make tables in a schema of their own, where `facts` may be others."""
    db.execute(f"CREATE SCHEMA {schema}")
    db.execute(f"SET schema = '{schema}'")
    try:
        yield
    finally:
        db.execute("SET schema = 'main'")


@contextmanager
def in_small(db: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Work on little, with one thread: for short statements a second one costs more than it does."""
    ((threads, changed),) = db.execute("SELECT current_setting('threads'), count(*) FROM main.changes").fetchall()
    db.execute(f"SET threads = {threads if changed > FEW else 1}")
    try:
        yield
    finally:
        db.execute(f"SET threads = {threads}")


def name(db: duckdb.DuckDBPyConnection, planned: Plan, numbers: Iterable[int], *, now: int) -> None:
    """Make `named`: what these questions and their windows are called in the file."""
    fill(
        db,
        'named(question INTEGER, "window" BIGINT, key BIGINT, opens BIGINT, ends BIGINT, later BOOLEAN)',
        (
            (number, window.number, planned.keys[number], window.start, window.end, window.later)
            for number in numbers
            for window in planned.questions[number].windows
            if window.start < now
        ),
    )


def _generation(db: duckdb.DuckDBPyConnection, file: Path) -> int | None:
    """Of which generation the sums are; None where there are none of this version."""
    if not file.exists():
        return None
    try:
        told = dict(db.execute(f"SELECT key, value FROM parquet_kv_metadata('{_quoted(file)}')").fetchall())
    except duckdb.Error:
        return None
    return int(told[b"generation"]) if told.get(b"version") == str(VERSION).encode() else None


def read(file: Path) -> str:
    """A table function over a kept file."""
    return f"read_parquet('{_quoted(file)}')"


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
