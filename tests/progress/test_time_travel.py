"""A machine that ran every day and one that slept through all of it come to the same verdicts.

The help desk is made up: a year in which tickets are handed on, reopened, merged and brought back, people leave and
come back, and targets are changed. By default the machine that ran looks every fourth day; MILEPOST_EVERY=1 has it look
every day.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from milepost.calendars.periods import Duration
from milepost.cli import demo
from milepost.goals import actions, editing
from milepost.goals.actions import NewGoal
from milepost.goals.editing import Edit
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.models import Goal, Target
from milepost.goals.status import Status
from milepost.metrics.catalog import METRICS
from milepost.metrics.question import Measure
from milepost.people import actions as people
from milepost.people.models import Team
from milepost.progress import only_added
from milepost.progress.measure import refresh, refresh_after
from milepost.progress.models import Measurement, Verdict
from milepost.sources import sync
from milepost.sources.models import Source
from milepost.tickets.events import ReplayRules
from milepost.tickets.store import Staged, Store, Written, update
from milepost.tickets.store.staging import rows_into, staged_row, told

FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2027, 1, 12, 3, tzinfo=UTC)
DAY: Final = timedelta(days=1)
EVERY: Final = int(os.environ.get("MILEPOST_EVERY", "4"))
TICKETS: Final = 600
FIRST_OF_DEMO: Final = datetime(2026, 8, 30, 9, tzinfo=UTC)
AGENTS: Final = {"Celina": "Frontline", "Dawid": "Frontline", "Ewa": "Billing"}
# What does not depend on when somebody looked.
SAME: Final = (
    *("number", "basis", "status", "wished", "shown", "progress", "numerator", "denominator", "sample"),
    *("stopped_at", "pipelines", "measure", "rules"),
)


def year(random: Random) -> list[tuple[datetime, list[object]]]:
    """The events of a year, each with its moment, in their order."""
    found: list[tuple[datetime, list[object]]] = []
    for number in range(TICKETS):
        created = at = FIRST + random.random() * (LAST - 10 * DAY - FIRST)
        while at < LAST and random.random() < 0.8:
            agent = random.choice(list(AGENTS))
            told: dict[str, Any] = {"agent": agent, "team": AGENTS[agent], "pipeline": random.choice(("A", "B"))}
            told["status"] = random.choice(("new", "open", "waiting_customer", "resolved", "resolved", "closed"))
            if random.random() < 0.5:
                told |= {"message": random.choice(("reply", "customer")), "actor": agent, "actor_kind": "agent"}
            if random.random() < 0.04:
                told["removal"] = random.choice(("merged", "deleted", "restored"))
            moments = int(created.timestamp()), int(at.timestamp())
            found.append((at, staged_row(len(found), f"T-{number}", *moments, **told)))
            at += timedelta(days=random.expovariate(0.2))
    return sorted(found, key=lambda pair: pair[0])


@dataclass
class Machine:
    """An installation of its own facts, on the goals and people of the test."""

    folder: Path
    desk: Any
    read: int = 0

    @property
    def store(self) -> Store:
        """Its facts."""
        return Store(self.folder / "facts")

    def reads(self, events: list[tuple[datetime, list[object]]], now: datetime) -> Written:
        """What happened before now and was not read yet."""
        fresh = [row for at, row in events[self.read :] if at < now]
        self.read += len(fresh)
        self.folder.mkdir(exist_ok=True)
        with rows_into(self.folder / "staged.csv") as writer:
            for row in fresh:
                writer.writerow(told(row))
        staged = Staged("desk", self.folder / "staged.csv", ReplayRules())
        written = update(self.store, staged, now=int(now.timestamp()))
        self.desk.folder = self.folder
        self.desk.match("desk")
        Source.objects.update(complete_from=FIRST, complete_until=now)
        return written

    def looks(self, events: list[tuple[datetime, list[object]]], now: datetime) -> None:
        """It reads, and calculates all of it or what that touched."""
        written = self.reads(events, now)
        if now.day % 2:
            refresh(store=self.store, now=now)
        else:
            refresh_after(written, store=self.store, now=now)


def goals(desk: Any) -> Iterator[Goal]:
    """Counts, averages, shares and levels, by week, month and quarter, with and without windows."""
    celina, dawid, ewa = map(desk.person, AGENTS)
    frontline, billing = (Team.objects.get_or_create(name=name)[0] for name in ("Frontline", "Billing"))
    asked: tuple[tuple[Measure, Duration, int], ...] = (
        (CLOSED.measure, Duration.MONTHLY, 6),
        (Measure.of(METRICS["tickets_closed"]), Duration.WEEKLY, 1),
        (Measure(METRICS["tickets_closed"], CLOSED.measure.aggregate, days=5), Duration.MONTHLY, 5),
        (RESPONSE.measure, Duration.MONTHLY, 30 * 3600),
        (Measure.of(METRICS["reopen_rate"]), Duration.QUARTERLY, 30),
        (Measure.of(METRICS["reopens"]), Duration.MONTHLY, 6),
        (Measure.of(METRICS["backlog"]), Duration.MONTHLY, 60),
        (Measure.of(METRICS["first_resolution_within"], within=3 * 86_400), Duration.MONTHLY, 60),
    )
    for measure, duration, value in asked:
        weekly = duration is Duration.WEEKLY
        new = NewGoal(
            name=str(uuid4()),
            measure=measure,
            duration=duration,
            first_day=date(2026, 1, 5) if weekly else date(2026, 1, 1),
            after_day=date(2027, 1, 4) if weekly else date(2027, 1, 1),
            zone=ZoneInfo("UTC"),
            form_key=uuid4(),
            persons=[celina, dawid, ewa],
            teams=[frontline, billing],
            value=Decimal(value),
            pipelines=["A"] if duration is Duration.QUARTERLY else [],
        )
        yield actions.create(new, by=desk.anna, now=FIRST)


def what_people_do(desk: Any, goal: Goal) -> dict[date, Callable[[datetime], None]]:
    """On which days of the year somebody does what."""
    june = Target.objects.get(contributor__goal=goal, contributor__person=desk.person("Ewa"), milestone__ordinal=5)

    def raise_target(now: datetime) -> None:
        editing.save(june.contributor, Edit({june.pk: Decimal(30)}, reason="more work"), by=desk.anna, now=now)

    return {
        date(2026, 3, 10): lambda now: people.deactivate(desk.person("Celina"), by=None, now=now),
        date(2026, 3, 25): lambda now: people.reactivate(desk.person("Celina"), by=None, now=now),
        date(2026, 6, 20): raise_target,
        date(2026, 8, 12): lambda now: people.deactivate(desk.person("Dawid"), by=None, now=now),
        date(2026, 10, 3): lambda now: people.reactivate(desk.person("Dawid"), by=None, now=now),
        # The day on which it is entered is not the day on which he left.
        date(2026, 11, 20): lambda now: people.deactivate(desk.person("Dawid"), by=None, now=now, since=now - 5 * DAY),
    }


def days() -> Iterator[datetime]:
    """Three o'clock of every day."""
    for number in range((LAST - FIRST).days + 1):
        yield FIRST + timedelta(days=number, hours=3)


def judged() -> dict[int, tuple[Any, ...]]:
    """The newest verdict of every target, as far as it does not say when somebody looked."""
    rows = Verdict.objects.order_by("number").values_list("target", *SAME)
    return {row[0]: tuple(map(str, row[1:])) for row in rows}


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.once
def test_a_year_day_by_day_and_at_once_end_in_the_same_verdicts(desk: Any, tmp_path: Path) -> None:
    events = year(Random("a year"))  # noqa: S311 - the same year each time
    first, *_others = goals(desk)
    with taken_back():
        acts = what_people_do(desk, first)
        ran = Machine(tmp_path / "ran", desk)
        for now in days():
            if now.date() in acts:
                acts[now.date()](now)
            if now.toordinal() % EVERY == 0:
                ran.looks(events, now)
        ran.looks(events, LAST)
        day_by_day = judged()
    acts = what_people_do(desk, first)
    slept = Machine(tmp_path / "slept", desk)
    for now in days():
        if now.date() in acts:
            acts[now.date()](now)
    slept.reads(events, LAST)
    refresh(store=slept.store, now=LAST)
    at_once = judged()
    assert len(at_once) == Target.objects.filter(milestone__end__lt=LAST - 8 * DAY).count() > 500
    assert {verdict[2] for verdict in at_once.values()} > {Status.MISSED, Status.EXCEEDED, Status.NO_DATA}
    assert [(one, day_by_day.get(one), at_once[one]) for one in at_once if day_by_day.get(one) != at_once[one]] == []
    assert day_by_day == at_once


def test_the_months_of_the_demo_day_by_day_and_at_once_end_in_the_same_verdicts(
    db: None, tmp_path: Path, settings: Any
) -> None:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    demo.load(now=now)
    at_once = judged()
    assert len(at_once) == Target.objects.filter(milestone__end__lte=now - DAY).count() > 100
    with taken_back():
        # PostgreSQL takes no guard from a table of which it still has something to check.
        connection.check_constraints()
        with only_added.emptying(connection):
            Measurement.objects.all().delete()
            Verdict.objects.all().delete()
        for number in range((now - FIRST_OF_DEMO).days + 1):
            morning = FIRST_OF_DEMO + timedelta(days=number)
            Source.objects.update(complete_until=morning)
            refresh(store=sync.store(), now=morning)
        assert judged() == at_once
