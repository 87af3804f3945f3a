"""Working time less absences. November 2026 has 20 working days in Poland; the 11th is a holiday."""

from datetime import date, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.calendars.readings import Readings
from milepost.calendars.spans import Span
from milepost.calendars.working_hours import Schedule
from milepost.calendars.working_time import WorkingTime, day_of_share, days_worked
from tests.calendars.schedules import FIRST, LAST, WARSAW, at, moments, nine_to_five, schedules, unhurried

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
START, END = at("2026-11-01T00:00+01:00"), at("2026-12-01T00:00+01:00")
POLISH = Readings(Schedule.of(nine_to_five(country="PL")), origin=START)


def days(first: str, after: str) -> Span:
    """Whole days in Warsaw."""
    start, end = (datetime.fromisoformat(day).replace(tzinfo=WARSAW) for day in (first, after))
    return int(start.timestamp()), int(end.timestamp())


def gone(now: str, *absent: Span) -> Fraction | None:
    return WorkingTime(POLISH, [absent]).share(START, at(now), END)


def test_three_days_absent_leave_17_of_20_working_days() -> None:
    absent = days("2026-11-02", "2026-11-05")
    found = days_worked(WorkingTime(POLISH, [[absent]]), NOVEMBER, DECEMBER, zone=WARSAW, now=START)
    assert (found.count, found.absent, found.worked, found.left) == (20, 3, 17, 17)


def test_nothing_is_expected_of_the_days_on_which_somebody_is_absent() -> None:
    absent = days("2026-11-02", "2026-11-05")
    assert gone("2026-11-04T23:00+01:00", absent) == 0
    assert gone("2026-11-05T17:00+01:00", absent) == Fraction(1, 17)


def test_an_absence_on_a_holiday_and_a_weekend_takes_nothing_away() -> None:
    for absent in (days("2026-11-11", "2026-11-12"), days("2026-11-07", "2026-11-09")):
        assert gone("2026-11-23T12:00+01:00", absent) == gone("2026-11-23T12:00+01:00")


def test_of_an_absence_over_the_edge_of_the_month_the_part_in_it_counts() -> None:
    assert gone("2026-11-03T17:00+01:00", days("2026-10-20", "2026-11-03")) == Fraction(1, 19)
    assert gone("2026-11-27T17:00+01:00", days("2026-11-30", "2026-12-24")) == 1


def test_absences_that_overlap_count_once() -> None:
    apart = gone("2026-11-13T12:00+01:00", days("2026-11-02", "2026-11-06"))
    assert apart == gone("2026-11-13T12:00+01:00", days("2026-11-02", "2026-11-05"), days("2026-11-03", "2026-11-06"))


def test_whoever_is_absent_throughout_has_no_share_until_the_end() -> None:
    absent = days("2026-10-01", "2027-01-01")
    assert gone("2026-11-20T12:00+01:00", absent) is None
    assert gone("2026-12-01T00:00+01:00", absent) == 1


def test_without_hours_every_day_counts_but_those_absent() -> None:
    time = WorkingTime(None, [[days("2026-11-01", "2026-11-11")]])
    assert time.share(START, at("2026-11-11T00:00+01:00"), END) == 0
    assert time.share(START, at("2026-11-21T00:00+01:00"), END) == Fraction(1, 2)


def test_hours_that_leave_nothing_of_a_span_count_as_none() -> None:
    # The 7th and the 8th are a weekend.
    start, end = days("2026-11-07", "2026-11-09")
    time = WorkingTime(POLISH, [[days("2026-11-08", "2026-11-09")]])
    assert time.share(start, at("2026-11-07T12:00+01:00"), end) == Fraction(1, 2)


def test_a_team_works_while_any_of_its_people_does_and_as_many_hours_as_all_of_them() -> None:
    team = WorkingTime(POLISH, [[days("2026-11-02", "2026-11-16")], []])
    assert team.seconds(START, END) == (10 + 1 + 20) * 8 * 3600 - 0
    assert days_worked(team, NOVEMBER, DECEMBER, zone=WARSAW, now=START).absent == 0
    assert team.share(START, at("2026-11-14T00:00+01:00"), END) == Fraction(9, 31)


def test_a_day_of_the_clock_change_is_one_working_day() -> None:
    # Without hours it has 25 of them.
    sunday = days("2026-10-25", "2026-10-26")
    october = date(2026, 10, 1), date(2026, 11, 1)
    found = days_worked(WorkingTime(None, [[sunday]]), *october, zone=WARSAW, now=0)
    assert (found.count, found.absent) == (31, 1)
    assert sunday[1] - sunday[0] == 25 * 3600


def test_a_leap_day_may_be_an_absence() -> None:
    february = date(2028, 2, 1), date(2028, 3, 1)
    absent = WorkingTime(None, [[days("2028-02-29", "2028-03-01")]])
    assert days_worked(absent, *february, zone=WARSAW, now=0).worked == 28


def test_a_fifth_of_november_has_gone_on_the_5th_and_later_for_whoever_was_absent() -> None:
    fifth = Fraction(1, 5)
    assert day_of_share(WorkingTime(POLISH), fifth, NOVEMBER, DECEMBER, zone=WARSAW) == date(2026, 11, 5)
    absent = WorkingTime(POLISH, [[days("2026-11-02", "2026-11-06")]])
    assert day_of_share(absent, fifth, NOVEMBER, DECEMBER, zone=WARSAW) == date(2026, 11, 12)


absences = st.lists(
    st.tuples(moments, st.integers(1, 40)).map(lambda one: (one[0], one[0] + one[1] * 86_400)), max_size=4
)
people = st.lists(absences, min_size=1, max_size=3)


@unhurried
@given(schedules(), people, moments, moments)
def test_the_share_grows_with_time_and_is_whole_at_the_end(
    schedule: Schedule, absent: list[list[Span]], one: int, other: int
) -> None:
    time = WorkingTime(Readings(schedule, origin=FIRST), absent)
    earlier, later = (time.share(FIRST, moment, LAST) for moment in sorted((one, other)))
    assert earlier is None or later is None or 0 <= earlier <= later <= 1
    assert time.share(FIRST, LAST, LAST) == 1


@unhurried
@given(schedules(), absences, st.tuples(moments, moments).map(sorted), moments)
def test_an_absence_more_never_adds_working_time_and_what_is_absent_is_worth_none(
    schedule: Schedule, absent: list[Span], span: list[int], since: int
) -> None:
    readings, more = Readings(schedule, origin=FIRST), (since, since + 10 * 86_400)
    with_it = WorkingTime(readings, [[*absent, more]])
    assert with_it.seconds(*span) <= WorkingTime(readings, [absent]).seconds(*span)
    assert with_it.seconds(*more) == 0


@unhurried
@given(schedules(), absences, st.tuples(moments, moments).map(sorted))
def test_to_say_an_absence_twice_or_in_pieces_changes_nothing(
    schedule: Schedule, absent: list[Span], span: list[int]
) -> None:
    readings = Readings(schedule, origin=FIRST)
    pieces = [piece for start, end in absent for piece in ((start, (start + end) // 2), ((start + end) // 2, end))]
    assert WorkingTime(readings, [[*absent, *absent]]).seconds(*span) == WorkingTime(readings, [pieces]).seconds(*span)


@unhurried
@given(schedules(), people, st.tuples(moments, moments).map(sorted))
def test_a_team_works_the_sum_of_its_people(schedule: Schedule, absent: list[list[Span]], span: list[int]) -> None:
    readings = Readings(schedule, origin=FIRST)
    alone = [WorkingTime(readings, [one]).seconds(*span) for one in absent]
    assert WorkingTime(readings, absent).seconds(*span) == sum(alone)
