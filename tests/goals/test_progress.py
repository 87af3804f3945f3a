"""Progress is actual against target, in whole percent, rounded down."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.goals.progress import progress
from milepost.goals.status import misses
from milepost.metrics.metric import Direction

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER

values = st.integers(0, 10**9).map(Decimal) | st.decimals(0, 100, places=1)
directions = st.sampled_from(Direction)


@pytest.mark.parametrize(
    ("direction", "actual", "target", "expected"),
    [
        (HIGHER, 0, 120, 0),
        (HIGHER, 60, 120, 50),
        (HIGHER, 119, 120, 99),
        (HIGHER, 120, 120, 100),
        (HIGHER, 150, 120, 125),
        # 999 of 1000 is 99.9 percent: a miss never reads 100.
        (HIGHER, 999, 1000, 99),
        (HIGHER, 5000, 100, 999),
        (LOWER, 60, 30, 50),
        (LOWER, 30, 30, 100),
        (LOWER, 20, 30, 150),
        (LOWER, 1, 5000, 999),
        # Nothing happened that should not: as good as it gets.
        (LOWER, 0, 30, 999),
        (LOWER, 0, 0, 100),
        (LOWER, 3, 0, 0),
    ],
)
def test_the_table(direction: Direction, actual: int, target: int, expected: int) -> None:
    assert progress(Decimal(actual), Decimal(target), direction) == expected


@given(values, values.filter(bool), directions)
def test_100_percent_is_reached_exactly_when_the_target_is_not_missed(
    shown: Decimal, target: Decimal, direction: Direction
) -> None:
    assert (progress(shown, target, direction) >= 100) == (not misses(shown, target, direction))


@given(values, values, values.filter(bool))
def test_more_never_lowers_progress_where_higher_is_better(one: Decimal, other: Decimal, target: Decimal) -> None:
    assert progress(min(one, other), target, HIGHER) <= progress(max(one, other), target, HIGHER)


@given(values, values, values)
def test_a_worse_value_never_fills_the_bar_where_lower_is_better(one: Decimal, other: Decimal, target: Decimal) -> None:
    assert progress(max(one, other), target, LOWER) <= progress(min(one, other), target, LOWER)


@given(values, values.filter(bool), directions)
def test_progress_lies_between_0_and_999(shown: Decimal, target: Decimal, direction: Direction) -> None:
    assert 0 <= progress(shown, target, direction) <= 999
