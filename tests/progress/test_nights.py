"""Ends that are not like others: nights on which clocks change, a leap day, a clock that steps back, a source away."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from milepost.calendars.periods import Duration
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Goal
from milepost.goals.status import Status
from milepost.notifications import watch
from milepost.notifications.models import Notice
from milepost.people import actions as people
from milepost.people.roles import Role
from milepost.progress.models import Verdict
from milepost.sources.models import Source

WARSAW = ZoneInfo("Europe/Warsaw")
NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
DAY, HALF_AN_HOUR, SECOND = timedelta(days=1), timedelta(minutes=30), timedelta(seconds=1)


def goal(desk: Any, first_day: date, after_day: date, value: int = 2) -> Goal:
    """Celina is to close so many tickets over days of Warsaw, in 2024."""
    new = NewGoal(
        name=str(uuid4()),
        measure=CLOSED.measure,
        duration=Duration.CUSTOM,
        first_day=first_day,
        after_day=after_day,
        zone=WARSAW,
        form_key=uuid4(),
        persons=[desk.person("Celina")],
        value=Decimal(value),
    )
    return actions.create(new, by=desk.anna, now=NEW_YEAR)


def resolves(desk: Any, *moments: datetime, read_until: datetime) -> None:
    """Celina resolves a ticket at each of these moments, which was read."""
    desk.solves("Celina", [moment.astimezone(UTC) - HALF_AN_HOUR for moment in moments])
    Source.objects.update(complete_from=NEW_YEAR, complete_until=read_until)


def came_to(of: Goal) -> list[tuple[int, Status]]:
    """Its verdicts."""
    rows = Verdict.objects.filter(target__contributor__goal=of).order_by("number")
    return [(int(one.shown or 0), Status(one.status)) for one in rows]


def watched(desk: Any) -> None:
    """Celina is a user, and somebody looks from New Year on."""
    celina = desk.person("Celina")
    people.create_user("celina@example.org", None, name="Celina", role=Role.AGENT, person=celina, by=None, now=NEW_YEAR)
    watch.look(Goal.objects.none(), now=NEW_YEAR)


def looks(desk: Any, now: datetime) -> list[str]:
    """It is calculated and looked at; the kinds of all that was told so far."""
    desk.refresh(now)
    watch.look(Goal.objects.all(), now=now)
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("first_day", "after_day", "end"),
    [
        pytest.param(date(2024, 3, 31), date(2024, 4, 1), datetime(2024, 3, 31, 22, tzinfo=UTC), id="23 hours"),
        pytest.param(date(2024, 10, 27), date(2024, 10, 28), datetime(2024, 10, 27, 23, tzinfo=UTC), id="25 hours"),
        pytest.param(date(2024, 3, 25), date(2024, 4, 1), datetime(2024, 3, 31, 22, tzinfo=UTC), id="its week"),
        pytest.param(date(2024, 2, 29), date(2024, 3, 1), datetime(2024, 2, 29, 23, tzinfo=UTC), id="leap day"),
        pytest.param(date(2024, 2, 1), date(2024, 3, 1), datetime(2024, 2, 29, 23, tzinfo=UTC), id="its month"),
    ],
)
def test_what_ends_on_such_a_day_counts_to_its_last_second_and_is_final_24_hours_later(
    desk: Any, first_day: date, after_day: date, end: datetime
) -> None:
    asked = goal(desk, first_day, after_day)
    resolves(desk, end - 2 * SECOND, end - SECOND, end, read_until=end + DAY)
    desk.refresh(end + DAY - SECOND)
    assert came_to(asked) == []
    desk.refresh(end + DAY)
    assert came_to(asked) == [(2, Status.ACHIEVED)]


def test_both_hours_that_the_clock_shows_as_two_count_and_neither_twice(desk: Any) -> None:
    half_past_two = datetime(2024, 10, 27, 2, 30, tzinfo=WARSAW)
    asked = goal(desk, date(2024, 10, 27), date(2024, 10, 28))
    now = datetime(2024, 10, 30, tzinfo=UTC)
    resolves(desk, half_past_two, half_past_two.replace(fold=1), read_until=now)
    desk.refresh(now)
    assert came_to(asked) == [(2, Status.ACHIEVED)]


def test_a_night_that_lacks_an_hour_tells_of_its_end_once(desk: Any) -> None:
    watched(desk)
    end = datetime(2024, 3, 31, 22, tzinfo=UTC)
    goal(desk, date(2024, 3, 25), date(2024, 4, 1), value=1)
    resolves(desk, end - SECOND, read_until=end)
    told = [looks(desk, end + timedelta(hours=hours))[2:] for hours in (-30, 0, 23, 24, 25, 48)]
    # Before that were its kickoff, and that it was behind.
    assert told == [[], [], [], ["achieved"], ["achieved"], ["achieved"]]


def test_a_clock_that_steps_back_behind_the_end_takes_no_verdict_back_and_tells_nothing_again(desk: Any) -> None:
    watched(desk)
    end = datetime(2024, 3, 31, 22, tzinfo=UTC)
    asked = goal(desk, date(2024, 3, 25), date(2024, 4, 1))
    resolves(desk, end - SECOND, read_until=end)
    told = looks(desk, end + DAY)
    assert (came_to(asked), told) == ([(1, Status.MISSED)], ["missed"])
    for now in (end - DAY, end + timedelta(hours=1), end + 2 * DAY):
        assert looks(desk, now) == told
        assert came_to(asked) == [(1, Status.MISSED)]


def test_a_source_that_is_down_over_the_end_keeps_the_verdict_and_its_notice_until_it_is_back(desk: Any) -> None:
    watched(desk)
    end = datetime(2024, 3, 31, 22, tzinfo=UTC)
    asked = goal(desk, date(2024, 3, 25), date(2024, 4, 1))
    resolves(desk, end - 3 * DAY, read_until=end - 2 * DAY)
    for days in (-1, 0, 1, 6):
        told = looks(desk, end + days * DAY)
        assert came_to(asked) == []
    assert told[:1] == ["kickoff"]
    assert not {"achieved", "exceeded", "missed"} & set(told)
    # Back again it brings what happened meanwhile.
    resolves(desk, end - SECOND, read_until=end + 6 * DAY)
    assert looks(desk, end + 6 * DAY) == [*told, "achieved"]
    assert came_to(asked) == [(2, Status.ACHIEVED)]
