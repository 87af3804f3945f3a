"""After a change of tickets, measuring what it touched ends in what measuring everything ends in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from milepost.metrics.catalog import METRICS
from milepost.metrics.question import Measure
from milepost.progress.measure import refresh, refresh_after
from milepost.progress.models import Measurement
from milepost.tickets.store import touched as touching
from tests.metrics.changing import START, Changing

ROUNDS: Final = 20
KEYS: Final = (
    *("tickets_created", "tickets_removed", "tickets_closed", "reopens", "replies_per_resolution"),
    *("backlog", "oldest_open", "full_resolution", "next_reply", "first_resolution_within", "reopen_rate", "csat"),
)


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


def test_after_more_facts_than_can_be_told_everything_is_measured(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    goal = desk.goal("Celina", value=5)
    refresh(store=desk.store, now=datetime(2026, 7, 2, tzinfo=UTC))
    monkeypatch.setattr(touching, "MANY", 2)
    written = desk.solves("Celina", [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 2, 3)])
    assert written.touched is None
    refresh_after(written, store=desk.store, now=datetime(2026, 7, 2, tzinfo=UTC))
    assert desk.measured(goal, "Celina", 6).numerator == 3
