"""A calendar as a document: YAML or JSON in a file, JSON in the database. docs/reference/calendars.md has every key."""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.working_hours import MIDNIGHT_AFTER, WEEKDAYS, Calendar, Hours, wall_time

KEYS: Final = ("tz", "hours", "holidays", "country", "date_hours", "breaks")
WALL_TIME: Final = re.compile(r"([0-9]{1,2}):([0-5][0-9])")


def load(file: Path) -> Calendar:
    """The calendar in a file; refuses what it does not understand, and says where."""
    try:
        # Every value stays a text: YAML would make 17:00 a number, 2026-11-11 a date and NO, for Norway, a false.
        document = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506 - makes texts only
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(gettext_noop("The calendar cannot be read: %(error)s"), error=error) from error
    except yaml.YAMLError as error:
        raise Refused(gettext_noop("The calendar is neither valid YAML nor JSON: %(error)s"), error=error) from error
    return parse(document)


def parse(document: object) -> Calendar:
    """The calendar in a document."""
    keys = _mapping("calendar", document)
    _only(keys, KEYS, within="calendar")
    for key in ("tz", "hours"):
        if key not in keys:
            raise Refused(
                gettext_noop("The calendar has no “%(key)s”. It needs tz, such as Europe/Warsaw, and hours."), key=key
            )
    week = _mapping("hours", keys["hours"])
    _only(week, WEEKDAYS, within="hours")
    return Calendar(
        zone=_zone(str(keys["tz"])),
        week=tuple(_hours(f"hours: {day}", week.get(day, [])) for day in WEEKDAYS),
        country=str(keys["country"]) if "country" in keys else None,
        holidays=frozenset(_date("holidays", one) for one in _list("holidays", keys.get("holidays", []))),
        date_hours=_dates("date_hours", keys.get("date_hours", {})),
        breaks=_dates("breaks", keys.get("breaks", {})),
    )


def document(calendar: Calendar) -> dict[str, Any]:
    """The document of a calendar: `parse` gives the calendar again. What it does not have is left out."""
    days = zip(WEEKDAYS, calendar.week, strict=True)
    whole = {
        "tz": calendar.zone.key,
        "hours": {day: _pairs(hours) for day, hours in days if hours},
        "country": calendar.country,
        "holidays": [day.isoformat() for day in sorted(calendar.holidays)],
        "date_hours": {day.isoformat(): _pairs(hours) for day, hours in sorted(calendar.date_hours.items())},
        "breaks": {day.isoformat(): _pairs(hours) for day, hours in sorted(calendar.breaks.items())},
    }
    return {key: value for key, value in whole.items() if value}


def _pairs(hours: Iterable[Hours]) -> list[list[str]]:
    return [[wall_time(one.opens), wall_time(one.closes)] for one in hours]


def _mapping(name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(gettext_noop("“%(name)s” must be a list of keys and values, as “key: value”."), name=name)
    return {str(key): one for key, one in value.items()}


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(gettext_noop("“%(name)s” must be a list, as [one, another]."), name=name)
    return value


def _only(keys: Iterable[str], known: tuple[str, ...], *, within: str) -> None:
    for key in keys:
        if key in known:
            continue
        close = difflib.get_close_matches(key, known, n=1)
        if close:
            raise Refused(
                gettext_noop("“%(key)s” means nothing in the %(section)s. Did you mean “%(close)s”?"),
                key=key,
                section=within,
                close=close[0],
            )
        raise Refused(
            gettext_noop("“%(key)s” means nothing in the %(section)s. It may have: %(known)s."),
            key=key,
            section=within,
            known=", ".join(known),
        )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Refused(
            gettext_noop("“%(zone)s” is not a time zone. Use a name such as Europe/Warsaw or UTC."), zone=name
        ) from error


def _dates(name: str, value: object) -> dict[date, tuple[Hours, ...]]:
    return {_date(name, day): _hours(f"{name}: {day}", hours) for day, hours in _mapping(name, value).items()}


def _date(name: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Refused(
            gettext_noop("“%(value)s” under %(name)s is not a date. Write it as 2026-11-30."), value=value, name=name
        ) from error


def _hours(name: str, value: object) -> tuple[Hours, ...]:
    return tuple(_pair(name, pair) for pair in _list(name, value))


def _pair(name: str, value: object) -> Hours:
    match value:
        case [opens, closes]:
            return Hours(_minute(name, opens), _minute(name, closes))
    raise Refused(
        gettext_noop('“%(name)s” must be a list of opening and closing times, as [["09:00", "17:00"]].'), name=name
    )


def _minute(name: str, value: object) -> int:
    found = WALL_TIME.fullmatch(str(value))
    if found is None or (minute := int(found[1]) * 60 + int(found[2])) > MIDNIGHT_AFTER:
        raise Refused(
            gettext_noop("“%(value)s” under %(name)s is not a time of day. Write it as 09:00; a day ends at 24:00."),
            value=value,
            name=name,
        )
    return minute
