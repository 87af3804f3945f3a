"""Pace by ratio: ahead from 1.05, on pace from 0.95, behind from 0.80, at risk below. June 2026 has 30 days."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.goals.pace import NAMES, Pace, elapsed, expected, pace
from milepost.goals.status import Actual, Rules, Span
from milepost.metrics.catalog.speed import FIRST_RESPONSE
from milepost.metrics.catalog.volume import REOPENS, TICKETS_CLOSED
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Measure

JUNE = Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
HALF = Fraction(1, 2)
CLOSED = Measure(TICKETS_CLOSED, Aggregate.COUNT)
REOPENED = Measure(REOPENS, Aggregate.COUNT)
RESPONSE = Measure(FIRST_RESPONSE, Aggregate.AVERAGE)
ORDER = [Pace.AT_RISK, Pace.BEHIND, Pace.ON_PACE, Pace.AHEAD]

shares = st.fractions(Fraction(1, 5), Fraction(1))
counts = st.integers(0, 1000)
targets = st.integers(1, 1000).map(Decimal)


def told(
    shown: int | None, target: int | None, measure: Measure = CLOSED, gone: Fraction = HALF, sample: int = 5
) -> Pace | None:
    actual = Actual(None if shown is None else Decimal(shown), sample)
    wished = None if target is None else Decimal(target)
    return pace(actual, wished, measure, gone=gone, rules=Rules())


@pytest.mark.parametrize(
    ("closed", "word"),
    [
        (105, Pace.AHEAD),
        (104, Pace.ON_PACE),
        (95, Pace.ON_PACE),
        (94, Pace.BEHIND),
        (80, Pace.BEHIND),
        (79, Pace.AT_RISK),
        (0, Pace.AT_RISK),
    ],
)
def test_half_way_to_200_closed_tickets_100_are_expected(closed: int, word: Pace) -> None:
    assert expected(Decimal(200), HALF) == 100
    assert told(closed, 200) is word


@pytest.mark.parametrize(
    ("reopened", "word"),
    [(0, Pace.AHEAD), (19, Pace.AHEAD), (20, Pace.ON_PACE), (25, Pace.BEHIND), (26, Pace.AT_RISK), (41, Pace.AT_RISK)],
)
def test_half_way_through_a_limit_of_40_reopens_20_are_expected(reopened: int, word: Pace) -> None:
    assert told(reopened, 40, REOPENED) is word


def test_a_count_past_its_limit_is_at_risk_even_on_the_last_day() -> None:
    almost_all = Fraction(999, 1000)
    assert told(40, 40, REOPENED, almost_all) is Pace.ON_PACE
    assert told(41, 40, REOPENED, almost_all) is Pace.AT_RISK


def test_a_limit_of_none_is_ahead_until_the_first() -> None:
    assert (told(0, 0, REOPENED), told(1, 0, REOPENED)) == (Pace.AHEAD, Pace.AT_RISK)


@pytest.mark.parametrize(
    ("minutes", "word"),
    [(20, Pace.AHEAD), (40, Pace.ON_PACE), (42, Pace.ON_PACE), (50, Pace.BEHIND), (51, Pace.AT_RISK)],
)
def test_an_average_is_on_pace_by_its_progress_so_far(minutes: int, word: Pace) -> None:
    assert told(minutes * 60, 40 * 60, RESPONSE) is word


def test_under_a_fifth_of_the_time_it_is_too_early() -> None:
    assert told(0, 200, gone=Fraction(199, 1000)) is Pace.TOO_EARLY
    assert told(0, 200, gone=Fraction(1, 5)) is Pace.AT_RISK


def test_under_the_minimum_sample_it_is_too_early_for_an_average_but_not_for_a_count() -> None:
    assert told(600, 900, RESPONSE, sample=4) is Pace.TOO_EARLY
    assert told(4, 200, CLOSED, sample=4) is Pace.AT_RISK


def test_without_a_target_or_a_value_there_is_no_pace() -> None:
    assert told(100, None) is None
    assert told(None, 900, Measure(FIRST_RESPONSE, Aggregate.MAXIMUM)) is None


def test_where_no_calendar_is_set_every_hour_of_every_day_counts() -> None:
    assert elapsed(JUNE, now=JUNE.start + timedelta(days=15)) == HALF
    assert elapsed(JUNE, now=JUNE.start + timedelta(hours=6)) == Fraction(1, 120)


def test_nothing_has_gone_before_the_start_and_all_after_the_end() -> None:
    assert elapsed(JUNE, now=JUNE.start - timedelta(days=1)) == 0
    assert elapsed(JUNE, now=JUNE.end + timedelta(days=1)) == 1


def test_every_pace_has_a_name() -> None:
    assert set(NAMES) == set(Pace)


@given(counts, counts, targets, shares, st.sampled_from([CLOSED, REOPENED, RESPONSE]))
def test_a_better_value_is_never_told_worse(
    one: int, other: int, target: Decimal, gone: Fraction, measure: Measure
) -> None:
    worse, better = sorted((one, other), reverse=measure is not CLOSED)
    words = [pace(Actual(Decimal(shown), 5), target, measure, gone=gone, rules=Rules()) for shown in (worse, better)]
    assert [ORDER.index(word) for word in words if word is not None] == sorted(
        ORDER.index(word) for word in words if word
    )
    assert None not in words


@given(targets, shares)
def test_a_count_that_is_where_it_should_be_is_on_pace(target: Decimal, gone: Fraction) -> None:
    by_now = expected(target, gone)
    if by_now.denominator == 1:
        assert told(int(by_now), int(target), gone=gone) is Pace.ON_PACE


@given(counts, targets, shares, shares)
def test_the_same_count_is_never_better_later(shown: int, target: Decimal, one: Fraction, other: Fraction) -> None:
    earlier, later = sorted((one, other))
    first, then = (told(shown, int(target), gone=gone) for gone in (earlier, later))
    assert first is not None
    assert then is not None
    assert ORDER.index(then) <= ORDER.index(first)


@pytest.mark.parametrize(
    ("closed", "word"), [(150, Pace.AHEAD), (149, Pace.ON_PACE), (99, Pace.BEHIND), (49, Pace.AT_RISK)]
)
def test_the_account_says_from_where_each_pace_begins(closed: int, word: Pace) -> None:
    rules = Rules(ahead=150, on_pace=100, behind=50)
    assert pace(Actual(Decimal(closed), 5), Decimal(200), CLOSED, gone=HALF, rules=rules) is word


def test_the_account_says_until_when_it_is_too_early() -> None:
    actual, gone = Actual(Decimal(1), 5), Fraction(29, 100)
    assert pace(actual, Decimal(200), CLOSED, gone=gone, rules=Rules(early=30)) is Pace.TOO_EARLY
    assert pace(actual, Decimal(200), CLOSED, gone=gone, rules=Rules(early=29)) is Pace.AT_RISK


def test_nothing_is_expected_of_a_milestone_that_begins_now() -> None:
    assert pace(Actual(Decimal(0), 0), Decimal(200), CLOSED, gone=Fraction(0), rules=Rules(early=0)) is Pace.AHEAD
