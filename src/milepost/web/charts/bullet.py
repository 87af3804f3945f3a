"""A bullet: the value as a bar, the target as a mark, and where an even pace would be by now."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from milepost.metrics.metric import Direction

WIDTH: Final = 250
# Where the target stands: what is better than it needs more room for a count, what is worse for a duration.
TARGET_AT: Final = {Direction.HIGHER: Fraction(10, 13), Direction.LOWER: Fraction(10, 16)}


class Bar(StrEnum):
    """What the bar says beside its length."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Bullet:
    """Sizes for a view box of 250 × 22; None where there is nothing to draw."""

    bar: str | None
    kind: Bar
    target: str | None
    beyond: str | None
    beyond_width: str
    even: str | None
    even_end: str


def bullet(
    shown: Decimal | None, wished: Decimal | None, direction: Direction, kind: Bar, *, expected: Fraction | None = None
) -> Bullet:
    """The bullet of a value and its target, all on a scale on which every target of a direction stands alike."""
    most = _most(shown, wished, direction)
    target = None if wished is None else Fraction(wished) / most * WIDTH
    even = None if expected is None else min(expected / most * WIDTH, Fraction(WIDTH))
    beyond = target if direction is Direction.LOWER else None
    return Bullet(
        bar=None if shown is None else _size(min(Fraction(shown) / most * WIDTH, Fraction(WIDTH))),
        kind=kind,
        target=None if target is None else _size(target - 1),
        beyond=None if beyond is None else _size(beyond),
        beyond_width=_size(WIDTH - (beyond or Fraction(0))),
        even=None if even is None else _size(even - 4),
        even_end=_size((even or Fraction(0)) + 4),
    )


def _most(shown: Decimal | None, wished: Decimal | None, direction: Direction) -> Fraction:
    """The value at the right end."""
    if wished:
        return Fraction(wished) / TARGET_AT[direction]
    return Fraction(shown) * 2 if shown else Fraction(1)


def _size(length: Fraction) -> str:
    return f"{float(length):.1f}"
