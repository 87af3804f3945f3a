"""Spans of time as pairs of UTC seconds, `[start, end)`: uniting them, taking some away from others, adding them up."""

from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]


def united(spans: Iterable[Span]) -> list[Span]:
    """The same time in order, apart: what overlaps or meets becomes one, what is empty goes."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], gaps: Sequence[Span]) -> list[Span]:
    """What is left of united spans once united gaps are taken away."""
    left = list(spans)
    for gap_start, gap_end in gaps:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, gap_start)), (max(start, gap_end), end))
            if piece[0] < piece[1]
        ]
    return left


def clipped(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """What of each span lies in `[start, end)`."""
    for one_start, one_end in spans:
        if max(one_start, start) < min(one_end, end):
            yield max(one_start, start), min(one_end, end)


def length(spans: Iterable[Span]) -> int:
    """All seconds of spans that are apart."""
    return sum(end - start for start, end in spans)
