"""After a change of tickets, measuring what it touched ends in what measuring everything ends in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from milepost.metrics.catalog import METRICS
from milepost.metrics.question import Measure
from milepost.progress.measure import refresh, refresh_after
from milepost.progress.models import Measurement
from milepost.tickets.events import ReplayRules
from milepost.tickets.store import Staged, Store, Written, update
from milepost.tickets.store.staging import rows_into, staged_row, told

ROUNDS: Final = 20
TICKETS: Final = 60
AGENTS: Final = {"Celina": "Frontline", "Dawid": "Frontline", "Ewa": "Billing"}
START: Final = datetime(2026, 5, 1, tzinfo=UTC)
KEYS: Final = (
    *("tickets_created", "tickets_removed", "tickets_closed", "reopens", "replies_per_resolution"),
    *("backlog", "oldest_open", "full_resolution", "next_reply", "first_resolution_within", "reopen_rate", "csat"),
)
STATUSES: Final = ("new", "open", "waiting_customer", "on_hold", "resolved", "resolved", "closed")


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


def measured() -> dict[int, tuple[Any, ...]]:
    """Every measurement, all but its own number."""
    columns = [column.name for column in Measurement._meta.concrete_fields if column.name not in {"id", "target"}]
    return {row[0]: row[1:] for row in Measurement.objects.values_list("target", *columns)}


def test_measuring_what_changed_is_measuring_everything(desk: Any, tmp_path: Path) -> None:
    changing = Changing(desk.store, tmp_path / "changes.csv", "touched")
    now = START + timedelta(days=30)
    changing.change(now)
    desk.match("desk")
    for metric in map(METRICS.__getitem__, KEYS):
        measure = Measure.of(metric, within=86_400 if metric.bounded else None)
        desk.goal("Celina", "Ewa", "Frontline", measure=measure, pipelines=["A"] if len(metric.key) % 2 else [])
    desk.match("desk")
    refresh(store=desk.store, now=now)
    told_little = 0
    for _ in range(ROUNDS):
        now += timedelta(days=3, hours=5)
        written = changing.change(now)
        desk.match("desk")
        told_little += written.touched is not None
        refresh_after(written, store=desk.store, now=now)
        partly = measured()
        refresh(store=desk.store, now=now)
        assert partly == measured()
    assert told_little == ROUNDS


def test_a_write_that_nobody_measured_is_made_good_by_the_next(desk: Any) -> None:
    goal = desk.goal("Celina", value=5)
    june = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 2, 3)]
    desk.solves("Celina", june[:1])
    refresh(store=desk.store, now=datetime(2026, 7, 2, tzinfo=UTC))
    desk.solves("Celina", june[1:2])
    written = desk.solves("Celina", june[2:])
    refresh_after(written, store=desk.store, now=datetime(2026, 7, 2, tzinfo=UTC))
    assert desk.measured(goal, "Celina", 6).numerator == 3
