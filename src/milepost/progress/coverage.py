"""Whether the sources that a goal draws on were read over the whole of a milestone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from milepost.goals.status import Span


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a source was read over; None where it was not read yet."""

    complete_from: datetime | None
    complete_until: datetime | None


def covered(span: Span, sources: Iterable[Coverage]) -> bool:
    """Whether every source was read from the start to the end; without any source nothing was read."""
    found = list(sources)
    return bool(found) and all(
        source.complete_from is not None
        and source.complete_until is not None
        and source.complete_from <= span.start
        and source.complete_until >= span.end
        for source in found
    )
