"""Business time is what metrics say it is: clock changes, holidays, breaks, versions, pauses; and it adds up."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milepost.base.errors import Refused
from milepost.calendars.business_time import LAST_MOMENT, business_seconds, due, openings
from milepost.calendars.holidays import check_place, public_holidays
from milepost.calendars.spans import length
from milepost.calendars.working_hours import BEGINNING, Calendar, Calendars, Hours, Schedule, Version
from tests.calendars.schedules import (
    WARSAW,
    at,
    calendars,
    hours,
    is_ambiguous_near,
    local_minutes,
    moments,
    nine_to_five,
    round_the_clock,
    schedules,
    unhurried,
    weekdays,
)

HOUR = 3600


def worked(calendar: Calendar, start: str, end: str) -> int:
    return business_seconds(Schedule.of(calendar), at(start), at(end))


def test_from_friday_afternoon_to_monday_morning_two_hours_are_worked() -> None:
    assert worked(nine_to_five(), "2026-03-06T16:00+01:00", "2026-03-09T10:00+01:00") == 2 * HOUR


def test_an_end_before_the_start_is_no_time() -> None:
    assert worked(nine_to_five(), "2026-03-06T16:00+01:00", "2026-03-06T10:00+01:00") == 0


def test_every_second_counts_and_none_outside_of_the_hours() -> None:
    assert worked(nine_to_five(), "2026-03-06T16:59:59+01:00", "2026-03-06T17:00:01+01:00") == 1


def test_a_holiday_of_the_country_is_a_day_off() -> None:
    over_independence_day = ("2026-11-10T16:00+01:00", "2026-11-12T10:00+01:00")
    assert worked(nine_to_five(country="PL"), *over_independence_day) == 2 * HOUR
    assert worked(nine_to_five(), *over_independence_day) == 10 * HOUR


def test_a_holiday_is_a_whole_local_day() -> None:
    calendar = replace(round_the_clock("America/New_York"), holidays=frozenset({date(2026, 3, 4)}))
    assert worked(calendar, "2026-03-04T04:00Z", "2026-03-05T06:00Z") == 2 * HOUR


def test_the_hours_of_a_date_stand_in_the_place_of_its_own_also_on_a_holiday() -> None:
    calendar = replace(nine_to_five(country="PL"), date_hours={date(2026, 12, 24): hours("09:00–12:00")})
    assert worked(calendar, "2026-12-24T00:00+01:00", "2026-12-25T00:00+01:00") == 3 * HOUR


def test_breaks_are_taken_away_once_where_they_overlap() -> None:
    calendar = replace(nine_to_five(), breaks={date(2026, 3, 2): hours("12:00–12:30", "12:15–13:00", "16:30–18:00")})
    assert worked(calendar, "2026-03-02T00:00+01:00", "2026-03-03T00:00+01:00") == 6 * HOUR + 1800


def test_pauses_are_united_before_they_are_taken_away() -> None:
    start, end = at("2026-03-02T09:00+01:00"), at("2026-03-02T17:00+01:00")
    pauses = [(start + HOUR, start + 3 * HOUR), (start + 2 * HOUR, start + 4 * HOUR), (end, end + HOUR)]
    assert business_seconds(Schedule.of(nine_to_five()), start, end, pauses=pauses) == 5 * HOUR


def test_the_sunday_on_which_the_clock_goes_back_has_25_hours_and_the_other_23() -> None:
    assert worked(round_the_clock(), "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00") == 25 * HOUR
    assert worked(round_the_clock(), "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00") == 23 * HOUR


def test_lord_howe_changes_its_clock_by_half_an_hour() -> None:
    calendar = round_the_clock("Australia/Lord_Howe")
    assert worked(calendar, "2026-04-05T00:00+11:00", "2026-04-06T00:00+10:30") == 24 * HOUR + 1800


def test_a_skipped_wall_time_is_moved_on_and_hours_that_are_then_empty_are_nothing() -> None:
    los_angeles = ZoneInfo("America/Los_Angeles")
    sunday = ("2006-04-02T00:00-08:00", "2006-04-03T00:00-07:00")
    inside = Calendar(los_angeles, ((),) * 6 + (hours("02:30–03:15"),))
    over = Calendar(los_angeles, ((),) * 6 + (hours("02:30–04:00"),))
    assert (worked(inside, *sunday), worked(over, *sunday)) == (0, 1800)


def test_hours_that_a_clock_change_moves_onto_others_count_once() -> None:
    calendar = Calendar(WARSAW, ((),) * 6 + (hours("01:00–02:45", "03:00–05:00"),))
    assert worked(calendar, "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00") == 3 * HOUR


def test_of_a_wall_time_that_comes_twice_the_first_is_meant() -> None:
    until_half_past_two = Calendar(WARSAW, ((),) * 6 + (hours("00:00–02:30"),))
    from_half_past_two = Calendar(WARSAW, ((),) * 6 + (hours("02:30–04:00"),))
    sunday = ("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00")
    assert worked(until_half_past_two, *sunday) == 2.5 * HOUR
    assert worked(from_half_past_two, *sunday) == 2.5 * HOUR


def test_23_59_is_23_59_and_24_00_the_end_of_the_day() -> None:
    short = Calendar(WARSAW, (hours("00:00–23:59"),) * 7)
    whole = Calendar(WARSAW, (hours("00:00–24:00"),) * 7)
    day = ("2026-03-02T00:00+01:00", "2026-03-03T00:00+01:00")
    assert (worked(short, *day), worked(whole, *day)) == (24 * HOUR - 60, 24 * HOUR)


def test_each_part_counts_under_the_version_then_in_force() -> None:
    early = Calendar(WARSAW, weekdays("07:00–15:00"))
    noon = at("2026-03-02T12:00+01:00")
    schedule = Schedule((Version(BEGINNING, nine_to_five()), Version(noon, early)))
    day = at("2026-03-02T00:00+01:00"), at("2026-03-03T00:00+01:00")
    assert business_seconds(schedule, *day) == (3 + 3) * HOUR


def test_before_the_first_version_and_without_a_calendar_every_hour_counts() -> None:
    tuesday = at("2026-03-03T00:00+01:00")
    schedule = Schedule((Version(tuesday, nine_to_five()),))
    assert business_seconds(schedule, tuesday - 24 * HOUR, tuesday + 24 * HOUR) == (24 + 8) * HOUR
    assert business_seconds(Schedule(), 0, 1_000) == 1_000


def test_what_is_used_up_at_closing_time_is_due_at_closing_time() -> None:
    schedule = Schedule.of(nine_to_five())
    friday = at("2026-03-06T09:00+01:00")
    assert due(schedule, friday, 8 * HOUR) == at("2026-03-06T17:00+01:00")
    assert due(schedule, friday, 8 * HOUR + 1) == at("2026-03-09T09:00:01+01:00")


def test_nothing_to_do_is_due_at_once_also_at_night() -> None:
    night = at("2026-03-06T23:00+01:00")
    assert due(Schedule.of(nine_to_five()), night, 0) == night


def test_what_is_never_used_up_before_2100_is_never_due() -> None:
    assert due(Schedule.of(nine_to_five()), LAST_MOMENT - HOUR, 10 * HOUR) is None


@unhurried
@given(schedules(), moments, moments)
def test_business_time_lies_between_nothing_and_calendar_time(schedule: Schedule, start: int, end: int) -> None:
    assert 0 <= business_seconds(schedule, start, end) <= max(end - start, 0)


@unhurried
@given(st.sampled_from(["Europe/Warsaw", "Australia/Lord_Howe", "Africa/Cairo"]), moments, moments)
def test_round_the_clock_it_is_calendar_time(zone: str, start: int, end: int) -> None:
    assert business_seconds(Schedule.of(round_the_clock(zone)), start, end) == max(end - start, 0)


@unhurried
@given(schedules(), st.tuples(moments, moments, moments).map(sorted))
def test_parts_sum_to_the_whole_and_more_time_is_never_less(schedule: Schedule, edges: list[int]) -> None:
    a, b, c = edges
    first, second = business_seconds(schedule, a, b), business_seconds(schedule, b, c)
    assert business_seconds(schedule, a, c) == first + second >= first


@unhurried
@given(schedules(), moments, st.integers(1, 400_000))
def test_due_is_the_first_moment_at_which_the_target_has_gone(schedule: Schedule, start: int, target: int) -> None:
    moment = due(schedule, start, target)
    assert moment is not None
    assert business_seconds(schedule, start, moment) == target
    assert business_seconds(schedule, start, moment - 1) == target - 1


@unhurried
@given(
    calendars().map(lambda one: replace(one, country=None)),
    st.integers(-12, 14),
    st.tuples(moments, moments).map(sorted),
)
def test_moving_all_times_and_the_zone_together_changes_nothing(
    calendar: Calendar, offset: int, edges: list[int]
) -> None:
    start, end = edges
    # The names of these zones count westwards.
    moved = replace(calendar, zone=ZoneInfo(f"Etc/GMT{-offset:+d}"))
    here = replace(calendar, zone=ZoneInfo("UTC"))
    shift = offset * HOUR
    assert business_seconds(Schedule.of(moved), start - shift, end - shift) == business_seconds(
        Schedule.of(here), start, end
    )


@unhurried
@given(calendars(), moments)
def test_a_minute_is_worked_when_the_clock_on_the_wall_says_so(calendar: Calendar, moment: int) -> None:
    minute = moment // 60 * 60
    # Around a clock change the wall cannot tell which of two minutes is meant; the examples above can.
    assume(not is_ambiguous_near(calendar.zone, minute))
    day, wall = local_minutes(calendar.zone, minute)
    open_ = any(one.opens <= wall < one.closes for one in calendar.hours_on(day))
    pause = any(one.opens <= wall < one.closes for one in calendar.breaks.get(day, ()))
    assert business_seconds(Schedule.of(calendar), minute, minute + 60) == (60 if open_ and not pause else 0)


@unhurried
@given(schedules(), st.tuples(moments, moments).map(sorted), st.lists(st.tuples(moments, moments), max_size=4))
def test_pauses_take_away_each_second_once(schedule: Schedule, edges: list[int], pauses: list[tuple[int, int]]) -> None:
    start, end = edges
    seconds = business_seconds(schedule, start, end, pauses=pauses)
    cuts = sorted({start, end, *(min(max(edge, start), end) for pause in pauses for edge in pause)})
    kept = [(a, b) for a, b in pairwise(cuts) if not any(since <= a and b <= until for since, until in pauses)]
    assert seconds == sum(business_seconds(schedule, a, b) for a, b in kept)


@unhurried
@given(schedules(), st.tuples(moments, moments).map(sorted))
def test_openings_are_in_order_and_apart(schedule: Schedule, edges: list[int]) -> None:
    found = openings(schedule, *edges)
    flat = [edge for span in found for edge in span]
    assert flat == sorted(set(flat))
    assert length(found) == business_seconds(schedule, *edges)


def test_public_holidays_of_a_region_are_more_than_those_of_its_country() -> None:
    assert public_holidays("DE", 2026) < public_holidays("DE-BY", 2026)
    assert date(2026, 12, 24) in public_holidays("PL", 2026)


@pytest.mark.parametrize(
    ("place", "answer"), [("XX", "holidays of “XX” are not known"), ("pl", "“pl”"), ("DE-ZZ", "no region “ZZ”")]
)
def test_a_place_whose_holidays_are_not_known_is_refused(place: str, answer: str) -> None:
    with pytest.raises(Refused, match=answer):
        check_place(place)


def test_hours_end_after_they_begin_and_do_not_overlap() -> None:
    with pytest.raises(Refused, match="Closing time must be after opening time: 22:00–06:00"):
        Hours(22 * 60, 6 * 60)
    with pytest.raises(Refused, match="The hours of mon overlap: 09:00–13:00 and 12:00–17:00"):
        Calendar(WARSAW, weekdays("09:00–13:00", "12:00–17:00"))
    with pytest.raises(Refused, match="closed on every weekday"):
        Calendar(WARSAW, ((),) * 7)


def test_versions_stand_in_order() -> None:
    with pytest.raises(ValueError, match="in order"):
        Schedule((Version(5, None), Version(5, nine_to_five())))


def test_a_team_without_a_calendar_works_by_the_account_s() -> None:
    held = Calendars({1: Schedule(), 2: Schedule()}, account=1, teams={7: 2})
    assert [held.of_team(team) for team in (None, 7, 8)] == [1, 2, 1]
    assert Calendars({}).of_team(7) is None


def test_a_day_of_work_is_the_same_in_every_week_of_the_year() -> None:
    mondays = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(52)]
    schedule = Schedule.of(nine_to_five())
    days = {business_seconds(schedule, at(f"{day}T00:00Z"), at(f"{day}T23:00Z")) for day in mondays}
    assert days == {8 * HOUR}
