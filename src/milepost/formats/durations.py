"""Durations as people read and hear them: 48 min, 1 h 05 min, 3 h. Also from 24 hours on they are hours."""

from decimal import Decimal
from typing import Final

from django.utils.translation import ngettext

from milepost.formats.numbers import NO_BREAK, number

MINUTE: Final = 60
HOUR: Final = 3600


def duration(seconds: Decimal | int) -> str:
    """Exactly `seconds`, which are rounded for the page already: seconds appear only where there are some."""
    hours, minutes, rest = _split(seconds)
    return NO_BREAK.join(_parts(hours, minutes, rest)) or f"0{NO_BREAK}min"


def narrow_duration(seconds: Decimal | int) -> str:
    """The same for narrow cells, where the unit of the minutes after hours goes without saying: 3 h 20."""
    hours, minutes, rest = _split(seconds)
    if hours and minutes and not rest:
        return NO_BREAK.join((number(hours), "h", f"{minutes:02}"))
    return duration(seconds)


def spoken_duration(seconds: Decimal | int) -> str:
    """The same in words for those who listen: 3 hours 20 minutes."""
    hours, minutes, rest = _split(seconds)
    words = []
    if hours:
        words.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": number(hours)})
    if minutes or not (hours or rest):
        words.append(ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
    if rest:
        words.append(ngettext("%(count)s second", "%(count)s seconds", rest) % {"count": rest})
    return " ".join(words)


def _split(seconds: Decimal | int) -> tuple[int, int, int]:
    hours, below = divmod(int(seconds), HOUR)
    return hours, *divmod(below, MINUTE)


def _parts(hours: int, minutes: int, seconds: int) -> list[str]:
    parts = []
    if hours:
        parts += [number(hours), "h"]
    if minutes or (hours and seconds):
        parts += [f"{minutes:02}" if hours else str(minutes), "min"]
    if seconds:
        parts += [f"{seconds:02}" if hours or minutes else str(seconds), "s"]
    return parts
