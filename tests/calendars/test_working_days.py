"""Working days of a month: how many, how much of them has gone, which holidays are left out."""

from datetime import UTC, date, datetime
from fractions import Fraction

from milepost.calendars.readings import Readings
from milepost.calendars.working_days import WorkingDays, working_days
from milepost.calendars.working_hours import Schedule
from tests.calendars.schedules import WARSAW, nine_to_five, round_the_clock

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def november(now: str, country: str | None = "PL") -> WorkingDays:
    clock = Readings(Schedule.of(nine_to_five(country=country)), origin=0)
    return working_days(clock, NOVEMBER, DECEMBER, zone=WARSAW, now=int(datetime.fromisoformat(now).timestamp()))


def test_november_2026_has_20_working_days_in_poland_and_21_without_its_holiday() -> None:
    assert november("2026-11-23T15:40+01:00").count == 20
    assert november("2026-11-23T15:40+01:00").holidays == [date(2026, 11, 11)]
    assert november("2026-11-23T15:40+01:00", country=None).count == 21


def test_of_a_day_that_has_begun_the_share_of_its_hours_has_gone() -> None:
    # Fourteen whole days before Monday the 23rd, and of that day 6 h 40 min of eight hours.
    assert november("2026-11-23T15:40+01:00").gone == 14 + Fraction(400, 480)
    assert november("2026-11-01T12:00+01:00").gone == 0
    assert november("2026-12-24T12:00+01:00").gone == 20


def test_a_day_is_left_while_any_of_its_hours_is() -> None:
    assert november("2026-11-23T15:40+01:00").left == 6
    assert november("2026-11-23T17:00+01:00").left == 5


def test_a_holiday_on_a_sunday_takes_no_working_day() -> None:
    # The 1st is All Saints, a Sunday in 2026.
    assert date(2026, 11, 1) not in november("2026-11-23T15:40+01:00").holidays


def test_around_the_clock_every_day_is_a_working_day() -> None:
    clock = Readings(Schedule.of(round_the_clock()), origin=0)
    now = int(datetime(2026, 11, 30, 23, tzinfo=UTC).timestamp())
    assert working_days(clock, NOVEMBER, DECEMBER, zone=WARSAW, now=now) == WorkingDays(30, Fraction(30), 0, [])
