"""How a target came to its value on days that no calculation saw."""

from datetime import UTC, date, datetime
from typing import Final

import pytest

from milepost.goals.goal_templates import RESOLUTION
from milepost.goals.models import Goal, Target
from milepost.metrics.metric import Hours
from milepost.progress.course import worked_out
from milepost.progress.models import Snapshot
from milepost.sources.models import Source
from tests.progress.conftest import Desk

pytestmark = pytest.mark.django_db

SIXTH: Final = datetime(2026, 5, 6, 9, tzinfo=UTC)


def at(*days: int) -> list[datetime]:
    return [datetime(2026, 5, day, 8, tzinfo=UTC) for day in days]


def of_may(goal: Goal) -> Target:
    return Target.objects.get(contributor__goal=goal, milestone__first_day=date(2026, 5, 1))


def counts(desk: Desk, goal: Goal, *, now: datetime = SIXTH) -> dict[int, int | float | None]:
    target = of_may(goal)
    known = target.snapshots.values_list("day", flat=True)
    found = worked_out(target, known, store=desk.store, now=now)
    return {day.day: amount.numerator for day, amount in found.items()}


def test_a_count_grows_day_by_day_and_is_0_before_the_first_ticket(desk: Desk) -> None:
    desk.solves("Celina", at(2, 2, 4))
    assert counts(desk, desk.goal("Celina")) == {1: 0, 2: 2, 3: 2, 4: 3, 5: 3}


def test_an_average_has_no_value_before_the_first_ticket(desk: Desk) -> None:
    desk.solves("Celina", at(3))
    goal = desk.goal("Celina", measure=RESOLUTION.measure.on(Hours.CALENDAR))
    assert counts(desk, goal) == {1: None, 2: None, 3: 1800, 4: 1800, 5: 1800}


def test_days_that_were_measured_are_not_worked_out(desk: Desk) -> None:
    desk.solves("Celina", at(2))
    goal = desk.goal("Celina")
    Snapshot.objects.create(target=of_may(goal), day=date(2026, 5, 3), numerator=9, denominator=1, measured_at=SIXTH)
    assert counts(desk, goal) == {1: 0, 2: 1, 4: 1, 5: 1}


def test_an_ended_milestone_is_worked_out_to_its_last_day(desk: Desk) -> None:
    desk.solves("Celina", at(31))
    found = counts(desk, desk.goal("Celina"), now=datetime(2026, 7, 1, tzinfo=UTC))
    assert (len(found), found[30], found[31]) == (31, 0, 1)


def test_what_a_day_had_is_as_of_its_end(desk: Desk) -> None:
    desk.solves("Celina", at(2))
    desk.reopens("Celina", at(2)[0], at(4)[0])
    assert counts(desk, desk.goal("Celina")) == {1: 0, 2: 1, 3: 1, 4: 0, 5: 0}


def test_days_before_the_source_begins_are_not_told(desk: Desk) -> None:
    desk.solves("Celina", at(2))
    goal = desk.goal("Celina")
    Source.objects.update(complete_from=at(3)[0])
    assert counts(desk, goal) == {3: 1, 4: 1, 5: 1}
    Source.objects.update(complete_from=None)
    assert counts(desk, goal) == {}


def test_who_is_in_no_source_has_no_days(desk: Desk) -> None:
    desk.solves("Celina", at(2))
    assert counts(desk, desk.goal("Dawid")) == {}
