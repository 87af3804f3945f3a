"""The working days of a span of local days, how much of them has gone, and the holidays among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from milepost.calendars.periods import midnight
from milepost.calendars.readings import Readings
from milepost.calendars.working_hours import Calendar


@dataclass(frozen=True)
class WorkingDays:
    """Days on which work goes on at all; of a day that has begun, the share of its hours has gone."""

    count: int
    gone: Fraction
    # How many of them have working time left.
    left: int
    # Days off that would have been working days.
    holidays: Sequence[date]


def working_days(clock: Readings, first_day: date, after_day: date, *, zone: ZoneInfo, now: int) -> WorkingDays:
    """Those of `[first_day, after_day)`; `now` is in UTC seconds."""
    days = [first_day + timedelta(days=number) for number in range((after_day - first_day).days)]
    starts = [int(midnight(day, zone).timestamp()) for day in [*days, after_day]]
    count, left, gone = 0, 0, Fraction(0)
    for start, end in pairwise(starts):
        whole, past = clock.seconds(start, end), clock.seconds(start, min(now, end))
        if whole:
            count, left, gone = count + 1, left + (past < whole), gone + Fraction(past, whole)
    off = [day for day, start in zip(days, starts, strict=False) if _is_off(clock.schedule.at(start), day)]
    return WorkingDays(count, gone, left, off)


def _is_off(calendar: Calendar | None, day: date) -> bool:
    if calendar is None or not calendar.is_holiday(day):
        return False
    return bool(calendar.week[day.weekday()]) and not calendar.hours_on(day)
