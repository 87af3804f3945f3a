"""Who works at a help desk, by a query."""

from collections.abc import Sequence
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import Agent
from milepost.connectors.database.marks import cell
from milepost.connectors.database.query import written
from milepost.connectors.database.server import Server
from milepost.connectors.table.names import PEOPLE

MOST: Final = 20_000
NO: Final = frozenset({"", "0", "false", "f", "no", "n"})


def agents(server: Server, query: str) -> Sequence[Agent]:
    """The agents that a query gives: a row for each, or one for each of the groups that an agent is in."""
    asked = written(server, query, PEOPLE, ("agent",))
    rows = server.rows(asked.all().limit(MOST + 1))
    if len(rows) > MOST:
        raise SourceFailed(
            gettext_noop("The query of people gives more than 20,000 rows. Let it give agents alone."), permanent=True
        )
    found: dict[str, Agent] = {}
    for row in rows:
        told = {name: cell(one).strip() for name, one in zip(asked.meanings, row, strict=True)}
        key, team = told["agent"], told.get("team", "")
        before = found.get(key)
        teams = [*(before.teams if before else ()), *([team] if team else ())]
        active = told.get("active", "yes").casefold() not in NO
        found[key] = Agent(key, told.get("name") or key, told.get("email", ""), active, tuple(dict.fromkeys(teams)))
    found.pop("", None)
    return list(found.values())
