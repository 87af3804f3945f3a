"""Business time as a plain walk over days: what it is, for whoever wants to check. `readings` gives the same, quicker.

Moments are UTC seconds. The rules:

- A part of a span counts under the version of the calendar that was in force then.
- A wall time that a clock change skips is moved on by the length of the change. One that comes twice is the first of
  the two.
- Hours whose end is then not after their beginning are empty.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from milepost.calendars.spans import Span, clipped, length, united, without
from milepost.calendars.working_hours import MIDNIGHT_AFTER, Calendar, Hours, Schedule

WEEK: Final = 7 * 24 * 3600
# 2100-01-01T00:00:00Z. Nothing is due later, and nobody knows the holidays of later years.
LAST_MOMENT: Final = 4_102_444_800


def business_seconds(schedule: Schedule, start: int, end: int, *, pauses: Iterable[Span] = ()) -> int:
    """The working seconds in `[start, end)` outside of the pauses; 0 where the end is not after the start."""
    if end <= start:
        return 0
    return length(without(openings(schedule, start, end), united(pauses)))


def due(schedule: Schedule, start: int, target: int) -> int | None:
    """The first moment at which `target` working seconds have gone since `start`.

    A target used up exactly at closing time is due at closing time. None where that is not before the year 2100.
    """
    if target <= 0:
        return start
    left = target
    for since in range(start, LAST_MOMENT, WEEK):
        for opens, closes in openings(schedule, since, min(since + WEEK, LAST_MOMENT)):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
    return None


def openings(schedule: Schedule, start: int, end: int) -> list[Span]:
    """When work goes on in `[start, end)`: spans in order, apart."""
    return united(
        span
        for since, until, calendar in schedule.pieces(start, end)
        for span in clipped([(since, until)] if calendar is None else _open(calendar, since, until), since, until)
    )


def _open(calendar: Calendar, start: int, end: int) -> list[Span]:
    """The open spans of every local day that touches `[start, end)`."""
    days = _local_days(calendar.zone, start, end)
    opened = united(_instants(calendar.zone, day, hours) for day in days for hours in calendar.hours_on(day))
    breaks = united(_instants(calendar.zone, day, hours) for day in days for hours in calendar.breaks.get(day, ()))
    return without(opened, breaks)


def _local_days(zone: ZoneInfo, start: int, end: int) -> Sequence[date]:
    # One day more on either side: hours that a clock change moves may reach over midnight.
    first = datetime.fromtimestamp(start, zone).date() - timedelta(days=1)
    last = datetime.fromtimestamp(end, zone).date() + timedelta(days=1)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _instants(zone: ZoneInfo, day: date, hours: Hours) -> Span:
    return _instant(zone, day, hours.opens), _instant(zone, day, hours.closes)


def _instant(zone: ZoneInfo, day: date, minute: int) -> int:
    days, minute = divmod(minute, MIDNIGHT_AFTER)
    wall = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), tzinfo=zone)
    return int(wall.astimezone(UTC).timestamp())
