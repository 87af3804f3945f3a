"""Progress: the actual value against the target, in whole percent."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

from milepost.metrics.metric import Direction

MOST: Final = 999


def progress(shown: Decimal, target: Decimal, direction: Direction) -> int:
    """Whole percent, rounded down, 0 to 999; 100 and more exactly when the target is reached.

    `shown` is the value as rounded for the page: what is read is what is judged.
    """
    return min(int(share(shown, target, direction) * 100), MOST)


def share(shown: Decimal, target: Decimal, direction: Direction) -> Fraction:
    """Actual ÷ target where higher is better, target ÷ actual where lower is; exact.

    Lower is better with an actual of 0 is 9.99, or 1 where the target is 0 too; above a target of 0 it is 0.
    """
    if direction is Direction.HIGHER:
        return Fraction(shown) / Fraction(target)
    if shown == 0:
        return Fraction(1) if target == 0 else Fraction(MOST, 100)
    return Fraction(target) / Fraction(shown)
