"""Who belongs to which group from when to when, so that a fact counts for the groups of its agent at its moment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

ALWAYS: Final = -(2**62)
FOREVER: Final = 2**62


@dataclass(frozen=True, slots=True, order=True)
class Stint:
    """Facts of a number count for a group during `[since, until)`, in UTC seconds.

    An act counts by its moment, a breach by the moment at which its time ran out, a state by the moment it is asked at.
    Number 0 is nobody.
    """

    number: int
    group: int
    since: int = ALWAYS
    until: int = FOREVER


def united(stints: Iterable[Stint]) -> tuple[Stint, ...]:
    """The same without overlaps of a number with itself in one group, so that no fact counts twice there."""
    found: list[Stint] = []
    for one in sorted(stints):
        last = found[-1] if found else None
        if last is not None and (last.number, last.group) == (one.number, one.group) and one.since <= last.until:
            found[-1] = Stint(one.number, one.group, last.since, max(last.until, one.until))
        else:
            found.append(one)
    return tuple(found)


def rest(stints: Iterable[Stint], numbers: Iterable[int], *, group: int) -> Iterator[Stint]:
    """When each of these numbers is in no group at all, as stints in one more group."""
    by_number = _by_number(stints)
    for number in sorted(set(numbers)):
        edge = ALWAYS
        for one in united(Stint(number, group, one.since, one.until) for one in by_number.get(number, ())):
            if edge < one.since:
                yield Stint(number, group, edge, one.since)
            edge = one.until
        if edge < FOREVER:
            yield Stint(number, group, edge, FOREVER)


def overlapping(stints: Iterable[Stint], *, since: int = ALWAYS, until: int = FOREVER) -> set[int]:
    """The groups that share a number at some moment of `[since, until)`: what they share counts in each of them."""
    found: set[int] = set()
    for ones in _by_number(stints).values():
        clipped = sorted(
            (max(one.since, since), min(one.until, until), one.group)
            for one in ones
            if one.since < until and one.until > since
        )
        found |= _sharing(clipped)
    return found


def changed(before: Iterable[Stint], after: Iterable[Stint]) -> Iterator[Stint]:
    """Whose membership of which group is another one, and when."""
    old, new = _by_place(before), _by_place(after)
    for number, group in sorted(old.keys() | new.keys()):
        was, now = old.get((number, group), ()), new.get((number, group), ())
        edges = sorted({edge for one in (*was, *now) for edge in (one.since, one.until)})
        for since, until in pairwise(edges):
            if _holds(was, since) != _holds(now, since):
                yield Stint(number, group, since, until)


def _sharing(spans: list[tuple[int, int, int]]) -> set[int]:
    """The groups of spans that overlap spans of another group; they come in the order of their starts."""
    found: set[int] = set()
    for place, (_since, until, group) in enumerate(spans):
        for later, _until, other in spans[place + 1 :]:
            if later >= until:
                break
            if other != group:
                found |= {group, other}
    return found


def _holds(stints: Iterable[Stint], moment: int) -> bool:
    return any(one.since <= moment < one.until for one in stints)


def _by_number(stints: Iterable[Stint]) -> Mapping[int, list[Stint]]:
    found: dict[int, list[Stint]] = defaultdict(list)
    for one in stints:
        found[one.number].append(one)
    return found


def _by_place(stints: Iterable[Stint]) -> Mapping[tuple[int, int], list[Stint]]:
    found: dict[tuple[int, int], list[Stint]] = defaultdict(list)
    for one in stints:
        found[one.number, one.group].append(one)
    return found
