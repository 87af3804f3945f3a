"""Where agents work, as their acts tell."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

import duckdb

from milepost.tickets.store.reading import Store

# What an agent does to a ticket of a group. Who opened it, or moved it there, need not work in the group.
WORK: Final = ("assignment", "first_reply", "reply", "resolution")


def groups_of(store: Store, agents: Collection[int]) -> Mapping[int, list[int]]:
    """The groups on whose tickets these agents worked, by the numbers of both; where they did most stands first."""

    def ask(db: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
        return db.execute(
            """
            SELECT agent, team FROM facts
            WHERE list_contains(?::BIGINT[], agent) AND list_contains(?::VARCHAR[], kind) AND team IS NOT NULL
            GROUP BY agent, team ORDER BY agent, count(*) DESC, team
            """,
            [list(agents), list(WORK)],
        ).fetchall()

    found: dict[int, list[int]] = defaultdict(list)
    for agent, team in store.read(ask) if agents else ():
        found[agent].append(team)
    return found
