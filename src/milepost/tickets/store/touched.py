"""What a write touched: whose facts came, went or changed, and at which moments."""

from typing import Final, NamedTuple

import duckdb

from milepost.tickets.columns import STATES

# Beyond so many it is quicker to measure everything.
MANY: Final = 200_000
FOREVER: Final = 2**62


class Touched(NamedTuple):
    """A fact of this agent and this group came, went or changed, which lies from `since` up to and with `until`."""

    agent: int | None
    team: int | None
    since: int
    until: int


def touched(db: duckdb.DuckDBPyConnection, *, now: int) -> tuple[Touched, ...] | None:
    """What differs between the facts of the changed tickets before, in `went`, and after, in `replayed`.

    The table `differing` then has every fact that went, of weight -1, and every one that came, of weight 1. None, that
    is everything, and no such table, where that is too much to tell, or where a fact lies after `now`: it comes into
    effect without any further write.
    """
    ((more,),) = db.execute("SELECT (SELECT count(*) FROM replayed) - (SELECT count(*) FROM went)").fetchall()
    if abs(more) > MANY:
        return None
    db.execute(
        """
        CREATE TABLE differing AS
        SELECT -1 AS weight, * FROM (FROM went EXCEPT ALL FROM replayed)
        UNION ALL SELECT 1, * FROM (FROM replayed EXCEPT ALL FROM went)
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
