"""The grid: every edge of a window is a line, and between two lines lies a cell."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import Final

from milepost.metrics.question import Window

# Up to so many steps a moment finds its cell in a table; a finer grid is searched.
STEPS: Final = 2_000_000
DAY: Final = 86_400


@dataclass(frozen=True)
class Grid:
    """Cell 0 is all before the first line, cell k lies before line k; behind the last line is nothing."""

    lines: tuple[int, ...]

    @classmethod
    def of(cls, edges: Iterable[int]) -> "Grid":
        """The grid of these edges, in UTC seconds."""
        return cls(tuple(sorted(set(edges))))

    @property
    def first(self) -> int:
        """The first line."""
        return self.lines[0]

    @property
    def last(self) -> int:
        """The last line."""
        return self.lines[-1]

    @property
    def step(self) -> int:
        """The greatest common divisor of all lines."""
        return gcd(*self.lines)

    @property
    def stepped(self) -> bool:
        """Whether cells are found by a table of steps."""
        return self.last - self.first <= STEPS * self.step

    def before(self, edge: int) -> int:
        """The last cell before an edge, which is a line of this grid."""
        return bisect_left(self.lines, edge)

    def table(self) -> tuple[list[int], list[int]]:
        """Where each cell begins, in steps or in seconds, and its number; of steps every one."""
        if not self.stepped:
            return [-(2**62), *self.lines], [*range(len(self.lines) + 1)]
        steps, cells = [self.first // self.step - 1], [0]
        for cell, (start, end) in enumerate(pairwise(self.lines), start=1):
            found = range(start // self.step, end // self.step)
            steps += found
            cells += [cell] * len(found)
        return steps, cells

    def joined(self, place: str, moment: str, *, left: bool = False) -> str:
        """The join with a table of its places that brings the cell of a moment; it may leave out what is in cell 0.

        What it leaves out it keeps without a cell if it is a `left` one.
        """
        if not self.stepped:
            return f"ASOF JOIN {place} ON {moment} >= {place}.starts"
        return f"{'LEFT ' if left else ''}JOIN {place} ON {place}.starts = {moment} // {self.step}"

    def from_the_first(self, moment: str) -> str:
        """The moment, or one of cell 0 that `joined` finds. The function greatest takes ten times as long."""
        return f"CASE WHEN {moment} < {self.first} THEN {self.first - 1} ELSE {moment} END"


def scale(windows: Iterable[Window]) -> int:
    """Windows of like length share a grid: 0 for days, 1 for weeks, 2 for months; weeks would cut months to pieces."""
    shortest = min(window.end - window.start for window in windows)
    return (max(shortest, DAY) // DAY).bit_length() // 2
