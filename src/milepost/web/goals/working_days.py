"""Working days in words."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import ngettext

from milepost.calendars.working_days import WorkingDays
from milepost.formats import dates
from milepost.formats.numbers import number

TENTH: Final = Decimal("0.1")


def gone(days: WorkingDays) -> str:
    """14.8 of 20 working days gone · 11 Nov holiday excluded."""
    tenths = (Decimal(days.gone.numerator) / days.gone.denominator).quantize(TENTH, rounding=ROUND_HALF_UP)
    text = ngettext("%(gone)s of %(count)s working day gone", "%(gone)s of %(count)s working days gone", days.count)
    said = text % {"gone": number(tenths), "count": days.count}
    if not days.holidays:
        return said
    excluded = ngettext("%(days)s holiday excluded", "%(days)s holidays excluded", len(days.holidays))
    return f"{said} · {excluded % {'days': _named(days)}}"


def has(month: str, days: WorkingDays) -> str:
    """November 2026 has 20 working days (11 Nov is a holiday)."""
    counted = {"month": month, "count": days.count, "days": _named(days)}
    if not days.holidays:
        text = ngettext("%(month)s has %(count)s working day.", "%(month)s has %(count)s working days.", days.count)
    elif len(days.holidays) == 1:
        text = ngettext(
            "%(month)s has %(count)s working day (%(days)s is a holiday).",
            "%(month)s has %(count)s working days (%(days)s is a holiday).",
            days.count,
        )
    else:
        text = ngettext(
            "%(month)s has %(count)s working day (%(days)s are holidays).",
            "%(month)s has %(count)s working days (%(days)s are holidays).",
            days.count,
        )
    return text % counted


def ends_in(left: int) -> str:
    """Ends in 6 working days."""
    return ngettext("Ends in %(count)s working day", "Ends in %(count)s working days", left) % {"count": number(left)}


def _named(days: WorkingDays) -> str:
    return ", ".join(map(dates.day_of_year, days.holidays))
