"""Days as people choose them, and the moments that are kept. Both ends of a span of days belong to it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from milepost.calendars.periods import midnight


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day."""
    return midnight(day, zone)


def after(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The first moment after a day; None is without an end."""
    return None if day is None else midnight(day + timedelta(days=1), zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day of a moment."""
    return moment.astimezone(zone).date()


def last_day(until: datetime | None, zone: ZoneInfo) -> date | None:
    """The last day before a moment."""
    return None if until is None else day_of(until - timedelta(microseconds=1), zone)


def since(day: date, *, today: date, zone: ZoneInfo) -> datetime | None:
    """The moment from which something holds that is chosen by its day; None, which is now, for today."""
    return None if day == today else midnight(day, zone)
