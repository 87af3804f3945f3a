"""Six columns for six milestones: solid where the target was met, outlined where not, a stub where none was judged."""

from collections.abc import Sequence
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from milepost.progress.rows import Past

STEP: Final = 11.8
BASE: Final = 22.0
# Progress is drawn from 70 to 118 percent; the dashed line of the target stands at 100.
LOW, HIGH, PER_PERCENT = 70, 118, 12.5 / 30
LEAST: Final = 1.5
SIX: Final = (
    '<svg class="last-six" width="66" height="24" viewBox="0 0 66 24" role="img" aria-label="{}">{}'
    '<path class="line" d="M0 9.5H66"/></svg>'
)


def last_six(last: Sequence[Past | None], *, label: str) -> SafeString:
    """The columns from left to right, the newest last."""
    columns = "".join(_column(past, number * STEP) for number, past in enumerate(last))
    # Numbers and words of ours alone; the label is escaped.
    return format_html(SIX, label, SafeString(columns))


def _column(past: Past | None, x: float) -> str:
    if past is None:
        return _rect("none", x + 0.5, 18, 6, 3.5)
    height = max((min(max(past.progress or 0, LOW), HIGH) - LOW) * PER_PERCENT, LEAST)
    if past.met:
        return _rect("met", x, BASE - height, 7, height)
    # The outline is 1.5 wide: half of it lies outside.
    inner = max(height - LEAST, 0)
    return _rect("unmet", x + 0.75, BASE - 0.75 - inner, 5.5, inner)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:.2f}" y="{y:.2f}" width="{width}" height="{height:.2f}" rx="1"/>'
