"""Text of a table becomes moments, numbers and durations; what does not is refused with its reason."""

import datetime as dt
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors.table.mapping import Dates
from milepost.tickets.columns import FieldType

# A log repeats its moments: the creation stands on every row of a ticket.
CACHED: Final = 65_536
EARLIEST: Final = dt.datetime(1971, 1, 1, tzinfo=dt.UTC).timestamp()
CLOCK: Final = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")

NOT_A_DATE: Final = gettext_noop("not a date")
NOT_A_NUMBER: Final = gettext_noop("not a number")
NOT_A_DURATION: Final = gettext_noop("not a duration")


class BadValue(ValueError):
    """A value that is not what its column should hold. `reason` is one of the texts above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def moments(dates: Dates) -> Callable[[str], int]:
    """Reads moments: text → UTC seconds. A local time that happens twice is the first, one that never does moves on."""

    @lru_cache(maxsize=CACHED)
    def read(text: str) -> int:
        try:
            moment = (
                dt.datetime.strptime(text, dates.format)  # noqa: DTZ007 - what carries no zone gets its own below
                if dates.format
                else dt.datetime.fromisoformat(text)
            )
        except ValueError as error:
            raise BadValue(NOT_A_DATE) from error
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dates.zone)
        seconds = math.floor(moment.timestamp())
        # Help desks write the epoch for "not set"; no ticket is that old.
        if seconds < EARLIEST:
            raise BadValue(NOT_A_DATE)
        return seconds

    return read


def number(text: str) -> float:
    """A decimal number with a point or a comma."""
    try:
        value = float(text.replace(",", ".") if "." not in text else text)
    except ValueError as error:
        raise BadValue(NOT_A_NUMBER) from error
    if not math.isfinite(value):
        raise BadValue(NOT_A_NUMBER)
    return value


def duration(text: str) -> int:
    """Whole seconds, or h:mm, or h:mm:ss."""
    clock = CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    try:
        return round(number(text))
    except BadValue as error:
        raise BadValue(NOT_A_DURATION) from error


def reader(kind: FieldType, dates: Dates) -> Callable[[str], str | float | int]:
    """The reader of a named field."""
    match kind:
        case FieldType.TEXT:
            return str
        case FieldType.NUMBER:
            return number
        case FieldType.DURATION:
            return duration
        case FieldType.DATE:
            return moments(dates)


def as_text(value: object) -> str:
    """A typed cell as the text that a CSV would hold."""
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() | dt.date():
            return value.isoformat()
        case dt.timedelta():
            return str(int(value.total_seconds()))
        case _:
            return str(value)
