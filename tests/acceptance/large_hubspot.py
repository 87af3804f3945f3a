"""A strict HubSpot of many tickets, in a process of its own: each ticket follows from its number, so that none is held.

python -m tests.acceptance.large_hubspot NUMBER     prints its port, and answers until its standard input ends
"""

import json
import logging
import random
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.contracts.hubspot import PIPELINES, STAGES, StrictHubSpot

# In milliseconds.
MINUTE: Final = 60_000
DAY: Final = 24 * 60 * MINUTE
OLDEST: Final = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
SPREAD: Final = 700 * DAY
# Owners with their users, in teams; every fifth one left.
AGENTS: Final = 40
TEAMS: Final = 8
AT_ONCE: Final = 10
# What a search may ask for, and how it may compare.
COLUMNS: Final = {"hs_object_id": "number", "createdate": "created", "hs_lastmodifieddate": "changed"}
SIGNS: Final = {"GTE": ">=", "GT": ">", "LT": "<"}


@dataclass
class LargeHubSpot(StrictHubSpot):
    """So many tickets, and an index of their moments."""

    number: int = 0
    index: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False))

    def __post_init__(self) -> None:
        super().__post_init__()
        self.index.execute("CREATE TABLE tickets (number INTEGER PRIMARY KEY, created INTEGER, changed INTEGER)")
        moments = (self._moments(number) for number in range(1, self.number + 1))
        rows = ((number, each[0], each[-1]) for number, each in enumerate(moments, 1))
        self.index.executemany("INSERT INTO tickets VALUES (?, ?, ?)", rows)
        for column in ("created", "changed"):
            self.index.execute(f"CREATE INDEX by_{column} ON tickets ({column}, number)")

    def _answer(self, request: Request) -> Response:
        """How often it was asked is no question of a help desk."""
        self.server.log.clear()
        if request.path == "/asked":
            return Response(json.dumps(self.asked))
        return super()._answer(request)

    def _found(
        self, filters: Sequence[dict[str, Any]], sort: dict[str, str], part: slice
    ) -> tuple[int, list[dict[str, str]]]:
        """As the small one does, by its index."""
        met = [f"{COLUMNS[one['propertyName']]} {SIGNS[one['operator']]} {int(one['value'])}" for one in filters]
        tickets = f"FROM tickets WHERE {' AND '.join(met) or 'true'}"
        order = f"{COLUMNS[sort['propertyName']]} {'DESC' if sort['direction'] == 'DESCENDING' else 'ASC'}"
        ((total,),) = self.index.execute(f"SELECT count(*) {tickets}")
        rows = self.index.execute(
            f"SELECT number, created, changed {tickets} ORDER BY {order} LIMIT ? OFFSET ?",
            [part.stop - part.start, part.start],
        )
        return total, [
            {"hs_object_id": str(number), "createdate": _told(created), "hs_lastmodifieddate": _told(changed)}
            for number, created, changed in rows
        ]

    def _ticket(self, number: int) -> dict[str, Any] | None:
        """What happened to it, by chance that its number seeds."""
        if not 1 <= number <= self.number:
            return None
        chance = self._chance(number)
        created, assigned, replied, *later = self._moments(number)
        owner = chance.randrange(AGENTS)
        pipeline, priority = chance.choice([*PIPELINES]), chance.choice(["LOW", "MEDIUM", "HIGH"])
        stages = [STAGES["feedback"], STAGES["open"], STAGES["resolved"]][-len(later) :] if later else []
        stages += [STAGES["open"], STAGES["resolved"]] * ((len(later) - len(stages)) // 2)
        changes = [
            ("hs_pipeline", pipeline, created, None),
            ("hs_pipeline_stage", STAGES["new"], created, None),
            ("hs_ticket_priority", priority, created, None),
            ("hubspot_owner_id", str(100 + owner), assigned, owner),
            ("hubspot_team_id", str(70 + owner % TEAMS), assigned, None),
            *(("hs_pipeline_stage", stage, at, owner) for stage, at in zip(stages, later, strict=True)),
        ]
        properties = {
            "hs_object_id": str(number),
            "createdate": _told(created),
            "hs_lastmodifieddate": _told(max(replied, *later, created)),
            "hs_object_source": chance.choice(["EMAIL", "EMAIL", "CRM_UI"]),
            "hs_first_agent_message_sent_at": _told(replied),
            "hs_first_agent_message_sent_by": str(100 + owner),
        }
        histories: dict[str, list[dict[str, Any]]] = {}
        for name, value, at, by in changes:
            properties[name] = value
            histories.setdefault(name, []).insert(0, _entry(value, at, by))
        return {"properties": properties, "histories": histories}

    def _moments(self, number: int) -> list[int]:
        """When it was created, assigned, answered and otherwise changed. Numbers do not quite follow the time."""
        chance = self._chance(number)
        created = OLDEST + number * SPREAD // self.number + chance.randint(-60, 60) * MINUTE
        steps = [chance.randint(1, 90) * MINUTE for _ in range(2)]
        # Most were closed, some waited for the customer, some were reopened; a few are open still.
        later = chance.choice([0, 1, 2, 2, 2, 3, 3, 5])
        steps += [chance.randint(1, 2 * 24 * 60) * MINUTE for _ in range(later)]
        moments = [created]
        for step in steps:
            moments.append(moments[-1] + step)
        return moments

    def _chance(self, number: int) -> random.Random:
        return random.Random(number)  # noqa: S311 - chance, not a secret

    @staticmethod
    def _owners(asked: dict[str, str]) -> dict[str, Any]:
        """Ten on each page."""
        assert set(asked) <= {"limit", "archived", "after"}, asked
        assert 1 <= int(asked["limit"]) <= 500
        start = int(asked.get("after", 0))
        archived = asked["archived"] == "true"
        known = [one for one in range(AGENTS) if (one % 5 == 0) == archived]
        rows = [
            {
                "id": str(100 + one),
                "userId": 900 + one,
                "firstName": f"Agent {one}",
                "lastName": "",
                "email": f"agent-{one}@example.com",
                "teams": [{"id": str(70 + one % TEAMS), "name": f"Team {one % TEAMS}", "primary": True}],
                "archived": archived,
            }
            for one in known[start : start + AT_ONCE]
        ]
        more = start + AT_ONCE < len(known)
        return {"results": rows} | ({"paging": {"next": {"after": str(start + AT_ONCE)}}} if more else {})


def _told(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _entry(value: str, at: int, by: int | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"value": value, "timestamp": _told(at), "sourceType": "CRM_UI" if by else "EMAIL"}
    return entry | ({} if by is None else {"updatedByUserId": 900 + by})


def main() -> None:
    """Answer on any port that is free."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = HTTPServer(port=0)
    server.start()
    LargeHubSpot(server, number=int(sys.argv[1]))
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
