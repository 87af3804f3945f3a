"""Joining a goal that runs: no row before, an empty target now, the wished one later; and the share of what is left."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.base.errors import NotAllowed, Refused
from milepost.goals import actions, joining
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.models import Contributor, Goal, TargetVersion
from milepost.goals.proration import prorated
from milepost.people import actions as people
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
FEBRUARY, MARCH, APRIL = 1, 2, 3
FIRST, AFTER = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def celinas(cast: Cast, new_goal: Callable[..., NewGoal]) -> Goal:
    """Celina closes 120 tickets a month, of support."""
    form = new_goal(persons=[cast.person(cast.celina)], value=Decimal(120), pipelines=["Support"])
    return actions.create(form, by=cast.anna, now=datetime(2026, 1, 1, tzinfo=UTC))


def add(goal: Goal, cast: Cast, *, since: int, value: int | None = 60) -> Contributor:
    """Dawid joins."""
    milestone = goal.milestones.get(ordinal=since)
    wished = None if value is None else Decimal(value)
    (added,) = joining.add(goal, [cast.person(cast.dawid)], since=milestone, value=wished, by=cast.anna, now=NOW)
    return added


def test_earlier_milestones_have_no_row_and_the_running_one_starts_empty(cast: Cast, celinas: Goal) -> None:
    rows = add(celinas, cast, since=MARCH).targets.order_by("milestone__ordinal")
    assert [(row.milestone.ordinal, row.value) for row in rows][:2] == [(MARCH, None), (APRIL, Decimal(60))]
    assert {tuple(row.pipelines) for row in rows} == {("Support",)}
    assert TargetVersion.objects.filter(target__in=rows).count() == 9


def test_joining_makes_another_revision(cast: Cast, celinas: Goal) -> None:
    before = celinas.revision
    add(celinas, cast, since=APRIL)
    celinas.refresh_from_db()
    assert celinas.revision == before + 1


def test_nobody_joins_a_month_that_has_ended(cast: Cast, celinas: Goal) -> None:
    with pytest.raises(Refused, match="This period has ended"):
        add(celinas, cast, since=FEBRUARY)


def test_nobody_joins_twice_and_who_was_removed_comes_back(cast: Cast, celinas: Goal) -> None:
    added = add(celinas, cast, since=MARCH)
    with pytest.raises(Refused, match="Dawid has targets in this goal already"):
        add(celinas, cast, since=APRIL)
    Contributor.objects.filter(pk=added.pk).update(removed_at=NOW)
    assert add(celinas, cast, since=APRIL).pk == added.pk
    assert added.targets.count() == 10


def test_a_deactivated_person_cannot_join(cast: Cast, celinas: Goal) -> None:
    people.deactivate(cast.person(cast.dawid), by=None, now=NOW)
    with pytest.raises(Refused, match="Dawid is deactivated"):
        add(celinas, cast, since=MARCH)


def test_ewa_may_not_add_anybody(cast: Cast, celinas: Goal) -> None:
    since = celinas.milestones.get(ordinal=MARCH)
    with pytest.raises(NotAllowed):
        joining.add(celinas, [cast.person(cast.ewa)], since=since, value=None, by=cast.ewa, now=NOW)


def test_an_archived_goal_is_joined_by_nobody(cast: Cast, celinas: Goal) -> None:
    actions.archive(celinas, by=cast.anna, now=NOW)
    with pytest.raises(Refused, match="This goal is archived"):
        add(celinas, cast, since=MARCH)


def test_a_count_is_prorated_by_the_days_left_today_included() -> None:
    found = prorated(Decimal(62), CLOSED.measure, joined=date(2026, 3, 16), first_day=FIRST, after_day=AFTER)
    assert found is not None
    assert (found.left, found.days, found.value) == (16, 31, Decimal(32))


def test_an_average_is_the_same_on_any_day() -> None:
    found = prorated(Decimal(3600), RESPONSE.measure, joined=date(2026, 3, 16), first_day=FIRST, after_day=AFTER)
    assert found is not None
    assert (found.value, found.is_share) == (Decimal(3600), False)


def test_what_rounds_to_nothing_is_not_offered() -> None:
    joined = date(2026, 3, 31)
    assert prorated(Decimal(2), CLOSED.measure, joined=joined, first_day=FIRST, after_day=AFTER) is None
    assert prorated(Decimal(62), CLOSED.measure, joined=AFTER, first_day=FIRST, after_day=AFTER) is None


@given(st.integers(1, 10**6), st.integers(1, 31))
def test_a_share_is_never_more_than_the_whole_and_grows_with_the_days(whole: int, day: int) -> None:
    found = prorated(Decimal(whole), CLOSED.measure, joined=date(2026, 3, day), first_day=FIRST, after_day=AFTER)
    assert found is None or found.value <= whole
    if day == 1:
        assert found is not None
        assert found.value == whole
