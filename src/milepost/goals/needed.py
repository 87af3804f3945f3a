"""What is needed from here: of a count so many on each working day that is left, of an average what the rest may be."""

from decimal import Decimal
from fractions import Fraction


def a_day(rest: Decimal, days: int) -> Fraction | None:
    """How many a day; None where no day is left to do anything on."""
    return Fraction(rest) / days if days else None


def to_come(sample: int, gone: Fraction) -> Fraction:
    """How many more tickets an even pace brings, after so many in this share of the working time."""
    return sample * (1 - gone) / gone if gone else Fraction(0)


def average_of_rest(target: Decimal, average: Fraction, sample: int, more: Fraction) -> Fraction | None:
    """What `more` tickets may average, so that all of them together average the target; None without any more."""
    return (Fraction(target) * (sample + more) - average * sample) / more if more else None
