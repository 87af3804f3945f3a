"""A bar for every period, as high as it has days."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 316
HEIGHT: Final = 33
GAP: Final = 3
# With more bars than this the gaps between them close.
WITH_GAPS: Final = 60


@dataclass(frozen=True)
class Bar:
    """Sizes in a view box of 316 × 33."""

    x: str
    y: str
    width: str
    height: str


def bars(days: Sequence[int]) -> list[Bar]:
    """The bars from left to right; the longest period fills the height."""
    if not days:
        return []
    step = WIDTH / len(days)
    gap = GAP if len(days) <= WITH_GAPS else 0
    longest = max(*days, 1)
    heights = [HEIGHT * one / longest for one in days]
    return [
        Bar(f"{number * step:.1f}", f"{HEIGHT - height:.1f}", f"{step - gap:.1f}", f"{height:.1f}")
        for number, height in enumerate(heights)
    ]
