"""Periods tile their horizon, in every zone, whatever the fiscal year and the start of the week."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.base.errors import Refused
from milepost.calendars.periods import Duration, Period, add_months, cut, horizon, midnight, tile

WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY, SUNDAY = 0, 6
JANUARY, APRIL = 1, 4

zones = st.sampled_from(
    ["Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"]
).map(ZoneInfo)
years = st.integers(2015, 2045)
week_starts = st.integers(0, 6)
fiscal_months = st.integers(1, 12)
with_a_year = st.sampled_from([one for one in Duration if one is not Duration.CUSTOM])


def days(periods: list[Period]) -> list[tuple[date, date]]:
    return [(one.first_day, one.after_day) for one in periods]


def of_year(
    duration: Duration, year: int, week_start: int = MONDAY, fiscal_month: int = JANUARY, zone: ZoneInfo = WARSAW
) -> list[Period]:
    span = horizon(duration, year, week_start=week_start, fiscal_month=fiscal_month)
    return tile(duration, *span, zone=zone)


def cut_in_warsaw(duration: Duration, first: date, after: date, fiscal_month: int = JANUARY) -> list[tuple[date, bool]]:
    found = cut(duration, first, after, zone=WARSAW, week_start=MONDAY, fiscal_month=fiscal_month)
    return [(one.first_day, complete) for one, complete in found]


def test_a_year_has_12_months_4_quarters_and_1_year() -> None:
    assert [len(of_year(one, 2026)) for one in (Duration.MONTHLY, Duration.QUARTERLY, Duration.YEARLY)] == [12, 4, 1]


def test_the_months_of_a_fiscal_year_begin_with_its_first() -> None:
    months = of_year(Duration.MONTHLY, 2026, fiscal_month=APRIL)
    assert months[0].first_day == date(2026, 4, 1)
    assert months[-1].after_day == date(2027, 4, 1)


def test_the_weeks_of_2026_from_monday_run_from_5_january_to_3_january() -> None:
    weeks = of_year(Duration.WEEKLY, 2026)
    assert (weeks[0].first_day, weeks[-1].after_day, len(weeks)) == (date(2026, 1, 5), date(2027, 1, 4), 52)


def test_a_year_with_53_mondays_has_53_weeks() -> None:
    assert len(of_year(Duration.WEEKLY, 2024)) == 53
    assert len(of_year(Duration.WEEKLY, 2024, week_start=SUNDAY)) == 52


@given(with_a_year, years, week_starts, fiscal_months, zones)
def test_milestones_tile_their_horizon_without_gap_or_overlap(
    duration: Duration, year: int, week_start: int, fiscal_month: int, zone: ZoneInfo
) -> None:
    first, after = horizon(duration, year, week_start=week_start, fiscal_month=fiscal_month)
    periods = tile(duration, first, after, zone=zone)
    assert (periods[0].first_day, periods[-1].after_day) == (first, after)
    for one, next_one in pairwise(periods):
        assert one.after_day == next_one.first_day
        assert one.end == next_one.start


@given(with_a_year, years, week_starts, fiscal_months)
def test_one_horizon_ends_where_the_next_begins(
    duration: Duration, year: int, week_start: int, fiscal_month: int
) -> None:
    this, following = (
        horizon(duration, one, week_start=week_start, fiscal_month=fiscal_month) for one in (year, year + 1)
    )
    assert this[1] == following[0]


@given(years, week_starts, fiscal_months)
def test_every_week_begins_on_the_start_of_the_week_within_the_year(
    year: int, week_start: int, fiscal_month: int
) -> None:
    weeks = of_year(Duration.WEEKLY, year, week_start, fiscal_month)
    assert len(weeks) in {52, 53}
    assert {one.first_day.weekday() for one in weeks} == {week_start}
    assert all(date(year, fiscal_month, 1) <= one.first_day < date(year + 1, fiscal_month, 1) for one in weeks)


@given(st.dates(date(2015, 1, 1), date(2045, 12, 31)), zones)
def test_a_day_begins_with_its_first_moment(day: date, zone: ZoneInfo) -> None:
    begins = midnight(day, zone)
    assert begins.astimezone(zone).date() == day
    assert (begins - timedelta(seconds=1)).astimezone(zone).date() == day - timedelta(days=1)


def test_where_midnight_does_not_exist_the_day_begins_at_one() -> None:
    sao_paulo = ZoneInfo("America/Sao_Paulo")
    assert midnight(date(2018, 11, 4), sao_paulo).astimezone(sao_paulo).hour == 1


def test_the_week_in_which_the_clock_goes_forward_has_an_hour_less() -> None:
    (week,) = tile(Duration.WEEKLY, date(2026, 3, 23), date(2026, 3, 30), zone=WARSAW)
    assert week.end - week.start == timedelta(days=7, hours=-1)
    assert week.start == datetime(2026, 3, 22, 23, tzinfo=UTC)


def test_months_from_the_31st_end_on_the_last_day_of_shorter_ones() -> None:
    months = tile(Duration.MONTHLY, date(2027, 12, 31), date(2028, 3, 31), zone=WARSAW)
    assert [one.first_day for one in months] == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29)]


@given(st.dates(date(2015, 1, 1), date(2045, 12, 31)), st.integers(-60, 60))
def test_adding_months_keeps_the_day_or_takes_the_last_of_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_a_custom_span_is_one_milestone_of_at_most_24_months() -> None:
    assert days(tile(Duration.CUSTOM, date(2026, 2, 10), date(2028, 2, 10), zone=WARSAW)) == [
        (date(2026, 2, 10), date(2028, 2, 10))
    ]
    with pytest.raises(Refused, match="24 months or less"):
        tile(Duration.CUSTOM, date(2026, 2, 10), date(2028, 2, 11), zone=WARSAW)


def test_a_horizon_of_months_is_no_longer_either() -> None:
    with pytest.raises(Refused, match="24 months or less"):
        tile(Duration.MONTHLY, date(2026, 1, 1), date(2028, 2, 1), zone=WARSAW)


@pytest.mark.parametrize("duration", Duration)
def test_an_end_before_the_start_is_refused(duration: Duration) -> None:
    with pytest.raises(Refused, match="The end date is before the start date"):
        tile(duration, date(2026, 2, 10), date(2026, 2, 10), zone=WARSAW)


def test_a_span_that_ends_within_a_period_is_refused() -> None:
    with pytest.raises(Refused, match="whole number of periods"):
        tile(Duration.MONTHLY, date(2026, 1, 1), date(2026, 2, 15), zone=WARSAW)


def test_a_custom_span_has_no_year() -> None:
    with pytest.raises(ValueError, match="no year"):
        horizon(Duration.CUSTOM, 2026, week_start=MONDAY, fiscal_month=JANUARY)


def test_a_cut_month_is_trimmed_and_not_complete() -> None:
    assert cut_in_warsaw(Duration.MONTHLY, date(2026, 1, 10), date(2026, 4, 1)) == [
        (date(2026, 1, 10), False),
        (date(2026, 2, 1), True),
        (date(2026, 3, 1), True),
    ]


def test_quarters_are_cut_by_the_fiscal_year() -> None:
    february = 2
    assert cut_in_warsaw(Duration.QUARTERLY, date(2026, 1, 1), date(2026, 5, 1), february) == [
        (date(2026, 1, 1), False),
        (date(2026, 2, 1), True),
    ]


def test_a_custom_cut_is_the_span_itself() -> None:
    assert cut_in_warsaw(Duration.CUSTOM, date(2026, 1, 10), date(2026, 2, 3)) == [(date(2026, 1, 10), True)]


def test_nothing_can_be_cut_from_a_span_that_ends_before_it_begins() -> None:
    with pytest.raises(Refused, match="The end date is before the start date"):
        cut_in_warsaw(Duration.MONTHLY, date(2026, 1, 10), date(2026, 1, 9))


@given(
    st.sampled_from(Duration),
    st.dates(date(2015, 1, 1), date(2045, 12, 31)),
    st.integers(1, 900),
    week_starts,
    fiscal_months,
    zones,
)
def test_cut_periods_cover_the_span_and_only_the_outer_ones_may_be_incomplete(
    duration: Duration, first: date, length: int, week_start: int, fiscal_month: int, zone: ZoneInfo
) -> None:
    after = first + timedelta(days=length)
    found = cut(duration, first, after, zone=zone, week_start=week_start, fiscal_month=fiscal_month)
    assert (found[0][0].first_day, found[-1][0].after_day) == (first, after)
    assert all(one.end == next_one.start for (one, _), (next_one, _) in pairwise(found))
    assert all(complete for _, complete in found[1:-1])


@given(years, st.integers(0, 364), st.integers(0, 400), week_starts, fiscal_months)
def test_inner_edges_of_a_cut_are_those_of_whole_periods(
    year: int, begin: int, length: int, week_start: int, fiscal_month: int
) -> None:
    first = date(year, 1, 1) + timedelta(days=begin)
    after = first + timedelta(days=length + 1)
    steps = {Duration.WEEKLY: None, Duration.MONTHLY: 1, Duration.QUARTERLY: 3, Duration.YEARLY: 12}
    for duration, step in steps.items():
        found = cut(duration, first, after, zone=WARSAW, week_start=week_start, fiscal_month=fiscal_month)
        for one, _complete in found[1:]:
            if step is None:
                assert one.first_day.weekday() == week_start
            else:
                assert (one.first_day.day, (one.first_day.month - fiscal_month) % step) == (1, 0)


def test_a_cut_that_is_exactly_one_week_or_month_is_complete_whatever_the_start() -> None:
    for week_start in range(7):
        first = date(2026, 3, 2) + timedelta(days=week_start)
        after = first + timedelta(days=7)
        found = cut(Duration.WEEKLY, first, after, zone=WARSAW, week_start=week_start, fiscal_month=JANUARY)
        assert [(one.first_day, complete) for one, complete in found] == [(first, True)]
    assert cut_in_warsaw(Duration.MONTHLY, date(2026, 3, 1), date(2026, 4, 1)) == [(date(2026, 3, 1), True)]
    assert cut_in_warsaw(Duration.MONTHLY, date(2026, 3, 1), date(2026, 3, 31)) == [(date(2026, 3, 1), False)]


def test_an_empty_span_cannot_be_cut() -> None:
    with pytest.raises(Refused):
        cut_in_warsaw(Duration.MONTHLY, date(2026, 3, 1), date(2026, 3, 1))


def test_fiscal_quarters_of_february_begin_in_february_may_august_and_november() -> None:
    found = cut_in_warsaw(Duration.QUARTERLY, date(2026, 1, 10), date(2027, 1, 10), fiscal_month=2)
    assert [day for day, _complete in found] == [
        date(2026, 1, 10),
        date(2026, 2, 1),
        date(2026, 5, 1),
        date(2026, 8, 1),
        date(2026, 11, 1),
    ]
