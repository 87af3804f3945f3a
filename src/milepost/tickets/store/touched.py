"""What a write touched: whose facts came, went or changed, and at which moments."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from milepost.tickets.columns import STATES, FieldType
from milepost.tickets.store.reading import fact_columns, parquet

# Beyond so many it is quicker to measure everything.
MANY: Final = 200_000
FOREVER: Final = 2**62


class Touched(NamedTuple):
    """A fact of this agent and this group came, went or changed, which lies from `since` up to and with `until`."""

    agent: int | None
    team: int | None
    since: int
    until: int


def touched(
    db: duckdb.DuckDBPyConnection, folder: Path, files: Sequence[str], fields: dict[str, FieldType], *, now: int
) -> tuple[Touched, ...] | None:
    """What differs between the old facts of the changed tickets, in `files`, and the new ones in `replayed`.

    The table `differing` then has every fact that went, of weight -1, and every one that came, of weight 1. None, that
    is everything, where that is too much to tell, or where a fact lies after `now`: it comes into effect without any
    further write.
    """
    columns = ", ".join(f'"{name}"::{type_} AS "{name}"' for name, type_ in fact_columns(fields).items())
    new, old = f"SELECT {columns} FROM replayed", "SELECT * FROM went"
    # Read once into a table: so many files, each read twice over, would not fit into memory beside each other.
    db.execute(
        f"CREATE TABLE went AS SELECT {columns} FROM ({_whole(folder, files, fields)}) SEMI JOIN changed USING (ticket)"
    )
    db.execute(
        f"""
        CREATE TABLE differing AS
        SELECT -1 AS weight, * FROM (({old}) EXCEPT ALL ({new}))
        UNION ALL SELECT 1, * FROM (({new}) EXCEPT ALL ({old}))
        """
    )
    moment = "greatest(happened_at, counts_from, coalesce(ended_at, 0), coalesce(counts_until, 0))"
    ((count, latest),) = db.execute(f"SELECT count(*), max({moment}) FROM differing").fetchall()
    if count > MANY or (latest is not None and latest >= now):
        return None
    states = ", ".join(f"'{kind.value}'" for kind in sorted(STATES))
    rows = db.execute(
        f"""
        SELECT DISTINCT agent, team, happened_at,
               CASE WHEN kind IN ({states}) THEN coalesce(ended_at, {FOREVER}) ELSE happened_at END
        FROM differing
        """
    ).fetchall()
    return tuple(Touched(*row) for row in rows)


def _whole(folder: Path, files: Sequence[str], fields: dict[str, FieldType]) -> str:
    """Old files with all the columns; a field that one lacks was not told in it."""
    empty = ", ".join(f'NULL::{type_} AS "{name}"' for name, type_ in fact_columns(fields).items())
    nothing = f"SELECT {empty} WHERE false"
    return f"SELECT * FROM {parquet(folder, *files)} UNION ALL BY NAME {nothing}" if files else nothing
