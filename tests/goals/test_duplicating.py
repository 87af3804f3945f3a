"""The goal of the next year: dates go on, the name moves on, targets are copied."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.account.models import Account
from milepost.calendars.periods import Duration, horizon, tile
from milepost.goals import actions, duplicating
from milepost.goals.actions import NewGoal
from milepost.goals.duplicating import next_horizon, next_name
from milepost.goals.models import Target
from milepost.people import actions as people
from tests.cast import Cast

NOW = datetime(2026, 12, 1, tzinfo=UTC)
Form = Callable[..., NewGoal]


@given(
    st.sampled_from([one for one in Duration if one is not Duration.CUSTOM]),
    st.integers(2000, 2090),
    st.integers(0, 6),
    st.integers(1, 12),
)
def test_a_whole_year_is_followed_by_the_next_without_a_gap(
    duration: Duration, year: int, week_start: int, fiscal_month: int
) -> None:
    rules = {"week_start": week_start, "fiscal_month": fiscal_month}
    first_day, after_day = horizon(duration, year, **rules)
    following = next_horizon(duration, first_day, after_day, periods=1, **rules)
    assert following == horizon(duration, year + 1, **rules)
    assert following[0] == after_day


@given(st.sampled_from([Duration.WEEKLY, Duration.MONTHLY, Duration.QUARTERLY]), st.integers(1, 7))
def test_part_of_a_year_is_followed_by_as_many_periods(duration: Duration, periods: int) -> None:
    first_day = date(2026, 2, 1)
    after_day = next_horizon(duration, first_day, first_day, periods=periods, week_start=0, fiscal_month=1)[1]
    start, end = next_horizon(duration, first_day, after_day, periods=periods, week_start=0, fiscal_month=1)
    assert start == after_day
    assert len(tile(duration, start, end, zone=ZoneInfo("UTC"))) == periods


def test_a_span_of_ones_own_is_a_year_later() -> None:
    found = next_horizon(Duration.CUSTOM, date(2026, 3, 9), date(2026, 3, 21), periods=1, week_start=0, fiscal_month=1)
    assert found == (date(2027, 3, 9), date(2027, 3, 21))


@pytest.mark.parametrize(
    ("name", "following"),
    [("Closed 2026", "Closed 2027"), ("Closed", "Closed 2027"), ("x" * 80, "x" * 75 + " 2027")],
)
def test_the_year_of_the_name_moves_on(name: str, following: str) -> None:
    assert next_name(name, date(2026, 1, 1), date(2027, 1, 1)) == following


def test_targets_are_copied_and_who_left_is_left_out(cast: Cast, new_goal: Form) -> None:
    celina, dawid = cast.person(cast.celina), cast.person(cast.dawid)
    values = {(celina, 2): Decimal(60)}
    form = new_goal(persons=[celina, dawid], value=Decimal(120), values=values, pipelines_of={celina: ["Support"]})
    goal = actions.create(form, by=cast.anna, now=NOW)
    people.deactivate(dawid, by=None, now=NOW)
    key = uuid4()
    copy = duplicating.duplicate(goal, account=Account(), form_key=key, by=cast.anna, now=NOW)
    assert [str(one) for one in copy.contributors.all()] == ["Celina"]
    rows = Target.objects.filter(milestone__goal=copy).order_by("milestone__ordinal")
    assert [row.value for row in rows][:4] == [120, 120, 60, 120]
    assert {tuple(row.pipelines) for row in rows} == {("Support",)}
    assert duplicating.duplicate(goal, account=Account(), form_key=key, by=cast.anna, now=NOW) == copy
