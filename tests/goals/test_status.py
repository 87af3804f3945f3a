"""The status of a target, as the table says. A milestone of March 2026; a count and an average."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.goals.progress import progress
from milepost.goals.status import NAMES, Actual, Rules, Span, Status, misses, status
from milepost.metrics.catalog.speed import FIRST_RESPONSE
from milepost.metrics.catalog.volume import REOPENS, TICKETS_CLOSED
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Measure

MARCH = Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
BEFORE, RUNNING, AFTER = (datetime(2026, month, 15, tzinfo=UTC) for month in (2, 3, 4))
CLOSED = Measure(TICKETS_CLOSED, Aggregate.COUNT)
REOPENED = Measure(REOPENS, Aggregate.COUNT)
RESPONSE = Measure(FIRST_RESPONSE, Aggregate.AVERAGE)
TIMES = [one for one in FIRST_RESPONSE.aggregates if one is not Aggregate.COUNT]
MEASURES = st.sampled_from([CLOSED, REOPENED, *(Measure(FIRST_RESPONSE, one) for one in TIMES)])

actuals = st.builds(
    Actual,
    shown=st.integers(0, 1000).map(Decimal),
    sample=st.integers(0, 20),
    covered=st.booleans(),
    active=st.booleans(),
)
targets = st.integers(1, 1000).map(Decimal)
thresholds = st.builds(Rules, exceeded_above=st.integers(100, 120))


def judged(
    shown: int | None,
    target: int | None,
    measure: Measure = CLOSED,
    now: datetime = AFTER,
    sample: int = 5,
    exceeded_above: int = 100,
) -> Status:
    actual = Actual(None if shown is None else Decimal(shown), sample)
    wished = None if target is None else Decimal(target)
    return status(actual, wished, measure, MARCH, now=now, rules=Rules(exceeded_above=exceeded_above))


def test_before_the_start_a_target_is_pending_whatever_was_measured() -> None:
    assert judged(200, 120, now=BEFORE) is Status.PENDING


def test_what_was_never_measured_is_pending() -> None:
    assert status(None, Decimal(120), CLOSED, MARCH, now=AFTER, rules=Rules()) is Status.PENDING


def test_a_cell_without_a_target_is_not_evaluated() -> None:
    assert judged(200, None) is Status.NOT_SET


@pytest.mark.parametrize(
    ("shown", "running", "ended"),
    [
        (0, Status.IN_PROGRESS, Status.MISSED),
        (119, Status.IN_PROGRESS, Status.MISSED),
        (120, Status.ACHIEVED, Status.ACHIEVED),
        (121, Status.EXCEEDED, Status.EXCEEDED),
    ],
)
def test_a_count_of_closed_tickets_with_a_target_of_120(shown: int, running: Status, ended: Status) -> None:
    assert (judged(shown, 120, now=RUNNING), judged(shown, 120)) == (running, ended)


@pytest.mark.parametrize(
    ("minutes", "ended"), [(50, Status.MISSED), (45, Status.ACHIEVED), (44, Status.EXCEEDED), (0, Status.EXCEEDED)]
)
def test_an_average_response_with_a_limit_of_45_minutes_is_judged_at_the_end_only(minutes: int, ended: Status) -> None:
    assert judged(minutes * 60, 45 * 60, RESPONSE, RUNNING) is Status.IN_PROGRESS
    assert judged(minutes * 60, 45 * 60, RESPONSE) is ended


def test_a_limit_on_reopens_can_still_be_lost_before_the_end() -> None:
    assert judged(0, 3, REOPENED, RUNNING) is Status.IN_PROGRESS


def test_a_limit_of_no_reopens_is_achieved_by_none_and_missed_by_one() -> None:
    assert (judged(0, 0, REOPENED), judged(1, 0, REOPENED)) == (Status.ACHIEVED, Status.MISSED)


def test_the_milestone_is_running_from_its_start_until_its_end() -> None:
    second = timedelta(seconds=1)
    moments = (MARCH.start - second, MARCH.start, MARCH.end - second, MARCH.end)
    assert [judged(10, 120, now=moment) for moment in moments] == [
        Status.PENDING,
        Status.IN_PROGRESS,
        Status.IN_PROGRESS,
        Status.MISSED,
    ]


@pytest.mark.parametrize(
    ("shown", "target", "ended"),
    [
        (110, 100, Status.ACHIEVED),
        (111, 100, Status.EXCEEDED),
        # 144 of 130 is 110.77 percent, which reads as 110: the exact fraction is compared, not what is read.
        (144, 130, Status.EXCEEDED),
        (143, 130, Status.ACHIEVED),
    ],
)
def test_a_raised_threshold_is_compared_with_the_exact_fraction(shown: int, target: int, ended: Status) -> None:
    assert judged(shown, target, exceeded_above=110) is ended


def test_an_average_over_fewer_than_the_minimum_sample_is_no_data_after_the_end() -> None:
    assert judged(600, 900, RESPONSE, sample=4) is Status.NO_DATA
    assert judged(600, 900, RESPONSE, sample=5) is Status.EXCEEDED


def test_without_any_ticket_an_average_has_no_data_but_a_count_is_a_true_zero() -> None:
    assert judged(None, 900, RESPONSE, sample=0) is Status.NO_DATA
    assert judged(0, 120, CLOSED, sample=0) is Status.MISSED


@pytest.mark.parametrize("aggregate", [Aggregate.SUM, Aggregate.MINIMUM, Aggregate.MAXIMUM])
def test_one_ticket_is_enough_for_a_sum_a_minimum_and_a_maximum(aggregate: Aggregate) -> None:
    measure = Measure(FIRST_RESPONSE, aggregate)
    assert judged(600, 900, measure, sample=1) is Status.EXCEEDED
    assert judged(None, 900, measure, sample=0) is Status.NO_DATA


def test_a_count_whose_sources_were_not_all_read_is_no_data() -> None:
    actual = Actual(Decimal(200), 200, covered=False)
    assert status(actual, Decimal(120), CLOSED, MARCH, now=AFTER, rules=Rules()) is Status.NO_DATA


def test_no_reopens_by_somebody_who_did_nothing_at_all_is_no_data() -> None:
    idle = Actual(Decimal(0), 0, active=False)
    assert status(idle, Decimal(3), REOPENED, MARCH, now=AFTER, rules=Rules()) is Status.NO_DATA
    assert status(idle, Decimal(3), CLOSED, MARCH, now=AFTER, rules=Rules()) is Status.MISSED


def test_a_raised_target_or_a_reopened_ticket_returns_a_running_count_to_in_progress() -> None:
    assert [judged(*cell, now=RUNNING) for cell in ((120, 120), (120, 150), (119, 120))] == [
        Status.ACHIEVED,
        Status.IN_PROGRESS,
        Status.IN_PROGRESS,
    ]


def test_every_status_has_a_name() -> None:
    assert set(NAMES) == set(Status)


@given(actuals, targets, MEASURES, thresholds)
def test_before_the_end_only_counts_and_sums_where_higher_is_better_are_achieved(
    actual: Actual, target: Decimal, measure: Measure, rules: Rules
) -> None:
    running = status(actual, target, measure, MARCH, now=RUNNING, rules=rules)
    assert running is Status.IN_PROGRESS or (measure == CLOSED and running in {Status.ACHIEVED, Status.EXCEEDED})


@given(actuals, targets, MEASURES, thresholds)
def test_after_the_end_what_has_data_is_achieved_exactly_when_progress_is_100_or_more(
    actual: Actual, target: Decimal, measure: Measure, rules: Rules
) -> None:
    ended = status(actual, target, measure, MARCH, now=AFTER, rules=rules)
    assert actual.shown is not None
    reached = progress(actual.shown, target, measure.direction) >= 100
    assert ended is Status.NO_DATA or (ended in {Status.ACHIEVED, Status.EXCEEDED}) == reached


@given(actuals, targets, MEASURES, thresholds)
def test_after_the_end_nothing_is_left_open(actual: Actual, target: Decimal, measure: Measure, rules: Rules) -> None:
    assert status(actual, target, measure, MARCH, now=AFTER, rules=rules) not in {Status.PENDING, Status.IN_PROGRESS}


@given(st.integers(0, 1000), st.integers(0, 1000), targets, MEASURES, thresholds)
def test_a_better_value_is_never_judged_worse(
    one: int, other: int, target: Decimal, measure: Measure, rules: Rules
) -> None:
    order = [Status.MISSED, Status.ACHIEVED, Status.EXCEEDED]
    worse, better = sorted((Decimal(one), Decimal(other)), key=lambda shown: progress(shown, target, measure.direction))
    ranks = [
        order.index(status(Actual(shown, 5), target, measure, MARCH, now=AFTER, rules=rules))
        for shown in (worse, better)
    ]
    assert misses(better, target, measure.direction) <= misses(worse, target, measure.direction)
    assert ranks == sorted(ranks) or progress(worse, target, measure.direction) == progress(
        better, target, measure.direction
    )


def test_an_average_over_more_than_the_minimum_sample_is_judged() -> None:
    assert judged(44 * 60, 45 * 60, RESPONSE, sample=6) is Status.EXCEEDED


def test_an_account_without_a_minimum_sample_still_needs_a_ticket() -> None:
    rules = Rules(minimum_sample=0)
    for sample, ended in ((0, Status.NO_DATA), (1, Status.EXCEEDED)):
        actual = Actual(Decimal(60), sample)
        assert status(actual, Decimal(120), RESPONSE, MARCH, now=AFTER, rules=rules) is ended


def test_at_first_whatever_is_past_the_target_is_exceeded() -> None:
    for shown, ended in ((120, Status.ACHIEVED), (121, Status.EXCEEDED)):
        assert status(Actual(Decimal(shown), 5), Decimal(120), CLOSED, MARCH, now=AFTER, rules=Rules()) is ended


def test_past_the_target_but_below_a_raised_threshold_is_achieved() -> None:
    assert [judged(one, 100, exceeded_above=110) for one in (101, 109, 110, 111)] == [
        Status.ACHIEVED,
        Status.ACHIEVED,
        Status.ACHIEVED,
        Status.EXCEEDED,
    ]
