"""From the history and the articles of a ticket to its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.reading import answers_of, seconds
from milepost.connectors.zammad.server import CREATED, NAME, Row, Zammad, milliseconds
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

# The user that stands for Zammad itself, and for nobody where it is an owner.
SYSTEM: Final = 1
# What was written with the ticket is stored a moment after it, in milliseconds.
TOGETHER: Final = 60_000
TYPES: Final = {
    "new": Category.NEW,
    "open": Category.OPEN,
    "pending reminder": Category.WAITING_CUSTOMER,
    "pending action": Category.WAITING_CUSTOMER,
    "closed": Category.CLOSED,
    "removed": Category.DELETED,
}
MERGED: Final = "merged"
CLOSED: Final = "close_at"


@dataclass(frozen=True)
class Story:
    """A ticket, what happened to it, and what was written in it, each in its order."""

    ticket: Row
    history: Sequence[Row]
    articles: Sequence[Row]

    @classmethod
    def of(cls, ticket: Row, history: Sequence[Row], articles: Sequence[Row]) -> "Story":
        """Without the articles that another ticket brought along when it was merged into this one.

        Their creation is told in the history of the other one. A history that was not kept tells of no creation.
        """
        with answers_of(NAME):
            rows = [row for row in history if row["object"] == "Ticket"]
            written = {int(row["o_id"]) for row in history if row["object"] == "Ticket::Article"}
            merges = [milliseconds(row[CREATED]) for row in rows if row["type"] == "received_merge"]
            own = [
                one
                for one in articles
                if int(one["id"]) in written or all(milliseconds(one[CREATED]) > merge for merge in merges)
            ]
        return cls(ticket, rows, own)

    @property
    def opening(self) -> Row | None:
        """The article that the ticket was made with."""
        first = next(iter(self.articles), None)
        if first is None or milliseconds(first[CREATED]) - milliseconds(self.ticket[CREATED]) > TOGETHER:
            return None
        return first

    def before(self, attribute: str, value: str) -> object:
        """What stood in an attribute before its first change; None where it never changed."""
        return next((row.get(value) for row in self.history if row.get("attribute") == attribute), None)

    def has(self, kind: str) -> bool:
        """Whether something of this kind happened to it."""
        return any(row["type"] == kind for row in self.history)


@dataclass(frozen=True)
class Meaning:
    """What the words of a Zammad mean."""

    desk: Zammad
    statuses: Mapping[str, Category]
    # Kinds of articles that are no reply, and the names of users that are programs.
    silent: frozenset[str]
    robots: frozenset[str]
    # The numbers of those who held tickets or wrote to customers.
    met: set[int] = field(default_factory=set)

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a ticket, the opening first."""
        with answers_of(NAME):
            created = seconds(story.ticket[CREATED])
            written = [one for one in story.articles if one is not story.opening]
            messages = [(milliseconds(one[CREATED]), self._message(one, story)) for one in written]
            told = sorted([*self._changes(story), *self._unseen(story), *messages], key=lambda one: one[0])
            later = [(max(at // 1000, created), columns) for at, columns in told]
            return [
                self._event(story, created, at, columns) for at, columns in [(created, self._opening(story)), *later]
            ]

    def category(self, state: str) -> Category:
        """What a state means: by its name, else by its type."""
        mapped = self.statuses.get(state.casefold())
        if mapped is not None:
            return mapped
        return TYPES.get(self._type(state), Category.OPEN)

    def _type(self, state: str) -> str:
        return str((self.desk.states.get(state) or {}).get("state_type") or state)

    def _opening(self, story: Story) -> dict[str, object]:
        """How the ticket stood at first: what its first change of each kind says was before, else what is now."""
        ticket = story.ticket
        owner, state = story.before("owner", "id_from"), story.before("state", "value_from")
        group, priority = story.before("group", "value_from"), story.before("priority", "value_from")
        message = {} if story.opening is None else self._message(story.opening, story)
        by = message or self._by(ticket["created_by_id"], ticket)
        return by | {
            "status": Category.OPEN if self._was_closed_unseen(story) else self.category(str(state or ticket["state"])),
            "priority": str(priority or ticket["priority"] or ""),
            "channel": str((story.opening or {}).get("type") or ""),
            **self._owner(ticket["owner_id"] if owner is None else owner),
            **_group(str(group or ticket["group"])),
        }

    def _changes(self, story: Story) -> Iterator[tuple[int, dict[str, object]]]:
        """What was changed at once, by whom."""
        for (moment, by), rows in groupby(story.history, key=lambda row: (row[CREATED], row.get("created_by_id"))):
            columns: dict[str, object] = {}
            causes = set()
            for row in rows:
                columns |= self._told(row, story)
                causes.add(row.get("sourceable_type"))
            if columns:
                who = {"actor_kind": Actor.SYSTEM} if causes != {None} else self._by(by, story.ticket)
                yield milliseconds(moment), who | columns

    def _unseen(self, story: Story) -> Iterator[tuple[int, dict[str, object]]]:
        """The closing of a ticket that was brought from elsewhere: Zammad keeps no history of what it imports."""
        if self._was_closed_unseen(story):
            status = self.category(str(story.ticket["state"]))
            yield milliseconds(story.ticket[CLOSED]), {"actor_kind": Actor.UNKNOWN, "status": status}

    def _was_closed_unseen(self, story: Story) -> bool:
        told = story.before("state", "value_from")
        return told is None and bool(story.ticket.get(CLOSED)) and self._type(str(story.ticket["state"])) == "closed"

    def _told(self, row: Row, story: Story) -> dict[str, object]:
        if row["type"] == "merged_into":
            return {"removal": Removal.MERGED, "survivor": str(row["id_to"])}
        value = str(row.get("value_to") or "")
        match row.get("attribute"):
            case "state":
                return self._state(value, story)
            case "owner":
                return self._owner(row["id_to"])
            case "group":
                # One that was renamed since is told by the name that it has now, where the ticket is still in it.
                return _group(str(story.ticket["group"]) if row["id_to"] == story.ticket["group_id"] else value)
            case "priority":
                return {"priority": value}
            case _:
                return {}

    def _state(self, name: str, story: Story) -> dict[str, object]:
        """A state; being merged is none, and earlier versions tell no more of a merge than this."""
        if self._type(name) != MERGED:
            return {"status": self.category(name)}
        return {} if story.has("merged_into") else {"removal": Removal.MERGED}

    def _message(self, article: Row, story: Story) -> dict[str, object]:
        """Who wrote what. An agent who is the customer of the ticket writes as a customer."""
        author = article.get("origin_by_id") or article["created_by_id"]
        sender = str(article["sender"])
        if sender == "System" or (article.get("preferences") or {}).get("is-auto-response"):
            return {"actor_kind": Actor.SYSTEM, "message": Message.AUTOMATIC}
        if sender == "Customer" or author == story.ticket["customer_id"]:
            return {"actor_kind": Actor.CUSTOMER, "message": Message.CUSTOMER}
        self.met.add(int(author))
        if self._is_robot(author):
            return {"actor_kind": Actor.BOT, "actor": str(author), "message": Message.AUTOMATIC}
        is_note = article["internal"] or str(article["type"]).casefold() in self.silent
        return {
            "actor_kind": Actor.AGENT,
            "actor": str(author),
            "message": Message.NOTE if is_note else Message.REPLY,
        }

    def _by(self, user: object, ticket: Row) -> dict[str, object]:
        """Who did it. Whoever is neither the customer nor an agent now may have been either."""
        if user == SYSTEM:
            return {"actor_kind": Actor.SYSTEM}
        if user == ticket["customer_id"]:
            return {"actor_kind": Actor.CUSTOMER}
        if user in self.desk.agents:
            return {"actor_kind": Actor.BOT if self._is_robot(user) else Actor.AGENT, "actor": str(user)}
        return {"actor_kind": Actor.UNKNOWN}

    def _is_robot(self, user: object) -> bool:
        row = self.desk.agents.get(int(str(user)), {})
        return f"{row.get('firstname') or ''} {row.get('lastname') or ''}".strip().casefold() in self.robots

    def _owner(self, number: object) -> dict[str, object]:
        if number in {None, SYSTEM}:
            return {"agent": ""}
        self.met.add(int(str(number)))
        return {"agent": str(number)}

    @staticmethod
    def _event(story: Story, created: int, at: int, columns: Mapping[str, object]) -> TicketEvent:
        told = {name: getattr(value, "value", value) for name, value in columns.items()}
        return TicketEvent(str(story.ticket["id"]), created, at, told)


def _group(name: str) -> dict[str, object]:
    """A group of Zammad is both: where tickets lie, and who works them."""
    return {"team": name, "pipeline": name}
