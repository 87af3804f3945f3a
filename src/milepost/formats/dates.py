"""Days, spans and moments in the reader's language."""

from datetime import date, datetime, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milepost.calendars.periods import Duration, add_months
from milepost.formats.numbers import NO_BREAK, speaks_polish

EN_DASH: Final = "–"
MONDAY: Final = 0
QUARTER: Final = 3


def day(of: date) -> str:
    """23 Nov 2026."""
    return _written(of, "j M Y")


def day_of_year(of: date) -> str:
    """23 Nov, where the year goes without saying."""
    return _written(of, "j M")


def month(of: date) -> str:
    """November 2026."""
    return _written(of, "F Y")


def short_month(of: date) -> str:
    """Nov, where the year stands beside it."""
    return _written(of, "M")


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Mon 23 Nov 2026, 15:40, on the clocks of `zone`."""
    return _written(at.astimezone(zone), "D j M Y, H:i")


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """15:40."""
    return _written(at.astimezone(zone), "H:i")


def days(first_day: date, after_day: date, *, today: date) -> str:
    """The days `[first_day, after_day)`: 9–13 Nov, 27 Nov–31 Dec; with the year unless all are in that of `today`."""
    last_day = after_day - timedelta(days=1)
    ending = "j M" if first_day.year == last_day.year == today.year else "j M Y"
    end = _written(last_day, ending)
    if first_day == last_day:
        return end
    return f"{_written(first_day, _beginning(first_day, last_day))}{EN_DASH}{end}"


def milestone(duration: Duration, first_day: date, after_day: date, *, today: date, week_start: int) -> str:
    """The name of a period: November 2026; Q4 2026; 2026; W47, 16–22 Nov, numbered only where weeks start on Monday."""
    match duration:
        case Duration.WEEKLY if week_start == MONDAY == first_day.weekday():
            span = days(first_day, after_day, today=today)
            return _("W%(week)s, %(days)s") % {"week": first_day.isocalendar().week, "days": span}
        case Duration.MONTHLY if _whole(first_day, after_day, months=1):
            return month(first_day)
        case Duration.QUARTERLY if _whole(first_day, after_day, months=QUARTER) and first_day.month % QUARTER == 1:
            quarter = first_day.month // QUARTER + 1
            return _("Q%(quarter)s %(year)s") % {"quarter": quarter, "year": first_day.year}
        case Duration.YEARLY if first_day == date(first_day.year, 1, 1) and _whole(first_day, after_day, months=12):
            return str(first_day.year)
        case Duration.WEEKLY | Duration.MONTHLY | Duration.QUARTERLY | Duration.YEARLY | Duration.CUSTOM:
            return days(first_day, after_day, today=today)
    assert_never(duration)


def whole_month(first_day: date, after_day: date) -> bool:
    """Whether the days are exactly one month of the calendar."""
    return _whole(first_day, after_day, months=1)


def _whole(first_day: date, after_day: date, *, months: int) -> bool:
    return first_day.day == 1 and add_months(first_day, months) == after_day


def _beginning(first_day: date, last_day: date) -> str:
    if first_day.year != last_day.year:
        return "j M Y"
    return "j" if first_day.month == last_day.month else "j M"


def _written(of: date | datetime, pattern: str) -> str:
    # The framework's Polish names of months begin with a capital, which Polish does not.
    text = date_format(of, pattern)
    return (text.lower() if speaks_polish() else text).replace(" ", NO_BREAK)
