"""How far the sources that a goal draws on were read, and whether that is the whole of a milestone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from milepost.goals.finality import Watermark
from milepost.goals.status import Span


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a source was read over; None where it was not read yet. Once disconnected it is read no further."""

    complete_from: datetime | None
    complete_until: datetime | None
    disconnected_at: datetime | None = None
    slug: str = ""
    name: str = ""

    def counts(self, span: Span) -> bool:
        """Whether it was connected at the end of a milestone."""
        return self.disconnected_at is None or self.disconnected_at > span.end


def covered(span: Span, sources: Iterable[Coverage]) -> bool:
    """Whether every source was read from the start to the end; without any source nothing was read."""
    found = [source for source in sources if source.counts(span)]
    return bool(found) and all(
        source.complete_from is not None
        and source.complete_until is not None
        and source.complete_from <= span.start
        and source.complete_until >= span.end
        for source in found
    )


def watermarks(sources: Iterable[Coverage]) -> list[Watermark]:
    """How far those were read that are still connected: the others are not waited for."""
    return [Watermark(one.name, one.complete_until) for one in sources if one.disconnected_at is None]
