"""What is needed from here."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.goals.needed import a_day, average_of_rest, to_come

fractions = st.fractions(0, 10_000, max_denominator=60)


def test_22_tickets_on_5_days_are_4_and_two_fifths_a_day() -> None:
    assert a_day(Decimal(22), 5) == Fraction(22, 5)


def test_on_no_day_nothing_more_can_be_needed() -> None:
    assert a_day(Decimal(22), 0) is None


def test_after_30_tickets_in_three_quarters_of_the_time_10_more_come() -> None:
    assert to_come(30, Fraction(3, 4)) == 10
    assert to_come(30, Fraction(1)) == 0
    assert to_come(0, Fraction(0)) == 0


def test_after_30_tickets_of_44_minutes_10_more_may_average_28_for_40() -> None:
    assert average_of_rest(Decimal(40), Fraction(44), 30, Fraction(10)) == 28


def test_after_30_tickets_of_60_minutes_10_more_cannot_mend_the_average_of_40() -> None:
    found = average_of_rest(Decimal(40), Fraction(60), 30, Fraction(10))
    assert found is not None
    assert found <= 0


def test_without_tickets_to_come_nothing_can_be_mended() -> None:
    assert average_of_rest(Decimal(40), Fraction(44), 30, Fraction(0)) is None


@given(st.integers(1, 1000), fractions, st.integers(0, 1000), st.fractions(Fraction(1, 60), 1000, max_denominator=60))
def test_with_what_the_rest_averages_all_of_them_average_the_target(
    target: int, average: Fraction, sample: int, more: Fraction
) -> None:
    rest = average_of_rest(Decimal(target), average, sample, more)
    assert rest is not None
    assert (average * sample + rest * more) / (sample + more) == target
