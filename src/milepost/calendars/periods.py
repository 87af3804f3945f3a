"""Weeks, months, quarters, years and spans of one's own: where each begins and ends in a time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

MONTHS: Final = 12
# A horizon may last this many months.
LONGEST: Final = 24


class Duration(StrEnum):
    """How long a milestone lasts."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    CUSTOM = "custom"


STEPS: Final = {Duration.MONTHLY: 1, Duration.QUARTERLY: 3, Duration.YEARLY: MONTHS}


@dataclass(frozen=True, slots=True)
class Period:
    """Local days `[first_day, after_day)`, which are the moments `[start, end)`, aware, in UTC."""

    first_day: date
    after_day: date
    start: datetime
    end: datetime


def period(first_day: date, after_day: date, zone: ZoneInfo) -> Period:
    """The period of these local days."""
    return Period(first_day, after_day, midnight(first_day, zone), midnight(after_day, zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC. Where midnight does not exist, the day begins with the hour after it."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last of the month where it has no such day."""
    index = day.year * MONTHS + day.month - 1 + months
    year, month = divmod(index, MONTHS)
    after = date(year + (month + 1) // MONTHS, (month + 1) % MONTHS + 1, 1)
    last = after - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def tile(duration: Duration, first_day: date, after_day: date, *, zone: ZoneInfo) -> list[Period]:
    """Cut `[first_day, after_day)` into periods, the first of which begins on `first_day`.

    Refuses a span that does not end with a whole period, and one of more than 24 months.
    """
    if after_day <= first_day:
        raise Refused(gettext_noop("The end date is before the start date."))
    if after_day > add_months(first_day, LONGEST):
        raise Refused(gettext_noop("Choose 24 months or less."))
    if duration is Duration.CUSTOM:
        return [period(first_day, after_day, zone)]
    days = []
    for number in range((after_day - first_day).days + 1):
        days.append(_step(duration, first_day, number))
        if days[-1] >= after_day:
            break
    if days[-1] != after_day:
        raise Refused(gettext_noop("The span does not hold a whole number of periods."))
    return [period(start, after, zone) for start, after in pairwise(days)]


def horizon(duration: Duration, year: int, *, week_start: int, fiscal_month: int) -> tuple[date, date]:
    """The first day and the day after the last of all periods of a (fiscal) year.

    A fiscal year bears the number of the calendar year it begins in. Weeks are whole: from the first week start in
    the year to the first in the next. A span of one's own has no year.
    """
    if duration is Duration.CUSTOM:
        raise ValueError("a custom span has no year")
    first, after = date(year, fiscal_month, 1), date(year + 1, fiscal_month, 1)
    if duration is Duration.WEEKLY:
        return _week_start_from(first, week_start), _week_start_from(after, week_start)
    return first, after


def cut(
    duration: Duration, from_day: date, to_day: date, *, zone: ZoneInfo, week_start: int, fiscal_month: int
) -> list[tuple[Period, bool]]:
    """The periods that overlap `[from_day, to_day)`, trimmed to it, each with whether it is whole."""
    if to_day <= from_day:
        raise Refused(gettext_noop("The end date is before the start date."))
    if duration is Duration.CUSTOM:
        return [(period(from_day, to_day, zone), True)]
    periods = []
    start = _start_of(duration, from_day, week_start=week_start, fiscal_month=fiscal_month)
    while start < to_day:
        after = _step(duration, start, 1)
        whole = from_day <= start and after <= to_day
        periods.append((period(max(start, from_day), min(after, to_day), zone), whole))
        start = after
    return periods


def _step(duration: Duration, first_day: date, number: int) -> date:
    if duration is Duration.WEEKLY:
        return first_day + timedelta(weeks=number)
    return add_months(first_day, STEPS[duration] * number)


def _week_start_from(day: date, week_start: int) -> date:
    return day + timedelta(days=(week_start - day.weekday()) % 7)


def _start_of(duration: Duration, day: date, *, week_start: int, fiscal_month: int) -> date:
    if duration is Duration.WEEKLY:
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    step = STEPS[duration]
    gone = (day.month - fiscal_month) % MONTHS % step
    return add_months(day.replace(day=1), -gone)
