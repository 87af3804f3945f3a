"""From the follow-ups of a ticket to its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.django_helpdesk.server import NAME, Helpdesk, Row
from milepost.connectors.reading import answers_of, seconds
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

# A ticket is opened with a follow-up, written within these seconds.
OPENING: Final = 60
# What stands in a ticket, and is changed by follow-ups.
FIELDS: Final = ("queue", "holder", "priority", "on_hold", "status")
MESSAGES: Final = {
    Actor.AGENT: Message.REPLY,
    Actor.BOT: Message.AUTOMATIC,
    Actor.SYSTEM: Message.AUTOMATIC,
    Actor.CUSTOMER: Message.CUSTOMER,
}
# Somebody whom the server knows by another name now.
UNKNOWN: Final = "-1"

State = dict[str, str]


@dataclass(frozen=True)
class Meaning:
    """What the numbers of a django-helpdesk mean."""

    desk: Helpdesk
    statuses: Mapping[str, Category]
    bots: frozenset[str]

    def events(self, ticket: Row) -> list[TicketEvent]:
        """All events of a ticket, the opening first."""
        with answers_of(NAME):
            opening, later = _parted(ticket)
            created, state = seconds(ticket["created"]), self._first(ticket, later)
            told = [(created, self._opening(opening) | self._columns(state, FIELDS))]
            for row in later:
                told += [(max(created, seconds(row["date"])), columns) for columns in self._told(row, state)]
            told += [(seconds(ticket["modified"]), columns) for columns in self._rest(ticket, state)]
            return [TicketEvent(str(ticket["id"]), created, at, _plain(columns)) for at, columns in told]

    def queue(self, number: str) -> str:
        """The name of a queue; its number where it was deleted."""
        return str(self.desk.names["queues"].get(number, f"#{number}"))

    def category(self, state: State) -> Category:
        """What a status means; an open one is on hold as long as the ticket is."""
        number = state["status"]
        if state["on_hold"] == "True" and number in map(str, self.desk.names["open"]):
            return Category.ON_HOLD
        return self.statuses.get(str(self.desk.names["statuses"].get(number, "")).casefold(), Category.OPEN)

    def _first(self, ticket: Row, later: Sequence[Row]) -> State:
        """What stood in it at first: what the first change says was before, else what is there now."""
        state = _now(ticket)
        for name in FIELDS:
            changed = next((row["changes"][name] for row in later if name in row["changes"]), None)
            if changed is not None:
                state[name] = _text(changed[0])
        return state | {"status": str(self.desk.names["opens_as"]), "on_hold": "False"}

    def _opening(self, row: Row | None) -> dict[str, Any]:
        """Who opened it; without a name whoever is no agent."""
        user = _text(row["user"]) if row else ""
        by = self._agent(user) if user in self.desk.agents else {"actor_kind": Actor.CUSTOMER}
        return by | {"message": MESSAGES[by["actor_kind"]]}

    def _told(self, row: Row, state: State) -> Iterator[dict[str, Any]]:
        """What a follow-up tells, and what stands in the ticket after it."""
        before = dict(state)
        state |= {name: _text(values[1]) for name, values in row["changes"].items()}
        if row["status"] is not None:
            state["status"] = str(row["status"])
        by, columns = self._by(row), self._columns(state, _differ(before, state))
        if row["said"]:
            columns["message"] = MESSAGES[by["actor_kind"]] if row["public"] else Message.NOTE
        if columns:
            yield by | columns

    def _rest(self, ticket: Row, state: State) -> Iterator[dict[str, Any]]:
        """What was changed without a follow-up, or merged."""
        now = _now(ticket)
        columns = self._columns(now, _differ(state, now))
        if ticket["merged_to"] is not None:
            columns |= {"removal": Removal.MERGED, "survivor": str(ticket["merged_to"])}
        if columns:
            yield {"actor_kind": Actor.UNKNOWN} | columns

    def _by(self, row: Row) -> dict[str, Any]:
        """Who did it: a user is an agent, since the follow-ups of customers are without one."""
        if row["system"]:
            return {"actor_kind": Actor.SYSTEM}
        user = _text(row["user"])
        return self._agent(user) if user else {"actor_kind": Actor.CUSTOMER}

    def _agent(self, user: str) -> dict[str, Any]:
        name = str(self.desk.agents.get(user, {}).get("name", ""))
        return {"actor_kind": Actor.BOT if name.casefold() in self.bots else Actor.AGENT, "actor": user}

    def _columns(self, state: State, names: Sequence[str]) -> dict[str, Any]:
        """These fields in our words."""
        told: dict[str, Any] = {}
        if "queue" in names:
            told["pipeline"] = self.queue(state["queue"])
        if "holder" in names and state["holder"] != UNKNOWN:
            told["agent"] = state["holder"]
        if "priority" in names:
            told["priority"] = str(self.desk.names["priorities"].get(state["priority"], state["priority"]))
        if "status" in names or "on_hold" in names:
            told["status"] = self.category(state)
        return told


def _parted(ticket: Row) -> tuple[Row | None, Sequence[Row]]:
    """The follow-up that opened it, and the later ones."""
    rows = ticket["follow_ups"]
    if rows and abs(seconds(rows[0]["date"]) - seconds(ticket["created"])) <= OPENING:
        return rows[0], rows[1:]
    return None, rows


def _now(ticket: Row) -> State:
    return {name: _text(ticket[name]) for name in FIELDS}


def _differ(before: State, after: State) -> list[str]:
    return [name for name in FIELDS if before[name] != after[name]]


def _text(value: object) -> str:
    """A value as changes tell it; a number of 0 is nobody."""
    return "" if value is None or (value == 0 and value is not False) else str(value)


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in columns.items()}
