"""A bullet: the value as a bar, the target as a mark, and where an even pace would be by now."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from milepost.metrics.metric import Direction

WIDTH: Final = 250
# Where the target stands: what is better than it needs more room for a count, what is worse for a duration.
TARGET_AT: Final = {Direction.HIGHER: 10 / 13, Direction.LOWER: 10 / 16}
BULLET: Final = '<svg class="bullet" width="250" height="22" viewBox="0 0 250 22" role="img" aria-label="{}">{}</svg>'


class Bar(StrEnum):
    """What the bar says beside its length."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"


def bullet(
    shown: Decimal | None,
    wished: Decimal | None,
    direction: Direction,
    kind: Bar,
    *,
    label: str,
    expected: Fraction | None = None,
) -> SafeString:
    """The bullet of a value and its target, all on a scale on which every target of a direction stands alike."""
    scale = WIDTH / _most(shown, wished, direction)
    target = None if wished is None else float(wished) * scale
    parts = ['<rect class="track" y="7" width="250" height="8" rx="2"/>']
    if target is not None and direction is Direction.LOWER:
        parts.append(_rect("beyond", target, WIDTH - target))
    if shown is not None:
        parts.append(_rect(f"bar {kind.value}", 0, min(float(shown) * scale, WIDTH)))
    if expected is not None:
        even = min(float(expected) * scale, WIDTH)
        parts.append(f'<path class="even" d="M{even - 4:.1f} 20.5H{even + 4:.1f}l-4-5z"/>')
    if target is not None:
        parts.append(f'<rect class="target" x="{target - 1:.1f}" y="3" width="2" height="16"/>')
    # Numbers and words of ours alone; the label is escaped.
    return format_html(BULLET, label, SafeString("".join(parts)))


def _rect(kind: str, x: float, width: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="7" width="{width:.1f}" height="8" rx="2"/>'


def _most(shown: Decimal | None, wished: Decimal | None, direction: Direction) -> float:
    """The value at the right end."""
    if wished:
        return float(wished) / TARGET_AT[direction]
    return float(shown) * 2 if shown else 1.0
