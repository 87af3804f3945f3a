"""Six columns for six milestones: solid where the target was met, outlined where not, a stub where none was judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from milepost.progress.queries import Past

STEP: Final = 11.8
BASE: Final = 22.0
# Progress is drawn from 70 to 118 percent; the dashed line of the target stands at 100.
LOW, HIGH, PER_PERCENT = 70, 118, 12.5 / 30
LEAST: Final = 1.5


class Column(StrEnum):
    """How a column is drawn."""

    MET = "met"
    UNMET = "unmet"
    NONE = "none"


@dataclass(frozen=True)
class Drawn:
    """One column in a view box of 66 × 24."""

    kind: Column
    x: str
    y: str
    height: str


def columns(last: Sequence[Past | None]) -> list[Drawn]:
    """The columns from left to right, the newest last."""
    return [_column(past, number * STEP) for number, past in enumerate(last)]


def _column(past: Past | None, x: float) -> Drawn:
    if past is None:
        return Drawn(Column.NONE, f"{x + 0.5:.1f}", "18", "3.5")
    height = max((min(max(past.progress or 0, LOW), HIGH) - LOW) * PER_PERCENT, LEAST)
    if past.met:
        return Drawn(Column.MET, f"{x:.1f}", f"{BASE - height:.1f}", f"{height:.1f}")
    # The outline is 1.5 wide: half of it lies outside.
    inner = max(height - LEAST, 0)
    return Drawn(Column.UNMET, f"{x + 0.75:.2f}", f"{BASE - 0.75 - inner:.2f}", f"{inner:.2f}")
