"""From the journals of a ticket to its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.reading import answers_of, seconds
from milepost.connectors.redmine.people import People
from milepost.connectors.redmine.server import NAME, Redmine, Row
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message

STATUS: Final = "status_id"
HOLDER: Final = "assigned_to_id"
PROJECT: Final = "project_id"
PRIORITY: Final = "priority_id"
# What a ticket is asked for, where it tells what is in a field now.
NOW: Final = {STATUS: "status", HOLDER: "assigned_to", PROJECT: "project", PRIORITY: "priority"}


@dataclass(frozen=True)
class Story:
    """A ticket and its journals, in the order of time: the server's is that of its reader's taste."""

    ticket: Row
    journals: Sequence[Row]

    @classmethod
    def of(cls, ticket: Row) -> "Story":
        """The story of a ticket as the server tells it."""
        with answers_of(NAME):
            journals = sorted(ticket["journals"], key=lambda one: (seconds(one["created_on"]), one["id"]))
            return cls(ticket, journals)

    def first(self, name: str) -> str:
        """What stood in a field at first: what its first change says was before, else what is there now."""
        before = (change["old_value"] for change in self.changes(name))
        return str(next(before, (self.ticket.get(NOW[name]) or {}).get("id")) or "")

    def ever(self, name: str) -> set[str]:
        """All that stood in a field at any time."""
        return {self.first(name), *(str(change["new_value"] or "") for change in self.changes(name))}

    def changes(self, name: str) -> Iterator[Row]:
        """The changes of a field, the first one first."""
        for journal in self.journals:
            for change in journal["details"]:
                if (change["property"], change["name"]) == ("attr", name):
                    yield change

    @property
    def created(self) -> int:
        """When it was opened."""
        return seconds(self.ticket["created_on"])


@dataclass(frozen=True)
class Meaning:
    """What the numbers of a Redmine mean."""

    desk: Redmine
    people: People
    statuses: Mapping[str, Category]
    # The names of the agents that were met in what was read, by their numbers.
    met: dict[str, str] = field(default_factory=dict)

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a ticket, the opening first."""
        with answers_of(NAME):
            agents, groups = self._who(story)
            opening = self._event(story, story.created, self._opening(story, agents, groups))
            return [opening, *self._updates(story, agents, groups)]

    def category(self, status: str) -> Category:
        """What a status means: by its name, else by what the server says of it."""
        row = self.desk.statuses.get(status)
        if row is None:
            return Category.OPEN
        mapped = self.statuses.get(str(row["name"]).casefold())
        if mapped is not None:
            return mapped
        if row["is_closed"]:
            return Category.CLOSED
        return Category.NEW if status in self.desk.first_statuses else Category.OPEN

    def project(self, number: str) -> str:
        """The name of a project; with its identifier where another one has the same name."""
        row = self.desk.projects.get(number)
        if row is None:
            return f"#{number}"
        name = str(row["name"])
        same = sum(one["name"] == name for one in self.desk.projects.values())
        return name if same == 1 else f"{name} ({row['identifier']})"

    def _who(self, story: Story) -> tuple[set[str], dict[str, str]]:
        """The agents and the groups of a ticket: those of its projects, and whoever it was assigned to."""
        projects = story.ever(PROJECT)
        groups = self.people.groups(projects)
        holders = story.ever(HOLDER) - groups.keys() - {""}
        self._meet(story, holders)
        return {*self.people.agents(projects), *holders}, groups

    def _meet(self, story: Story, numbers: set[str]) -> None:
        """Keep the names of those who hold tickets, also of those who are no members any more."""
        told = [
            *(story.ticket.get(name) for name in ("assigned_to", "author")),
            *(one.get("user") for one in story.journals),
        ]
        self.met.update({number: f"#{number}" for number in numbers - self.met.keys()})
        self.met.update({str(one["id"]): str(one["name"]) for one in told if one and str(one["id"]) in numbers})

    def _opening(self, story: Story, agents: set[str], groups: Mapping[str, str]) -> dict[str, object]:
        """How the ticket stood at first. What it was opened with is its description."""
        by = _by(story.ticket.get("author"), agents)
        return (
            by
            | {"message": MESSAGES[by["actor_kind"]], "agent": ""}
            | self._value(STATUS, story.first(STATUS), groups)
            | self._value(HOLDER, story.first(HOLDER), groups)
            | self._value(PROJECT, story.first(PROJECT), groups)
            | self._value(PRIORITY, story.first(PRIORITY), groups)
        )

    def _updates(self, story: Story, agents: set[str], groups: Mapping[str, str]) -> Iterator[TicketEvent]:
        for journal in story.journals:
            by = _by(journal.get("user"), agents)
            told = self._told(journal, by["actor_kind"], groups)
            if told:
                yield self._event(story, seconds(journal["created_on"]), by | told)

    def _told(self, journal: Row, actor: object, groups: Mapping[str, str]) -> dict[str, object]:
        told: dict[str, object] = {}
        if journal["notes"]:
            told["message"] = Message.NOTE if journal["private_notes"] else MESSAGES[actor]
        for change in journal["details"]:
            if change["property"] == "attr" and change["name"] in NOW:
                told |= self._value(change["name"], str(change["new_value"] or ""), groups)
        return told

    def _value(self, name: str, number: str, groups: Mapping[str, str]) -> dict[str, object]:
        """What stands in a field, in our words."""
        match name:
            case "status_id":
                return {"status": self.category(number)}
            case "project_id":
                return {"pipeline": self.project(number)}
            case "priority_id":
                return {"priority": str(self.desk.priorities.get(number, {}).get("name", ""))}
            case _:
                return {"team": groups[number], "agent": ""} if number in groups else {"agent": number}

    @staticmethod
    def _event(story: Story, at: int, columns: Mapping[str, object]) -> TicketEvent:
        told = {name: getattr(value, "value", value) for name, value in columns.items()}
        return TicketEvent(str(story.ticket["id"]), story.created, at, told)


MESSAGES: Final[Mapping[object, Message]] = {Actor.CUSTOMER: Message.CUSTOMER, Actor.AGENT: Message.REPLY}


def _by(user: Any, agents: set[str]) -> dict[str, object]:
    """Who did it: whoever is no agent of the ticket, or is not told, is a customer, and stays without a name."""
    if user is None or str(user["id"]) not in agents:
        return {"actor_kind": Actor.CUSTOMER}
    return {"actor_kind": Actor.AGENT, "actor": str(user["id"])}
