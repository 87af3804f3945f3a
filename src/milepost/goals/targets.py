"""Which values a target may have."""

from decimal import Decimal
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics.metric import Direction, Unit
from milepost.metrics.question import Measure

LONGEST: Final = 10_000 * 3600
MOST_TICKETS: Final = 1_000_000_000

ZERO: Final = gettext_noop("A target of 0 cannot be reached or missed. Leave it empty instead.")
WHOLE: Final = gettext_noop("Use a whole number of tickets, for example 120.")
DURATION_RANGE: Final = gettext_noop("Enter between 1 s and 10,000 h.")
PERCENT_RANGE: Final = gettext_noop("Enter between 0% and 100%.")


def check(value: Decimal | None, measure: Measure) -> None:
    """Refuse what cannot be a target. Empty may be: the cell is not evaluated."""
    if value is None:
        return
    if value == 0 and (measure.unit is Unit.DURATION or measure.direction is Direction.HIGHER):
        raise Refused(ZERO)
    match measure.unit:
        case Unit.TICKETS if not _within(value, 0, MOST_TICKETS) or value % 1 != 0:
            raise Refused(WHOLE)
        case Unit.DURATION if not _within(value, 1, LONGEST):
            raise Refused(DURATION_RANGE)
        case Unit.SHARE if not _within(value, 0, 100):
            raise Refused(PERCENT_RANGE)
        case _:
            return


def easier(before: Decimal | None, after: Decimal | None, direction: Direction) -> bool:
    """Whether a target became easier to reach; to take it away makes it easiest."""
    if before is None:
        return False
    return after is None or (after < before if direction is Direction.HIGHER else after > before)


def _within(value: Decimal, least: int, most: int) -> bool:
    return value.is_finite() and least <= value <= most
