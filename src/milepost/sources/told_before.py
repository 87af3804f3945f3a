"""What the events in the store say of some tickets, so that something can be added to it in its place."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from milepost.tickets.store import Store, told_events
from milepost.tickets.store.told import COLUMNS


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a ticket. Columns that are not there are not told; an empty text is nobody."""

    at: int
    columns: Mapping[str, Any]

    def same(self) -> tuple[object, ...]:
        """By what two events are one and the same."""
        return self.at, *(self.columns.get(name) for name in COLUMNS)


@dataclass
class Ticket:
    """What is said of a ticket. One that is `whole` stands for itself; the others come beside what was said before."""

    created: int
    whole: bool = False
    events: list[Said] = field(default_factory=list)
    _known: set[tuple[object, ...]] = field(default_factory=set)

    def say(self, said: Said) -> None:
        """One event more; what says the same of the same second is the same event."""
        if said.same() not in self._known:
            self._known.add(said.same())
            self.events.append(said)

    def after(self, before: "Ticket | None") -> "Ticket":
        """The ticket with what was said of it before; the creation that was told first stands."""
        if self.whole or before is None:
            return self
        for said in self.events:
            before.say(said)
        return before

    def in_order(self) -> Iterator[Said]:
        """The events by time; those of one second as they came."""
        yield from sorted(self.events, key=attrgetter("at"))


def tickets(store: Store, source: str, keys: Collection[str]) -> dict[str, Ticket]:
    """What is held of the tickets with these keys; withdrawn events are not told."""
    found: dict[str, Ticket] = {}
    for event in told_events(store, source, keys):
        if event.kind == "created":
            found[event.key] = Ticket(event.happened_at)
        else:
            found[event.key].say(Said(event.happened_at, event.columns))
    return found
