"""What the events in the store say of some tickets, so that something can be added to it in its place."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, Literal

from milepost.tickets.store import Store
from milepost.tickets.store.manifest import SourceFiles
from milepost.tickets.store.merging import NAMED
from milepost.tickets.store.reading import whole

# What is told as it is kept; the names stand in the store as numbers.
PLAIN: Final = ("message", "actor_kind", "status", "removal", "survivor", "score")
COLUMNS: Final = (*PLAIN, *NAMED)
KINDS: Final[tuple[Literal["tickets", "events"], ...]] = ("tickets", "events")


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a ticket. Columns that are not there are not told; an empty text is nobody."""

    at: int
    columns: dict[str, Any]

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
    held = store.manifest().sources.get(source)
    if held is None or not held.months or not keys:
        return {}

    def ask(db: Any) -> dict[str, Ticket]:
        found: dict[str, Ticket] = {}
        db.execute("CREATE TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS key", [list(keys)])
        query = _events(store, store.manifest().sources[source])
        for key, kind, at, *told in db.execute(query, [source] * len(NAMED)).fetchall():
            _add(found, key, kind, at, told)
        return found

    return store.read(ask)


def _add(found: dict[str, Ticket], key: str, kind: str, at: int, told: list[Any]) -> None:
    if kind == "created":
        found[key] = Ticket(at)
        return
    columns = {name: value for name, value in zip(COLUMNS, told, strict=True) if value is not None}
    found[key].say(Said(at, columns))


def _events(store: Store, held: SourceFiles) -> str:
    """The events of the wanted tickets, in their order, the creation first."""
    of_tickets, of_events = (whole(store.folder, [held], kind) for kind in KINDS)
    names = ", ".join(f"CASE WHEN events.{column} = 0 THEN '' ELSE n_{column}.text END AS {column}" for column in NAMED)
    joins = " ".join(
        f"LEFT JOIN names n_{column} ON n_{column}.source = ? AND n_{column}.kind = '{kind}' "
        f"AND n_{column}.number = events.{column}"
        for column, kind in NAMED.items()
    )
    plain = ", ".join(f"events.{column}" for column in PLAIN)
    return (
        f"SELECT tickets.key, events.kind, events.happened_at, {plain}, {names} "
        f"FROM ({of_tickets}) tickets JOIN wanted USING (key) "
        f"JOIN ({of_events}) events USING (ticket) {joins} "
        "WHERE events.withdrawn_at IS NULL ORDER BY events.ticket, events.kind != 'created', events.seq"
    )
