"""A new time zone: what runs keeps its clocks, what is to come takes the new ones, without gap or overlap."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from milepost.calendars.periods import midnight
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.models import Goal, Milestone
from milepost.goals.recutting import move, recut
from milepost.history.models import Change
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
ZONES = ["America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati", "UTC"]


@pytest.fixture
def goal(cast: Cast, new_goal: Callable[..., NewGoal]) -> Goal:
    """Monthly over 2026, in Warsaw."""
    return actions.create(new_goal(teams=[cast.frontline]), by=cast.anna, now=NOW)


def spans(goal: Goal) -> list[tuple[datetime, datetime]]:
    return list(Milestone.objects.filter(goal=goal).order_by("ordinal").values_list("start", "end"))


@pytest.mark.parametrize("name", ZONES)
def test_the_first_new_milestone_begins_where_the_running_one_ends(cast: Cast, goal: Goal, name: str) -> None:
    zone, before = ZoneInfo(name), spans(goal)
    move(zone, by=cast.anna, now=NOW)
    after = spans(goal)
    assert after[:3] == before[:3]
    assert all(one[1] == other[0] for one, other in pairwise(after))
    assert [end for _, end in after[3:]] == [
        midnight(one.after_day, zone) for one in Milestone.objects.filter(goal=goal, ordinal__gte=3)
    ]


def test_asking_changes_nothing(goal: Goal) -> None:
    before = spans(goal)
    asked = recut(ZoneInfo("Asia/Kathmandu"), now=NOW)
    assert (asked.goals, len(asked.milestones)) == (1, 9)
    assert asked.next is not None
    assert asked.next.ordinal == 3
    assert spans(goal) == before


def test_the_days_stay_and_history_tells_of_the_zone(cast: Cast, goal: Goal) -> None:
    days = list(goal.milestones.values_list("first_day", "after_day"))
    move(ZoneInfo("UTC"), by=cast.anna, now=NOW)
    assert list(goal.milestones.values_list("first_day", "after_day")) == days
    told = Change.objects.get(verb="moved")
    assert (told.before, told.after) == ({"zone": "Europe/Warsaw"}, {"zone": "UTC"})
    goal.refresh_from_db()
    assert (goal.zone, goal.revision) == ("UTC", 2)


def test_a_goal_that_is_archived_or_over_keeps_its_zone(
    cast: Cast, goal: Goal, new_goal: Callable[..., NewGoal]
) -> None:
    actions.archive(goal, by=cast.anna, now=NOW)
    assert recut(ZoneInfo("UTC"), now=NOW).milestones == []
    over = actions.create(new_goal("Over", teams=[cast.billing]), by=cast.anna, now=NOW)
    assert recut(ZoneInfo("UTC"), now=datetime(2027, 1, 2, tzinfo=UTC)).milestones == []
    assert over.zone == "Europe/Warsaw"
