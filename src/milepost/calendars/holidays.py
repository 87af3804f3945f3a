"""Public holidays of a country, or of one of its regions, as PyPI `holidays` knows them."""

from datetime import date
from functools import cache
from typing import Final

import holidays

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

SEPARATOR: Final = "-"


@cache
def public_holidays(place: str, year: int) -> frozenset[date]:
    """The days off of a year in a place such as PL or DE-BY; a day given in the place of another is one of them."""
    country, _separator, region = place.partition(SEPARATOR)
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))


@cache
def check_place(place: str) -> None:
    """Refuse a country or a region whose holidays are not known."""
    country, _separator, region = place.partition(SEPARATOR)
    regions = holidays.list_supported_countries().get(country)
    if regions is None:
        raise Refused(
            gettext_noop("The holidays of “%(country)s” are not known. Write a country in two letters, as PL."),
            country=country,
        )
    if region and region not in regions:
        raise Refused(
            gettext_noop("%(country)s has no region “%(region)s”. It has: %(regions)s."),
            country=country,
            region=region,
            regions=", ".join(regions) or "-",
        )
