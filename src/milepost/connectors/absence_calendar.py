"""Reading absences from an iCalendar document: the days that its events cover from midnight to midnight."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import midnight
from milepost.calendars.spans import united

Days = tuple[date, date]

MOST_EVENTS: Final = 5_000
MOST_RECURRING: Final = 200
MOST_TIMES: Final = 5_000
STRETCH: Final = timedelta(days=92)
# Of whatever recurs more often, no occurrence is a day.
RARE: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})

NO_CALENDAR: Final = gettext_noop("What stands there is no iCalendar document.")
TOO_MANY: Final = gettext_noop("The calendar has more than 5,000 events. Use one that holds absences only.")


def absent_days(document: bytes, *, zone: ZoneInfo, since: date, until: date) -> list[Days]:
    """The days `[first, after)` within `[since, until)` that events cover wholly, in order, apart.

    A day that an event covers in part is a day of work. Events that were cancelled are none.
    """
    try:
        calendar = Calendar.from_ical(document)
        _check(calendar)
        days = list(_days(recurring_ical_events.of(calendar, skip_bad_series=True), since, until, zone))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise SourceFailed(NO_CALENDAR, permanent=False) from error
    return _united((max(first, since), min(after, until)) for first, after in days)


def _check(calendar: Any) -> None:
    if calendar.name != "VCALENDAR":
        raise SourceFailed(NO_CALENDAR, permanent=False)
    events = calendar.walk("VEVENT")
    rules = [rule for event in events for rule in _rules(event)]
    if len(events) > MOST_EVENTS or len(rules) > MOST_RECURRING or not all(map(_is_rare, rules)):
        raise SourceFailed(TOO_MANY, permanent=False)


def _rules(event: Any) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _is_rare(rule: Any) -> bool:
    return set(map(str, rule.get("FREQ", []))) <= RARE


def _days(events: Any, since: date, until: date, zone: ZoneInfo) -> Iterator[Days]:
    """The days of all events, a stretch of time after the other, so that a calendar without measure is noticed soon."""
    found, start = 0, since
    while start < until:
        end = min(start + STRETCH, until)
        for event in events.between(*(midnight(day, zone) for day in (start, end))):
            found += 1
            if found > MOST_TIMES:
                raise SourceFailed(TOO_MANY, permanent=False)
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                yield _first_whole(event.start, zone), _day(event.end, zone)
        start = end


def _first_whole(start: date, zone: ZoneInfo) -> date:
    """The first day that is covered from its midnight on."""
    day = _day(start, zone)
    begins_later = isinstance(start, datetime) and _local(start, zone) > midnight(day, zone)
    return day + timedelta(days=1) if begins_later else day


def _day(moment: date, zone: ZoneInfo) -> date:
    return _local(moment, zone).date() if isinstance(moment, datetime) else moment


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A time without a zone is of the reader’s."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _united(days: Iterable[Days]) -> list[Days]:
    spans = united((first.toordinal(), after.toordinal()) for first, after in days)
    return [(date.fromordinal(first), date.fromordinal(after)) for first, after in spans]
