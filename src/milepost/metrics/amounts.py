"""What the database answers becomes an amount: integers and fractions, never a rounded number."""

from collections.abc import Callable, Mapping
from typing import Final

from milepost.metrics.metric import QUANTILES, Aggregate
from milepost.metrics.question import Amount

# Between two whole seconds, a 50th, 75th, 90th or 95th percentile lies on one of twenty steps:
# type 7, lo + k/20 · (hi − lo).
STEPS: Final = 20
# Window, group, numerator, denominator, sample.
Row = tuple[int, int | None, float | int | None, int, int]
# Facts, hits, values, and the sum, the least and the greatest of the values.
Sums = tuple[int, int, int, int | None, int | None, int | None]

OF_SUMS: Final[Mapping[Aggregate, Callable[[Sums], tuple[int | None, int, int]]]] = {
    Aggregate.COUNT: lambda of: (of[0], 1, of[0]),
    Aggregate.SHARE: lambda of: (of[1], of[0], of[0]),
    Aggregate.RATIO: lambda of: (of[1], of[0] - of[1], of[0] - of[1]),
    Aggregate.SUM: lambda of: (of[3], 1, of[2]),
    Aggregate.AVERAGE: lambda of: (of[3], of[2], of[2]),
    Aggregate.MINIMUM: lambda of: (of[4], 1, of[2]),
    Aggregate.MAXIMUM: lambda of: (of[5], 1, of[2]),
}


def of_sums(aggregate: Aggregate, window: int, group: int, sums: Sums) -> Amount:
    """The amount of an aggregate that sums tell."""
    numerator, denominator, sample = OF_SUMS[aggregate](sums)
    if numerator is None or denominator == 0:
        return Amount(window, group, None, None, sample)
    return Amount(window, group, numerator, denominator, sample)


def amount(aggregate: Aggregate, row: Row) -> Amount:
    """The amount of a row of a statement."""
    window, group, numerator, denominator, sample = row
    if numerator is None or denominator == 0:
        return Amount(window, group, None, None, sample)
    if aggregate in QUANTILES:
        return Amount(window, group, round(numerator * STEPS), STEPS, sample)
    return Amount(window, group, int(numerator), denominator, sample)
