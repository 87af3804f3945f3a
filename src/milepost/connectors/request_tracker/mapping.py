"""From the transactions of a ticket to its events."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.reading import answers_of, maybe_seconds, seconds
from milepost.connectors.request_tracker.server import NAME, RequestTracker, Row
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

NOBODY: Final = "Nobody"
SYSTEM: Final = "RT_System"


@dataclass(frozen=True)
class Story:
    """A ticket with what happened to it."""

    ticket: Row
    transactions: Sequence[Row]


@dataclass(frozen=True)
class Meaning:
    """What the words of a Request Tracker mean."""

    desk: RequestTracker
    statuses: Mapping[str, Category]

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a ticket, the opening first."""
        with answers_of(NAME):
            created = self._created(story)
            customers = {_name(one) for one in story.ticket.get("Requestor") or ()}
            opening = self._event(story, created, created, self._opening(story, customers))
            return [opening, *self._updates(story, created, customers)]

    def late(self, story: Story) -> list[TicketEvent]:
        """The events that are still told of a ticket that was merged; how it stood before the first is not."""
        with answers_of(NAME):
            created = min((seconds(row["Created"]) for row in story.transactions), default=self.desk.now)
            return list(self._updates(story, created, set()))

    def category(self, status: str) -> Category:
        """What a status means; one that is not mapped is open."""
        return self.statuses.get(status.casefold(), Category.OPEN)

    def _created(self, story: Story) -> int:
        """As the ticket says; one that says nothing readable was created when its first transaction was."""
        at = maybe_seconds(story.ticket["Created"])
        return seconds(story.transactions[0]["Created"]) if at is None else at

    def _opening(self, story: Story, customers: set[str]) -> dict[str, object]:
        """How the ticket stood at first: what its first change of each kind says was before, else what is now."""
        ticket, rows = story.ticket, story.transactions
        creator = next((_name(row["Creator"]) for row in rows if row["Type"] == "Create"), _name(ticket["Owner"]))
        owner = _before(rows, "Owner")
        queue = _before(rows, "Queue")
        status = next((row["OldValue"] for row in rows if row["Type"] == "Status"), ticket["Status"])
        columns = self._by(creator, customers)
        return columns | {
            "message": Message.CUSTOMER if columns["actor_kind"] is Actor.CUSTOMER else Message.REPLY,
            "status": self.category(str(status)),
            "agent": _agent(_name(ticket["Owner"])) if owner is None else self._owner(owner),
            "pipeline": _queue(ticket["Queue"], self.desk.queue) if queue is None else self.desk.queue(queue),
            "priority": str(ticket.get("Priority") or "") if (was := _before(rows, "Priority")) is None else was,
        }

    def _updates(self, story: Story, created: int, customers: set[str]) -> Iterator[TicketEvent]:
        for row in story.transactions:
            columns = self._columns(row, customers)
            if columns is not None:
                yield self._event(story, created, seconds(row["Created"]), columns)

    def _columns(self, row: Row, customers: set[str]) -> dict[str, object] | None:
        by = self._by(_name(row["Creator"]), customers)
        told = self._told(row, by["actor_kind"])
        return None if told is None else by | told

    def _told(self, row: Row, actor: object) -> dict[str, object] | None:
        value = str(row["NewValue"])
        if row["Type"] == "Correspond":
            return {"message": MESSAGES[actor]}
        if row["Type"] == "Status":
            return {"status": self.category(value)}
        if row["Type"] == "AddLink":
            return _merged(row) if row["Field"] == "MergedInto" else None
        if row["Type"] == "Set" and row["Field"] in self._fields:
            name, read = self._fields[row["Field"]]
            return {name: read(value)}
        return None

    @property
    def _fields(self) -> Mapping[str, tuple[str, Callable[[str], str]]]:
        """The fields whose changes are told, what we call them, and how their values are read."""
        return {
            "Owner": ("agent", self._owner),
            "Queue": ("pipeline", self.desk.queue),
            "Priority": ("priority", str),
        }

    def _by(self, name: str, customers: set[str]) -> dict[str, object]:
        """Who did it. Whoever wrote the ticket is its customer; a user of the web interface alone is an agent."""
        if name == SYSTEM:
            return {"actor_kind": Actor.SYSTEM}
        if name in customers or not self.desk.user(name).get("Privileged", 0):
            return {"actor_kind": Actor.CUSTOMER}
        return {"actor_kind": Actor.AGENT, "actor": name}

    def _owner(self, number: str) -> str:
        """An owner is told by number."""
        return _agent(str(self.desk.user(str(number)).get("Name") or f"#{number}"))

    @staticmethod
    def _event(story: Story, created: int, at: int, columns: Mapping[str, object]) -> TicketEvent:
        told = {name: getattr(value, "value", value) for name, value in columns.items()}
        return TicketEvent(str(story.ticket["id"]), created, at, told)


MESSAGES: Final[Mapping[object, Message]] = {
    Actor.SYSTEM: Message.AUTOMATIC,
    Actor.CUSTOMER: Message.CUSTOMER,
    Actor.AGENT: Message.REPLY,
}


def _name(user: Any) -> str:
    """The name of a user, who is an object or a bare name."""
    return str(user.get("Name") or user["id"]) if isinstance(user, dict) else str(user)


def _agent(name: str) -> str:
    return "" if name == NOBODY else name


def _queue(queue: Any, named: Callable[[str], str]) -> str:
    return str(queue.get("Name") or named(str(queue["id"])))


def _before(rows: Iterable[Row], field: str) -> str | None:
    """What stood in a field before its first change; None where it never changed."""
    return next((str(row["OldValue"]) for row in rows if row["Type"] == "Set" and row["Field"] == field), None)


def _merged(row: Row) -> dict[str, object] | None:
    """Both tickets of a merge tell of it in the same words; only that which is not the survivor is gone."""
    survivor = str(row["NewValue"]).rpartition("/")[2]
    return None if survivor == str(row["ObjectId"]) else {"removal": Removal.MERGED, "survivor": survivor}
