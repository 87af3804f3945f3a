"""Spans of days that are asked for often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from milepost.calendars.periods import add_months

QUARTER: Final = 3
YEAR: Final = 12


@dataclass(frozen=True)
class Preset:
    """The days `[first_day, after_day)` and what they are called."""

    name: str | Promise
    first_day: date
    after_day: date


def presets(today: date, *, fiscal_month: int) -> Sequence[Preset]:
    """The month of today, the one before, this quarter and year of the fiscal calendar, and the 30 days up to today."""
    month = today.replace(day=1)
    year = add_months(month, -((month.month - fiscal_month) % YEAR))
    quarter = add_months(month, -((month.month - fiscal_month) % QUARTER))
    tomorrow = today + timedelta(days=1)
    return (
        Preset(_("This month"), month, add_months(month, 1)),
        Preset(_("Last month"), add_months(month, -1), month),
        Preset(_("This quarter"), quarter, add_months(quarter, QUARTER)),
        Preset(_("This fiscal year"), year, add_months(year, YEAR)),
        Preset(_("Last 30 days"), tomorrow - timedelta(days=30), tomorrow),
    )
