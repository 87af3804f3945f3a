"""What may be asked of whoever is there for a part of a period: a share of the whole by the days they are there."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from milepost.calendars.working_time import DaysWorked
from milepost.goals.pace import adds_up
from milepost.metrics.question import Measure


@dataclass(frozen=True)
class Prorated:
    """`value` is `whole` × `left` ÷ `days`, rounded half up to a whole; the same for what no day adds to."""

    whole: Decimal
    left: int
    days: int
    value: Decimal

    @property
    def exact(self) -> Decimal:
        """The share before it is rounded to a whole, to a tenth."""
        share = Fraction(self.whole) * self.left / self.days
        return (Decimal(share.numerator) / share.denominator).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

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
    if not adds_up(measure):
        return Prorated(whole, left, days, whole)
    return _share(whole, left, days)


def less_absences(whole: Decimal, measure: Measure, *, days: int, absent: int) -> Prorated | None:
    """The share of a count or sum for the working days on which a person is there, of all of the period.

    None where that takes nothing away, leaves nothing, or is no question: an average asks for the same on any day.
    """
    if not adds_up(measure) or not 0 < absent < days:
        return None
    return _share(whole, days - absent, days)


def offered(wished: Decimal | None, whole: Decimal | None, measure: Measure, days: DaysWorked) -> Prorated | None:
    """What a target might be instead, by the absences of now; None where it is that already, or is not set.

    `whole` is what a target is a share of that was prorated before: that is prorated anew, and asked for as a whole
    again when no absence is left.
    """
    if wished is None:
        return None
    base = wished if whole is None else whole
    if days.absent == 0 and whole is not None:
        found: Prorated | None = Prorated(base, days.count, days.count, base)
    else:
        found = less_absences(base, measure, days=days.count, absent=days.absent)
    return None if found is None or found.value == wished else found


def _share(whole: Decimal, left: int, days: int) -> Prorated | None:
    share = Fraction(whole) * left / days
    value = (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Prorated(whole, left, days, value) if value else None
