"""Somebody who sends ticket events to an address of ours, without a web server between."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from milepost.connectors.inbound.body import Body, Form
from milepost.sources import accepting, entrances, sync, taking
from milepost.sources.help_desks import Synced
from milepost.sources.models import Identity, Source

NOON: Final = datetime(2026, 3, 16, 12, tzinfo=UTC)
CREATED: Final = "2026-03-02T09:00:00+00:00"


def event(ticket: str, at: str, **columns: object) -> dict[str, object]:
    """Something happened on 2 March 2026 to a ticket that was created that day at nine."""
    return {"ticket": ticket, "created": CREATED, "at": f"2026-03-02T{at}:00+00:00", **columns}


@dataclass
class Sender:
    """Sends, has the worker take what came, and looks at the facts."""

    source: Source
    token: str
    now: datetime = NOON

    def sends(self, *items: object) -> list[str]:
        """One request; what became of each item."""
        return [answer.outcome.value for answer in self.answered(items)]

    def answered(self, items: Sequence[object]) -> list[accepting.Answer]:
        """The same with the reasons."""
        body = Body(int(self.now.timestamp())).items(json.dumps(items).encode(), Form.JSON)
        return accepting.accept(self.source.entrance, body, now=self.now)

    def taken(self, stopped: Callable[[], bool] = lambda: False) -> Synced:
        """The job takes what came."""
        self.source.refresh_from_db()
        return taking.take(self.source, clock=lambda: self.now, zone=ZoneInfo("Europe/Warsaw"), stopped=stopped)

    def brings(self, *items: object) -> int:
        """Both; how many tickets changed."""
        self.sends(*items)
        return self.taken().changed

    def pass_(self, **time: float) -> None:
        """Time goes on."""
        self.now += timedelta(**time)


def facts(kind: str, *columns: str, counting: bool = True) -> list[Any]:
    """Facts of one kind in their order: the hour and minute of 2 March, and the columns with names for numbers."""
    where = "AND counts_until IS NULL AND ended_at IS NULL" if counting else ""
    query = (
        f"SELECT {', '.join(('happened_at', *columns))} FROM facts WHERE kind = '{kind}' {where} "
        "ORDER BY happened_at, ticket"
    )
    named = {(one.kind, one.number): one.key for one in Identity.objects.all()}
    rows = sync.store().read(lambda db: db.execute(query).fetchall())
    return [
        (
            f"{datetime.fromtimestamp(at, UTC):%H:%M}",
            *(named.get((c, v), v) for c, v in zip(columns, rest, strict=True)),
        )
        for at, *rest in rows
    ]


def open_source(**about: Any) -> Sender:
    """A source to which this one sends."""
    opened = entrances.open_("desk", name="Help desk", by=None, now=NOON, **about)
    return Sender(opened.source, opened.token)
