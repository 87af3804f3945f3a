"""What is told of many tickets, in parts that are not too large, and how far that got."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from milepost.connectors import steps
from milepost.connectors.contract import LARGEST, Batch, Progress, Step, TicketEvent
from milepost.connectors.reading import answers_of


@dataclass(frozen=True)
class Cursor:
    """Where a sync got to; as text it leaves out what is 0 or not told."""

    @classmethod
    def read(cls, text: str) -> Self:
        """The cursor of this text."""
        return cls(**json.loads(text))

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})


@dataclass(frozen=True)
class Told:
    """All events of a ticket, its number, and when it changed last where that is asked."""

    number: int
    events: Sequence[TicketEvent]
    changed: int = 0


@dataclass(frozen=True)
class Part:
    """Some events, the last ticket that was looked at for them, of how many tickets they are, and the newest change."""

    last: int = 0
    tickets: int = 0
    newest: int = 0
    events: Sequence[TicketEvent] = ()


def parts(tickets: Iterable[Told]) -> Iterator[Part]:
    """Tickets in their order, as many in a part as a batch may hold; one that has more events is a part of its own."""
    part = Part()
    for one in tickets:
        if part.events and len(part.events) + len(one.events) > LARGEST:
            yield part
            part = Part()
        newest = max(part.newest, one.changed)
        part = Part(one.number, part.tickets + 1, newest, [*part.events, *one.events])
    if part.tickets:
        yield part


# The second of a ticket in the order of a search, and its number.
Place = tuple[int, int]


@dataclass(frozen=True)
class Seconds(Cursor):
    """Where a sync got to that goes by moments in whole seconds, of the clock of the server.

    While `below` is told, the first import goes on with tickets that were created up to it. Then, `changed` is the
    newest change that the sync before knew of; the one under way told what changed up to `at`. `told` are the tickets
    of that last second that were told: their order within a second is not known.
    """

    changed: int = 0
    below: int = 0
    at: int = 0
    told: Sequence[int] = ()
    done: int = 0
    total: int = 0

    def awaits(self, place: Place) -> bool:
        """Whether the import has still to tell the ticket of this place."""
        return place[0] < self.below or (place[0] == self.below and place[1] not in self.told)

    def has_told(self, place: Place) -> bool:
        """Whether the ticket of this place was the last thing to be told as changed, or in the same second."""
        return place[0] == self.at and place[1] in self.told

    def imported(self, part: Part, places: Sequence[Place]) -> Self:
        """After a part of the tickets of these places was imported."""
        below, told = _last(part.last, places, (self.below, self.told))
        return replace(self, below=below, told=told, done=self.done + part.tickets)

    def caught_up(self, part: Part, places: Sequence[Place]) -> Self:
        """After a part of the tickets of these places was told as changed."""
        at, told = _last(part.last, places, (self.at, self.told))
        return replace(self, at=at, told=told)

    @property
    def following(self) -> Self:
        """Where the next sync begins."""
        return type(self)(changed=max(self.changed, self.at))


def _last(number: int, places: Sequence[Place], before: tuple[int, Sequence[int]]) -> tuple[int, Sequence[int]]:
    """The second of the last ticket that was told, and all tickets of that second that were."""
    end = next(index for index, place in enumerate(places) if place[1] == number)
    second = places[end][0]
    told = before[1] if before[0] == second else ()
    return second, sorted({*told, *(one for at, one in places[: end + 1] if at == second)})


# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10

Row = dict[str, Any]
Pages = Iterable[Sequence[Row]]


@dataclass(frozen=True)
class Walk:
    """A sync that goes by seconds: tickets from the newest back; later those that changed, by their change."""

    # The help desk that is asked.
    name: str
    # The events of a ticket; its place among all, and among those that changed.
    events: Callable[[Row], Sequence[TicketEvent]]
    place: Callable[[Row], Place]
    changed_at: Callable[[Row], Place]
    # The newest ticket, the one that changed last, and how many the import reads.
    newest: Callable[[], Row | None]
    changed_last: Callable[[], Row | None]
    count: Callable[[], int]
    # Pages of what is still to be imported, and of what changed from a second on.
    rest: Callable[[Seconds], Pages]
    since: Callable[[int], Pages]
    # What changed so many seconds before the newest change that is known is asked for once more.
    overlap: int

    def answers(self) -> Step:
        """Whether one of the newest tickets was answered."""
        newest = self.newest()
        pages = self.rest(Seconds(below=self.place(newest)[0])) if newest else ()
        rows = next(iter(pages), [])[:LOOKED_AT]
        return steps.answers(found=steps.is_answered(event for row in rows for event in self.events(row)[1:]))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """What there is from this cursor on; everything where it is empty."""
        with answers_of(self.name):
            now = Seconds.read(cursor) if cursor else self._beginning()
        if now.below:
            yield from self._import(now)
            now = Seconds(now.changed)
            yield Batch([], str(now))
        yield from self._catch_up(now)

    def _beginning(self) -> Seconds:
        """Everything is still to be read, from the newest ticket back."""
        changed, newest = self.changed_last(), self.newest()
        if changed is None or newest is None:
            return Seconds()
        return Seconds(changed=self.changed_at(changed)[0], below=self.place(newest)[0], total=self.count())

    def _import(self, now: Seconds) -> Iterator[Batch]:
        for rows in self.rest(now):
            fresh = [row for row in rows if now.awaits(self.place(row))]
            places = [self.place(row) for row in fresh]
            for part in self._told(fresh, places):
                now = now.imported(part, places)
                progress = Progress(now.done, max(now.total, now.done))
                yield Batch(part.events, str(now), whole=True, progress=progress)

    def _catch_up(self, now: Seconds) -> Iterator[Batch]:
        """What changed since, and what changed shortly before."""
        for rows in self.since(now.at or max(now.changed - self.overlap, 1)):
            fresh = [row for row in rows if not now.has_told(self.changed_at(row))]
            places = [self.changed_at(row) for row in fresh]
            for part in self._told(fresh, places):
                now = now.caught_up(part, places)
                yield Batch(part.events, str(now), whole=True)
        yield Batch([], str(now.following))

    def _told(self, rows: Sequence[Row], places: Sequence[Place]) -> Iterator[Part]:
        """The events of a page of tickets."""
        return parts(Told(place[1], self.events(row)) for row, place in zip(rows, places, strict=True))
