"""What is told of many tickets, in parts that are not too large, and how far that got."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Self

from milepost.connectors.contract import LARGEST, TicketEvent


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
