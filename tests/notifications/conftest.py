"""The cast's desk, and a clock that the test moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from milepost.account import actions as account
from milepost.goals import actions, editing
from milepost.goals.actions import NewGoal
from milepost.goals.editing import Edit
from milepost.goals.models import Goal, Target
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.notifications import watch
from milepost.notifications.models import Notice
from milepost.people.models import Membership, User
from milepost.progress.models import Measurement
from tests.cast import NEW_YEAR, Cast

# A Monday, noon in Warsaw.
MONDAY = datetime(2026, 3, 16, 11, tzinfo=UTC)


@dataclass
class House:
    """Goals, what was measured of them, and looking at them."""

    cast: Cast
    new_goal: Callable[..., NewGoal]
    now: datetime = MONDAY
    _goals: list[Goal] = field(default_factory=list)

    def goal(self, name: str = "Tickets closed 2026", **fields: Any) -> Goal:
        """Anna publishes a goal: 30 tickets a month of Celina, unless told otherwise."""
        usual = {"persons": [self.cast.person(self.cast.celina)], "value": Decimal(30)}
        return actions.create(self.new_goal(name, **usual | fields), by=self.cast.anna, now=NEW_YEAR)

    def target(self, goal: Goal, name: str = "Celina", month: int = 3) -> Target:
        """The target of somebody in a month."""
        there = Target.objects.filter(milestone__goal=goal, milestone__first_day__month=month)
        return next(
            one for one in there.select_related("milestone", "contributor__goal") if str(one.contributor) == name
        )

    def stands(
        self,
        target: Target,
        shown: int,
        *,
        running: Status = Status.IN_PROGRESS,
        ended: Status = Status.MISSED,
        pace: Pace | None = Pace.ON_PACE,
    ) -> None:
        """How a target stands from now on."""
        Measurement.objects.update_or_create(
            target=target,
            defaults={
                "numerator": shown,
                "denominator": 1,
                "sample": shown,
                "shown": shown,
                "progress": 100 * shown // 30,
                "status_running": running.value,
                "status_ended": ended.value,
                "pace": pace,
                "measured_at": self.now,
            },
        )

    def looks(self) -> int:
        """Look at all goals; how much was told."""
        return watch.look(Goal.objects.filter(archived_at__isnull=True), now=self.now)

    def pass_(self, **time: float) -> None:
        """Time goes on."""
        self.now += timedelta(**time)

    def edits(self, target: Target, value: int, reason: str = "Four days of leave.") -> None:
        """Anna changes a target."""
        editing.save(
            target.contributor, Edit({target.pk: Decimal(value)}, reason=reason), by=self.cast.anna, now=self.now
        )

    def leaves_frontline(self, user: User) -> None:
        """Somebody is in the team no longer."""
        Membership.objects.filter(person=user.person, team=self.cast.frontline).update(until=self.now)

    def told(self, user: User | None = None) -> list[tuple[str, str]]:
        """What was told to whom, in order; of one user, what they may see by now."""
        found = Notice.objects.filter(user__isnull=False).order_by("pk")
        if user is not None:
            found = found.filter(user=user, visible_at__lte=self.now)
        return [(one.user.name if one.user else "", one.kind) for one in found.select_related("user")]


@pytest.fixture
def house(cast: Cast, new_goal: Callable[..., NewGoal]) -> House:
    """The cast, on the clocks of Warsaw; it was looked at once, a minute ago, and nothing was there."""
    account.change(by=None, now=NEW_YEAR, name="Kestrel", zone="Europe/Warsaw")
    begun = House(cast, new_goal, now=MONDAY - timedelta(minutes=1))
    begun.looks()
    begun.now = MONDAY
    return begun
