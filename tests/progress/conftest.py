"""A help desk of 2026: Celina and Dawid in Frontline, Ewa in Billing; goals over May, June and July, in UTC."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from milepost.calendars.periods import Duration
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Goal
from milepost.metrics.question import Measure
from milepost.people.models import Person, Team, User
from milepost.people.roles import Role
from milepost.progress.measure import Refreshed, refresh
from milepost.progress.models import Measurement, Snapshot
from milepost.sources import identities
from milepost.sources.models import Source
from milepost.tickets.events import ReplayRules, Response
from milepost.tickets.store import Staged, Store, Written, update
from milepost.tickets.store.staging import rows_into, staged_row, told

MAY, JULY, AUGUST = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 7, 8))
TEAMS = {"Celina": "Frontline", "Dawid": "Frontline", "Ewa": "Billing"}


@dataclass
class Desk:
    """A help desk whose tickets are written through the fact store, and its goals."""

    folder: Path
    anna: User
    pipeline: str | None = None
    rows: dict[str, list[list[object]]] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The facts."""
        return Store(self.folder / "facts")

    def solves(
        self, agent: str, created: Iterable[datetime], *, source: str = "desk", after: timedelta = timedelta(minutes=30)
    ) -> Written:
        """An agent gets tickets, and replies to and resolves each some time after its creation."""
        for moment in created:
            key = f"T-{sum(map(len, self.rows.values()))}"
            self._tell(source, key, moment, moment, "new", agent)
            self._tell(source, key, moment, moment + after, "resolved", agent)
        return self._write(source)

    def reopens(self, agent: str, created: datetime, at: datetime) -> None:
        """The newest ticket, created then, is opened again."""
        key = self.rows["desk"][-1][1]
        self._tell("desk", str(key), created, at, "open", agent)
        self._write("desk")

    def _tell(self, source: str, key: str, created: datetime, at: datetime, status: str, agent: str) -> None:
        rows = self.rows.setdefault(source, [])
        moments = int(created.timestamp()), int(at.timestamp())
        place: dict[str, Any] = {"agent": agent, "team": TEAMS[agent], "pipeline": self.pipeline}
        rows.append(staged_row(len(rows), key, *moments, status=status, **place))

    def _write(self, source: str) -> Written:
        file = self.folder / "staged.csv"
        with rows_into(file) as writer:
            for row in self.rows[source]:
                writer.writerow(told(row))
        staged = Staged(source, file, ReplayRules(response=Response.LEAVES_NEW))
        written = update(self.store, staged, now=int(AUGUST.timestamp()))
        self.match(source)
        return written

    def match(self, slug: str) -> None:
        """The people of the help desk are those with the same name here."""
        source, _ = Source.objects.get_or_create(
            slug=slug, defaults={"name": slug, "make": Source.Make.FILE, "connected_at": MAY, "complete_from": MAY}
        )
        identities.match(source, self.store.names(slug))
        for identity in source.identities.filter(kind="agent"):
            identity.person = Person.objects.filter(name=identity.key).earliest("pk")
            identity.save()

    def is_read_until(self, moment: datetime) -> None:
        """Every source was read up to this moment."""
        Source.objects.update(complete_until=moment)

    def goal(
        self,
        *names: str,
        measure: Measure = CLOSED.measure,
        value: int | None = None,
        pipelines: Iterable[str] = (),
        values: Mapping[tuple[Person | Team, int], Decimal | None] | None = None,
    ) -> Goal:
        """A goal over May, June and July for the people and teams of these names."""
        return actions.create(
            NewGoal(
                name=str(uuid4()),
                measure=measure,
                duration=Duration.MONTHLY,
                first_day=date(2026, 5, 1),
                after_day=date(2026, 8, 1),
                zone=ZoneInfo("UTC"),
                form_key=uuid4(),
                persons=[self.person(name) for name in names if name in TEAMS],
                teams=[Team.objects.get_or_create(name=name)[0] for name in names if name not in TEAMS],
                value=None if value is None else Decimal(value),
                values=values or {},
                pipelines=list(pipelines),
            ),
            by=self.anna,
            now=MAY,
        )

    def refresh(self, now: datetime, goal: Goal | None = None) -> Refreshed:
        """Measure as of then."""
        goals = None if goal is None else Goal.objects.filter(pk=goal.pk)
        return refresh(store=self.store, now=now, goals=goals)

    @staticmethod
    def person(name: str) -> Person:
        """The first person of this name."""
        return Person.objects.filter(name=name).earliest("pk")

    @staticmethod
    def measured(goal: Goal, name: str, month: int) -> Measurement | None:
        """The measurement of a contributor in a month."""
        rows = Measurement.objects.filter(target__contributor__goal=goal, target__milestone__first_day__month=month)
        return next((row for row in rows if str(row.target.contributor) == name), None)

    @staticmethod
    def snapshots(goal: Goal) -> list[tuple[int, int | None]]:
        """Day of the month and count of every snapshot."""
        rows = Snapshot.objects.filter(target__contributor__goal=goal).order_by("day", "target")
        return [(row.day.day, row.numerator) for row in rows]


@pytest.fixture
def desk(tmp_path: Path, db: None) -> Desk:
    for name in TEAMS:
        Person.objects.create(name=name)
    return Desk(tmp_path, User.objects.create_user("anna@example.org", None, name="Anna", role=Role.MANAGER))
