"""Values as people type them, in either language. Exact, without a clock; refuses with a sentence that shows how."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, assert_never

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Unit

MINUTE: Final = 60
HOUR: Final = 3600
LONGEST: Final = 40
# In seconds, some thirty thousand years: beyond it a number is a slip of the hand.
ENDLESS: Final = 10**12

NOT_A_DURATION: Final = gettext_noop("“%(text)s” is not a duration. Try 48, 1:30 or 1 h 30.")
NOT_WHOLE: Final = gettext_noop("Use a whole number of tickets, for example 120.")
NOT_A_PERCENTAGE: Final = gettext_noop("Enter between 0% and 100%.")

# Marks between thousands, all the same: 1 234, 1,234, 1.234, 1'234.
GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:([ ,.'’])\d{3})(?:\1\d{3})*")
DECIMAL: Final = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")
# In hours, three digits after a comma are thousands: nobody types thousandths of an hour.
THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:[ ,]\d{3})+")
AMOUNT: Final = rf"{THOUSANDS.pattern}|\d+(?:[.,]\d+)?|[.,]\d+"
CLOCK: Final = re.compile(r"(?P<hours>\d+):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?")
UNITS: Final = re.compile(
    rf"(?:(?P<hours>{AMOUNT}) ?(?:hours?|hrs?|h|godziny?|godzin|godz\.?|g)(?= |\d|$))?"
    rf" ?(?:(?P<minutes>{AMOUNT}) ?(?:minutes?|mins?|minuty|minuta|minut|min\.?|m)(?= |\d|$))?"
    rf" ?(?:(?P<seconds>{AMOUNT}) ?(?:seconds?|secs?|sekundy?|sekund|sek\.?|s))?",
)
HOURS_AND_MINUTES: Final = re.compile(rf"(?P<hours>{THOUSANDS.pattern}|\d+) ?(?:h|godz\.?|g) ?(?P<minutes>[0-5]?\d)")


def value(text: str, unit: Unit) -> Decimal:
    """What was typed for a value of this unit; the unit of a bare duration is minutes."""
    match unit:
        case Unit.DURATION:
            return duration(text)
        case Unit.SHARE:
            return percentage(text)
        case Unit.TICKETS | Unit.POINTS:
            return count(text)
    assert_never(unit)


def duration(text: str, *, bare: int = MINUTE) -> Decimal:
    """Whole seconds: 48, 48m, 1:30 (h:mm), 1h30, 1 h 30 min, 1.5h, 1,5 h, 1 godz. 30 min. A bare number is `bare`."""
    typed = _plain(text)
    readings = (_of_clock(typed), _of_hours_and_minutes(typed), _of_units(typed), _of_number(typed, bare))
    for seconds in readings:
        if seconds is not None and seconds < ENDLESS:
            return seconds.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    raise Refused(NOT_A_DURATION, text=text.strip()[:LONGEST])


def count(text: str) -> Decimal:
    """A whole number, with any mark between thousands."""
    typed = _plain(text)
    if GROUPED.fullmatch(typed):
        typed = re.sub(r"\D", "", typed)
    if not typed.isdecimal():
        raise Refused(NOT_WHOLE)
    return Decimal(typed)


def percentage(text: str) -> Decimal:
    """In percent: 92, 92%, 92,5."""
    typed = _plain(text).removesuffix("%").strip()
    if not DECIMAL.fullmatch(typed):
        raise Refused(NOT_A_PERCENTAGE)
    return Decimal(typed.replace(",", "."))


def _plain(text: str) -> str:
    """Lower case, with single plain spaces; nothing where it is too long to be a value."""
    typed = " ".join(text.lower().split())
    return typed if len(typed) <= LONGEST else ""


def _of_clock(typed: str) -> Decimal | None:
    found = CLOCK.fullmatch(typed)
    return None if found is None else _seconds(found["hours"], found["minutes"], found["seconds"])


def _of_hours_and_minutes(typed: str) -> Decimal | None:
    found = HOURS_AND_MINUTES.fullmatch(typed)
    return None if found is None else _seconds(found["hours"], found["minutes"], None)


def _of_units(typed: str) -> Decimal | None:
    found = UNITS.fullmatch(typed)
    if found is None or not any(found.groups()):
        return None
    return _seconds(found["hours"], found["minutes"], found["seconds"])


def _of_number(typed: str, bare: int) -> Decimal | None:
    return _number(typed) * bare if re.fullmatch(AMOUNT, typed) else None


def _seconds(hours: str | None, minutes: str | None, seconds: str | None) -> Decimal:
    return _number(hours) * HOUR + _number(minutes) * MINUTE + _number(seconds)


def _number(typed: str | None) -> Decimal:
    if typed is None:
        return Decimal(0)
    if THOUSANDS.fullmatch(typed):
        return Decimal(re.sub(r"[ ,]", "", typed))
    return Decimal(typed.replace(",", "."))
