"""The fiscal year that the report of a team is about."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from milepost.calendars.periods import add_months
from milepost.progress.filters import Filters

MONTHS: Final = 12
YEARS: Final = range(1990, 2200)
LONGEST_NUMBER: Final = 6


def filters(address: Mapping[str, str], team: int, *, today: date, fiscal_month: int) -> Filters:
    """The year that an address asks for by the one it begins in, else that of today."""
    begins = today.year if today.month >= fiscal_month else today.year - 1
    asked = _number(address.get("year", ""), begins)
    first_day = date(asked if asked in YEARS else begins, fiscal_month, 1)
    return Filters(
        first_day, add_months(first_day, MONTHS), teams=frozenset({team}), page=_number(address.get("page", ""), 1)
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else otherwise
