"""What is shown is what is judged: the one rounding that pages, API, e-mail, exports and charts share."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

from milepost.metrics.metric import Unit

# Under ten minutes a minute is too coarse to judge by.
FINE_BELOW: Final = 600


def rounded(value: Fraction, unit: Unit, *, target: Decimal | None = None) -> Decimal:
    """`value` half up to the step of its unit: 1 ticket, 1 minute, 0.1 point of a share or of a score.

    Durations are in seconds: to 1 second where the target (without one, the value) is under ten minutes.
    Shares come as fractions of 1 and leave in percent.
    """
    match unit:
        case Unit.TICKETS:
            return _half_up(value, Fraction(1))
        case Unit.DURATION:
            fine = (value if target is None else target) < FINE_BELOW
            return _half_up(value, Fraction(1 if fine else 60))
        case Unit.SHARE:
            return _half_up(value * 100, Fraction(1, 10))
        case Unit.POINTS:
            return _half_up(value, Fraction(1, 10))


def _half_up(value: Fraction, step: Fraction) -> Decimal:
    steps = value / step + Fraction(1, 2)
    shown = (steps.numerator // steps.denominator) * step
    return Decimal(shown.numerator) / Decimal(shown.denominator)
