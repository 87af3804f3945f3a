"""What may be asked of whoever joins in the middle of a period: a share of the whole by the days that are left."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from milepost.goals.pace import SUMS
from milepost.metrics.question import Measure


@dataclass(frozen=True)
class Prorated:
    """`value` is `whole` × `left` ÷ `days`, rounded half up to a whole; the same for what no day adds to."""

    whole: Decimal
    left: int
    days: int
    value: Decimal

    @property
    def is_share(self) -> bool:
        """Whether there is an arithmetic to show."""
        return self.value != self.whole


def prorated(whole: Decimal, measure: Measure, *, joined: date, first_day: date, after_day: date) -> Prorated | None:
    """The share of a count or sum for the days from `joined` on; an average asks for the same on any day.

    None where nothing is left of the target, or of the period.
    """
    days, left = (after_day - first_day).days, (after_day - max(joined, first_day)).days
    if left <= 0:
        return None
    if measure.aggregate not in SUMS or measure.metric.is_level:
        return Prorated(whole, left, days, whole)
    share = Fraction(whole) * left / days
    value = (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Prorated(whole, left, days, value) if value else None
