"""A help desk whose tickets keep changing, through the fact store."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from milepost.tickets.events import ReplayRules
from milepost.tickets.store import Staged, Store, Written, placing, update
from milepost.tickets.store.staging import rows_into, staged_row, told

TICKETS: Final = 60
AGENTS: Final = {"Celina": "Frontline", "Dawid": "Frontline", "Ewa": "Billing"}
START: Final = datetime(2026, 5, 1, tzinfo=UTC)
STATUSES: Final = ("new", "open", "waiting_customer", "on_hold", "resolved", "resolved", "closed")


def treat_as_large(patch: pytest.MonkeyPatch) -> None:
    """Let changed tickets of these few wait in a delta, as those of a large desk do."""
    patch.setattr(placing, "SMALL", 3)
    patch.setattr(placing, "SHARE", 0.4)
    patch.setattr(placing, "MOST", 8)


class Changing:
    """A help desk in which tickets are made, handed on, reopened, merged, deleted and brought back."""

    def __init__(self, store: Store, file: Path, seed: str) -> None:
        self.store, self.file = store, file
        self.random = Random(seed)  # noqa: S311 - the same changes each time
        self.created: dict[str, datetime] = {}
        self.rows: dict[str, list[list[object]]] = {}

    def change(self, now: datetime) -> Written:
        """Some tickets get a further event, or their whole history is read again in another order."""
        for _ in range(8):
            key = f"T-{self.random.randrange(TICKETS)}"
            created = self.created.setdefault(key, self._moment(START, now))
            self.rows.setdefault(key, []).append(self._event(key, created, now))
        with rows_into(self.file) as writer:
            for row in [row for rows in self.rows.values() for row in rows]:
                writer.writerow(told(row))
        return update(self.store, Staged("desk", self.file, ReplayRules()), now=int(now.timestamp()))

    def _event(self, key: str, created: datetime, now: datetime) -> list[object]:
        random = self.random
        agent = random.choice(list(AGENTS))
        what: dict[str, Any] = {"agent": agent, "team": AGENTS[agent], "pipeline": random.choice(("A", "B"))}
        if random.random() < 0.7:
            what["status"] = random.choice(STATUSES)
        if random.random() < 0.5:
            what |= {"message": random.choice(("reply", "customer")), "actor": agent, "actor_kind": "agent"}
        if random.random() < 0.1:
            what["removal"] = random.choice(("merged", "deleted", "spam", "restored", "restored"))
        if random.random() < 0.1:
            what["score"] = random.choice((0, 50, 100))
        line = sum(map(len, self.rows.values()))
        at = int(self._moment(created, now).timestamp())
        return staged_row(line, key, int(created.timestamp()), at, **what)

    def _moment(self, start: datetime, now: datetime) -> datetime:
        return start + timedelta(seconds=self.random.randrange(int((now - start).total_seconds())))
