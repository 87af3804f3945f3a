"""The fields of working hours as they are typed, and the calendar they say. Nothing typed is lost, right or wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars import calendar_file
from milepost.calendars.periods import midnight
from milepost.calendars.working_hours import WEEKDAYS, Calendar, Hours
from milepost.web.errors import sentence

DATES: Final = ("holidays", "date_hours", "breaks")
FIELDS: Final = (*WEEKDAYS, "tz", "country", *DATES, "valid_from", "reason")
DASH: Final = re.compile(r"\s*[-–—]\s*")
CLOSED: Final = frozenset({"closed", "zamknięte", "-", "–"})
NO_REASON: Final = gettext_noop("Say why, so that the change can be understood.")
NO_DAY: Final = gettext_noop("Choose the day from which these hours hold.")
NOT_HOURS: Final = gettext_noop("“%(text)s” is not a span of hours. Write it as 09:00–17:00.")
DATE_AND_HOURS: Final = gettext_noop("“%(text)s” needs a date and hours, as 2026-12-24 09:00–12:00.")
LONGEST: Final = 10_000

Value = TypeVar("Value")


@dataclass(frozen=True)
class Change:
    """Hours that were read from the fields, and from when on they hold; None is from the beginning."""

    hours: Calendar
    valid_from: datetime | None
    reason: str


class HoursForm:
    """What stands in the fields, and what is wrong with it by field."""

    def __init__(self, typed: Mapping[str, str], *, is_first: bool) -> None:
        self.typed = {name: typed.get(name, "").replace("\0", "").replace("\r\n", "\n")[:LONGEST] for name in FIELDS}
        self.mistakes: dict[str, str] = {}
        self._is_first = is_first

    @classmethod
    def of(cls, hours: Calendar, *, is_first: bool) -> "HoursForm":
        """The fields that say these hours."""
        closed = _("closed")
        typed = {day: _written(hours.week[number]) for number, day in enumerate(WEEKDAYS)}
        typed |= {
            "tz": hours.zone.key,
            "country": hours.country or "",
            "holidays": "\n".join(day.isoformat() for day in sorted(hours.holidays)),
            "date_hours": "\n".join(f"{day} {_written(on) or closed}" for day, on in sorted(hours.date_hours.items())),
            "breaks": "\n".join(f"{day} {_written(one)}" for day, one in sorted(hours.breaks.items())),
        }
        return cls(typed, is_first=is_first)

    def change(self, zone: ZoneInfo) -> Change | None:
        """What the fields say; None where something is wrong, which `mistakes` tells. Days are those of `zone`."""
        document = self._document()
        since = self._read("valid_from", lambda: self._since(zone))
        if not self._is_first and not self.typed["reason"].strip():
            self.mistakes["reason"] = _(NO_REASON)
        self._check_each(document)
        hours = None if self.mistakes else self._read("hours", lambda: calendar_file.parse(document))
        return None if hours is None else Change(hours, since, self.typed["reason"].strip())

    def _document(self) -> dict[str, Any]:
        week = {day: self._read(day, partial(_pairs, self.typed[day])) for day in WEEKDAYS}
        whole = {
            "tz": self.typed["tz"].strip(),
            "hours": {day: pairs for day, pairs in week.items() if pairs},
            "country": self.typed["country"].strip().upper(),
            "holidays": _lines(self.typed["holidays"]),
            "date_hours": self._read("date_hours", lambda: dict(map(_dated, _lines(self.typed["date_hours"])))),
            "breaks": self._read("breaks", lambda: dict(map(_dated, _lines(self.typed["breaks"])))),
        }
        return {key: value for key, value in whole.items() if value or key in {"tz", "hours"}}

    def _check_each(self, document: dict[str, Any]) -> None:
        """Each part by itself beside hours that are right, so that every mistake stands at its field."""
        right = {"tz": "UTC", "hours": {"mon": [["09:00", "17:00"]]}}
        for name in ("tz", "country", *DATES):
            if name in document:
                self._read(name, partial(calendar_file.parse, right | {name: document[name]}))
        for day, pairs in document["hours"].items():
            self._read(day, partial(calendar_file.parse, right | {"hours": {day: pairs}}))

    def _since(self, zone: ZoneInfo) -> datetime | None:
        typed = self.typed["valid_from"].strip()
        if not typed and self._is_first:
            return None
        try:
            return midnight(date.fromisoformat(typed), zone)
        except ValueError as error:
            raise Refused(NO_DAY) from error

    def _read(self, name: str, read: Callable[[], Value]) -> Value | None:
        try:
            return read()
        except Refused as refused:
            self.mistakes.setdefault(name, sentence(refused))
            return None


def _written(hours: Iterable[Hours]) -> str:
    return ", ".join(map(str, hours))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pairs(text: str) -> list[list[str]]:
    """Opening and closing times of `09:00–12:00, 13:00–17:00`."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        pair = DASH.split(part)
        if len(pair) != 2:  # noqa: PLR2004 - opening and closing
            raise Refused(NOT_HOURS, text=part)
        found.append(pair)
    return found


def _dated(line: str) -> tuple[str, list[list[str]]]:
    day, _space, hours = line.partition(" ")
    if not hours.strip():
        raise Refused(DATE_AND_HOURS, text=line)
    return day, [] if hours.strip().casefold() in CLOSED else _pairs(hours)
