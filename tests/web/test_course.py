"""The course of a target: its scale is round, its target moves in steps, a gap is a gap."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.web.charts.course import CLOCK_STEPS, LINES, Span, course

MARCH = Span(date(2026, 3, 1), date(2026, 4, 1))


def test_days_are_points_from_left_to_right() -> None:
    drawn = course(
        MARCH, [(date(2026, 3, 1), Decimal(0)), (date(2026, 3, 31), Decimal(20))], [], even=False, today=None
    )
    assert [(point.x, point.y) for point in drawn.points] == [("23.2", "220.0"), ("720.0", "28.7")]
    assert drawn.line == "M23.2 220.0L720.0 28.7"


def test_one_day_is_a_point_without_a_line() -> None:
    drawn = course(MARCH, [(date(2026, 3, 1), Decimal(3))], [], even=False, today=None)
    assert (len(drawn.points), drawn.line) == (1, "")


def test_the_target_is_a_line_with_steps_and_gaps() -> None:
    versions = [(date(2026, 1, 1), Decimal(20)), (date(2026, 3, 16), None), (date(2026, 3, 21), Decimal(10))]
    drawn = course(MARCH, [], versions, even=True, today=None)
    assert drawn.target == "M0.0 28.7H348.4M464.5 124.3H720.0"
    assert drawn.even == "M0 220L720.0 124.3"


def test_durations_have_a_scale_of_whole_hours() -> None:
    drawn = course(MARCH, [], [(date(2026, 1, 1), Decimal(9 * 3600))], even=False, today=None, steps=CLOCK_STEPS)
    assert [mark.value / 3600 for mark in drawn.marks] == [5, 10]


@given(st.integers(1, 10**9), st.sampled_from([(1, 2, 5, 10), CLOCK_STEPS]))
def test_a_scale_has_at_most_a_few_lines(most: int, steps: tuple[int, ...]) -> None:
    drawn = course(MARCH, [(date(2026, 3, 2), Decimal(most))], [], even=False, today=None, steps=steps)
    assert len(drawn.marks) <= LINES


@pytest.mark.parametrize("value", [0, 1])
def test_next_to_nothing_can_be_drawn(value: int) -> None:
    drawn = course(MARCH, [(date(2026, 3, 2), Decimal(value))], [], even=False, today=date(2026, 3, 2))
    assert drawn.today == "46.5"
    assert len(drawn.points) == 1


def test_an_even_pace_is_flat_while_nobody_works() -> None:
    versions = [(date(2026, 1, 1), Decimal(20))]
    shares = [Fraction(1, 2), Fraction(1, 2), Fraction(1)]
    drawn = course(MARCH, [], versions, even=True, today=None, shares=shares)
    assert drawn.even == "M0 220L240.0 124.3L480.0 124.3L720.0 28.7"
