"""Amounts of a measure as pages say, hear and take them."""

from decimal import Decimal

from django.utils.translation import gettext as _

from milepost.formats.values import narrow_value, spoken_value, value
from milepost.metrics.metric import Direction
from milepost.metrics.question import Measure

DASH = "–"


def amount(number: Decimal | None, measure: Measure) -> str:
    """275, 1 h 05 min; a dash for none."""
    return DASH if number is None else value(number, measure.unit)


def narrow(number: Decimal | None, measure: Measure) -> str:
    """The same for narrow cells."""
    return DASH if number is None else narrow_value(number, measure.unit)


def sign(measure: Measure) -> str:
    """Which side of a target is wished."""
    return "≥" if measure.direction is Direction.HIGHER else "≤"


def wished(number: Decimal | None, measure: Measure) -> str:
    """≥ 30; a dash where no target is set."""
    return DASH if number is None else f"{sign(measure)}\u00a0{narrow_value(number, measure.unit)}"


def typed(number: Decimal | None, measure: Measure) -> str:
    """As it stands in a field, ready to be typed over."""
    return "" if number is None else value(number, measure.unit)


def spoken(number: Decimal | None, measure: Measure) -> str:
    """For listeners."""
    return _("no value") if number is None else spoken_value(number, measure.unit)


def wished_spoken(number: Decimal | None, measure: Measure) -> str:
    """A target for listeners."""
    if number is None:
        return _("No target set")
    text = _("at least %(target)s") if measure.direction is Direction.HIGHER else _("at most %(target)s")
    return text % {"target": spoken_value(number, measure.unit)}
