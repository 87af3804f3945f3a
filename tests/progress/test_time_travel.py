"""A machine that ran every day and one that slept through all of it come to the same verdicts, and tell the same.

The help desk is made up: a year in which tickets are handed on, reopened, merged and brought back, people leave and
come back, and targets are changed. By default the machine that ran looks every fourth day; `make test-time-travel` has
it look every day.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.models import F

from milepost.calendars.periods import Duration
from milepost.cli import demo
from milepost.goals import actions, editing
from milepost.goals.actions import NewGoal
from milepost.goals.editing import Edit
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.models import Goal, Target
from milepost.goals.notices import Audience, to_json
from milepost.goals.notices import Notice as Choice
from milepost.goals.status import Status
from milepost.metrics.catalog import METRICS
from milepost.metrics.question import Measure
from milepost.notifications import watch
from milepost.notifications.kinds import Kind
from milepost.notifications.models import Notice
from milepost.people import actions as people
from milepost.people.models import Person, Team
from milepost.people.roles import Role
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
# Nobody who slept hears of these: their milestone or week is over. Nor of an edit of months ago.
PASSING: Final = frozenset({Kind.KICKOFF, Kind.WEEKLY_PROGRESS, Kind.BEHIND_PACE, Kind.EDITED})
SUCCESS: Final = frozenset({Kind.ACHIEVED, Kind.EXCEEDED})
REACHED: Final = frozenset({Status.ACHIEVED, Status.EXCEEDED})
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
        """It reads, calculates all of it or what that touched, and tells what is new."""
        written = self.reads(events, now)
        if now.day % 2:
            refresh(store=self.store, now=now)
        else:
            refresh_after(written, store=self.store, now=now)
        watch.look(Goal.objects.all(), now=now)


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


def who_is_told(desk: Any) -> None:
    """All agents are users and members of their teams, Bartek leads one, and somebody looks from the first day on."""
    for agent, team in AGENTS.items():
        make_user(agent, Role.AGENT, desk.person(agent))
        people.join(desk.person(agent), Team.objects.get(name=team), since=FIRST, by=None, now=FIRST)
    bartek = people.create_person("Bartek", by=None, now=FIRST)
    make_user("Bartek", Role.LEAD, bartek)
    people.lead(bartek, Team.objects.get(name="Frontline"), since=FIRST, by=None, now=FIRST)
    watch.look(Goal.objects.none(), now=FIRST)


def make_user(name: str, role: Role, person: Person) -> None:
    """Somebody who can be told."""
    address = f"{name.lower()}@example.org"
    people.create_user(address, None, name=name, role=role, person=person, by=None, now=FIRST)


def nothing(now: datetime) -> None:
    """What people do on most days."""


def days() -> Iterator[datetime]:
    """Three o'clock of every day."""
    for number in range((LAST - FIRST).days + 1):
        yield FIRST + timedelta(days=number, hours=3)


class Told(NamedTuple):
    """What makes a notice one of its kind."""

    kind: Kind
    user: int | None
    target: int
    occasion: str


@dataclass(frozen=True)
class Outcome:
    """What a machine came to: the newest verdict of every target, and all that it told."""

    judged: dict[int, dict[str, str]]
    told: frozenset[Told]
    # What was told when its milestone or week was over.
    late: int

    @classmethod
    def of_now(cls) -> "Outcome":
        """As it stands, as far as it does not say when somebody looked."""
        rows = Verdict.objects.order_by("number").values("target", *SAME)
        told = Notice.objects.values_list("kind", "user", "target", "occasion")
        return cls(
            {row.pop("target"): {name: str(value) for name, value in row.items()} for row in map(dict, rows)},
            frozenset(Told(Kind(kind), user, target, occasion) for kind, user, target, occasion in told),
            late=Notice.objects.filter(until__lte=F("decided_at")).count(),
        )

    def of(self, *kinds: Kind) -> set[Told]:
        """What was told of these kinds."""
        return {one for one in self.told if one.kind in kinds}

    def reached(self) -> set[int]:
        """The targets that were achieved or exceeded in the end. Of whoever had left nothing is told."""
        final = self.judged.items()
        return {target for target, one in final if one["status"] in REACHED and one["stopped_at"] == str(None)}


def assert_same(ran: Outcome, slept: Outcome) -> None:
    """The same verdicts, and the same notices of them but for what the one that ran told as achieved before the end."""
    differ = [one for one in ran.judged.keys() | slept.judged if ran.judged.get(one) != slept.judged.get(one)]
    assert [(one, ran.judged.get(one), slept.judged.get(one)) for one in differ] == []
    assert ran.of(Kind.MISSED) == slept.of(Kind.MISSED) != set()
    for machine in (ran, slept):
        assert machine.reached() <= {one.target for one in machine.of(*SUCCESS)}
    final = {*SUCCESS, Kind.MISSED}
    assert slept.of(*final) <= ran.of(*final)
    assert {one.kind for one in ran.of(*final) - slept.told} <= {Kind.ACHIEVED}
    for machine in (ran, slept):
        assert {one.kind for one in machine.told} <= final | PASSING
        assert machine.late == 0


def count(ran: Outcome, slept: Outcome, note: Callable[[str, object], None]) -> None:
    """Name how much the one that ran told alone: what was passing, and as achieved what came otherwise."""
    alone = Counter(one.kind for one in ran.told - slept.told)
    assert alone.keys() >= PASSING - {Kind.EDITED}
    for kind, number in alone.items():
        note(f"{kind} told by the one that ran alone", number)


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.once
def test_a_year_day_by_day_and_at_once_end_in_the_same_verdicts_and_notices(
    desk: Any, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    events = year(Random("a year"))  # noqa: S311 - the same year each time
    first, *_others = goals(desk)
    who_is_told(desk)
    with taken_back():
        acts = what_people_do(desk, first)
        machine = Machine(tmp_path / "ran", desk)
        for now in days():
            acts.get(now.date(), nothing)(now)
            if now.toordinal() % EVERY == 0:
                machine.looks(events, now)
        machine.looks(events, LAST)
        ran = Outcome.of_now()
    acts = what_people_do(desk, first)
    for now in days():
        acts.get(now.date(), nothing)(now)
    Machine(tmp_path / "slept", desk).looks(events, LAST)
    slept = Outcome.of_now()
    assert len(slept.judged) == Target.objects.filter(milestone__end__lt=LAST - 8 * DAY).count() > 500
    assert {one["status"] for one in slept.judged.values()} > {Status.MISSED, Status.EXCEEDED, Status.NO_DATA}
    assert_same(ran, slept)
    assert slept.of(*PASSING) == set()
    assert ran.of(Kind.ACHIEVED) > slept.of(Kind.ACHIEVED)
    count(ran, slept, record_property)


def test_the_months_of_the_demo_day_by_day_and_at_once_end_in_the_same_verdicts_and_notices(
    db: None, tmp_path: Path, settings: Any, record_property: Callable[[str, object], None]
) -> None:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    demo.load(now=now)
    # The goals were there from the first day on, and whoever manages the desk is told everything.
    everything = {kind: frozenset({Audience.MANAGER}) for kind in Choice}
    Goal.objects.update(created_at=FIRST_OF_DEMO, notices=to_json(everything))
    watch.look(Goal.objects.none(), now=FIRST_OF_DEMO)
    with taken_back():
        watch.look(Goal.objects.all(), now=now)
        slept = Outcome.of_now()
    assert len(slept.judged) == Target.objects.filter(milestone__end__lte=now - DAY).count() > 100
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
            watch.look(Goal.objects.all(), now=morning)
        ran = Outcome.of_now()
    assert_same(ran, slept)
    count(ran, slept, record_property)
