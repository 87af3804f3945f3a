"""A value with its unit, as read and as heard."""

from decimal import Decimal
from typing import assert_never

from django.utils.translation import ngettext

from milepost.formats.durations import duration, narrow_duration, spoken_duration
from milepost.formats.numbers import number
from milepost.metrics.metric import Unit


def value(amount: Decimal, unit: Unit) -> str:
    """`amount` in its unit: 275, 1 h 05 min, 92.5%."""
    match unit:
        case Unit.TICKETS | Unit.POINTS:
            return number(amount)
        case Unit.DURATION:
            return duration(amount)
        case Unit.SHARE:
            return f"{number(amount)}%"
    assert_never(unit)


def narrow_value(amount: Decimal, unit: Unit) -> str:
    """The same for narrow cells."""
    return narrow_duration(amount) if unit is Unit.DURATION else value(amount, unit)


def spoken_value(amount: Decimal, unit: Unit) -> str:
    """The same in words: 275 tickets, 1 hour 5 minutes."""
    match unit:
        case Unit.TICKETS:
            return ngettext("%(count)s ticket", "%(count)s tickets", int(amount)) % {"count": number(amount)}
        case Unit.DURATION:
            return spoken_duration(amount)
        case Unit.SHARE | Unit.POINTS:
            return value(amount, unit)
    assert_never(unit)
