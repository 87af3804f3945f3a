"""Sums kept in a file between refreshes, so that after a write only what it changed is added.

A kept sum is as of one generation of the store. The next write tells which facts came and which went; summed the same
way, the ones are added and the others taken off. Whole numbers, so nothing drifts. Only steady questions are kept
(`Plan.steady`), and only while no fact lies ahead of the clock: then a sum moves by nothing but a write. A file of any
other generation is not read, and without a file all is summed from the facts, with the same answers.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from milepost.metrics.rollup import sums
from milepost.metrics.rollup.leaves import fill
from milepost.metrics.rollup.plan import Plan

# Raise it when sums come to mean something else.
VERSION: Final = 1
SUMS: Final = """
    sum(n)::BIGINT AS n, sum(hits)::BIGINT AS hits, sum(c)::BIGINT AS c,
    CASE WHEN sum(c) > 0 THEN sum(s)::BIGINT END AS s
"""


def held(db: duckdb.DuckDBPyConnection, file: Path, planned: Plan, *, now: int) -> list[int]:
    """The questions whose sums are kept and can be brought to this state of the store, all their windows together."""
    ((generation, _, continued),) = db.execute("SELECT generation, latest, continued FROM main.state").fetchall()
    kept = _generation(db, file)
    if kept is None or kept not in ({generation, generation - 1} if continued else {generation}):
        return []
    rows = db.execute(f"SELECT DISTINCT key, opens, ends, later FROM {_read(file)} WHERE grp IS NULL").fetchall()
    known, keys = set(rows), planned.keys
    return [
        number
        for number, question in enumerate(planned.questions)
        if planned.steady(number)
        for key in (keys[number],)
        if all((key, one.start, one.end, one.later) in known for one in question.windows if one.start < now)
    ]


def renew(db: duckdb.DuckDBPyConnection, file: Path, planned: Plan, *, now: int, changed: bool) -> None:
    """Make `sums` of these questions from the file and, where something changed, from `changed`."""
    _name(db, planned, now=now)
    sums.make(db)
    columns = 'question, "window", grp'
    named = "named USING (key, opens, ends, later)"
    each = [f"SELECT {columns}, n, hits, c, s FROM {_read(file)} JOIN {named} WHERE grp IS NOT NULL"]
    if changed:
        each.append(f"SELECT {columns}, n, hits, c, s FROM changed")
    db.execute(
        f"""
        INSERT INTO sums SELECT {columns}, {SUMS}, NULL, NULL FROM ({" UNION ALL ".join(each)}) GROUP BY ALL
        """
    )


def narrow(db: duckdb.DuckDBPyConnection) -> None:
    """Leave only the leaves to which the last write brought or took anything; quicker than by what it touched."""
    columns = 'question, "window", grp'
    db.execute(f"CREATE OR REPLACE TABLE leaf AS SELECT * FROM leaf SEMI JOIN changed USING ({columns})")


def behind(db: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether the last write is still to be added."""
    ((generation,),) = db.execute("SELECT generation FROM main.state").fetchall()
    return bool(_generation(db, file) != generation)


def write(db: duckdb.DuckDBPyConnection, file: Path, planned: Plan, *, now: int) -> None:
    """Keep the sums of all steady questions as of this state of the store, in place of what was kept."""
    ((generation, latest),) = db.execute("SELECT generation, latest FROM main.state").fetchall()
    if latest is not None and latest >= now:
        file.unlink(missing_ok=True)
        return
    steady = {number for number in range(len(planned.questions)) if planned.steady(number)}
    _name(db, planned, now=now, only=steady)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    db.execute(
        f"""
        COPY (
            WITH one AS (
                SELECT DISTINCT ON (key, opens, ends, later) * FROM named ORDER BY question, "window"
            )
            SELECT key, opens, ends, later, NULL::BIGINT AS grp, 0 AS n, 0 AS hits, 0 AS c, 0 AS s FROM one
            UNION ALL
            SELECT key, opens, ends, later, grp, {SUMS} FROM sums JOIN one USING (question, "window") GROUP BY ALL
        ) TO '{_quoted(fresh)}' (FORMAT parquet, KV_METADATA {{version: '{VERSION}', generation: '{generation}'}})
        """
    )
    with fresh.open("rb") as handle:
        os.fsync(handle.fileno())
    fresh.replace(file)


@contextmanager
def apart(db: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Make tables in a schema of their own, where `facts` may be others."""
    db.execute("CREATE SCHEMA apart")
    db.execute("SET schema = 'apart'")
    try:
        yield
    finally:
        db.execute("SET schema = 'main'")


def _name(db: duckdb.DuckDBPyConnection, planned: Plan, *, now: int, only: set[int] | None = None) -> None:
    """Make `named`: what a question and its windows are called in the file."""
    fill(
        db,
        'named(question INTEGER, "window" BIGINT, key BIGINT, opens BIGINT, ends BIGINT, later BOOLEAN)',
        (
            (number, window.number, key, window.start, window.end, window.later)
            for number, question in enumerate(planned.questions)
            if only is None or number in only
            for key in (planned.keys[number],)
            for window in question.windows
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


def _read(file: Path) -> str:
    return f"read_parquet('{_quoted(file)}')"


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
