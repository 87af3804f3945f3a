"""From the updates of a ticket to its events."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import TicketEvent
from milepost.connectors.reading import answers_of
from milepost.connectors.zendesk.server import (
    BRAND,
    CUSTOM,
    FIELDS,
    FORM,
    GROUP,
    HOLDER,
    NAME,
    PRIORITY,
    REQUESTER,
    STATUS,
    Ticket,
    Zendesk,
)
from milepost.connectors.zendesk.settings import Settings
from milepost.connectors.zendesk.story import Entry, Story
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

# What may divide tickets, and the field of a ticket that tells it.
DIVISIONS: Final = {"forms": FORM, "brands": BRAND, "groups": GROUP}
# The number of Zendesk itself among users, and the ways by which its rules and its own bots act.
SYSTEM: Final = "-1"
RULE: Final = "rule"
BOTS: Final = "answer_bot"
# Why an update was made: one of the two tickets of a merge tells it.
MERGE: Final = "merge"
MESSAGES: Final[Mapping[object, Message]] = {
    Actor.AGENT: Message.REPLY,
    Actor.CUSTOMER: Message.CUSTOMER,
    Actor.BOT: Message.AUTOMATIC,
    Actor.SYSTEM: Message.AUTOMATIC,
}

State = Mapping[str, str]
Columns = dict[str, object]


@dataclass(frozen=True)
class Meaning:
    """What the numbers of an account mean."""

    desk: Zendesk
    settings: Settings
    # Holders of tickets that were met in what was read, who are no agents any more.
    met: set[str] = field(default_factory=set)

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a ticket, the opening first."""
        with answers_of(NAME):
            agents = self.desk.agents.keys() | story.holders
            self.met.update(story.holders - self.desk.agents.keys())
            told = [self._opening(story, agents), *self._later(story, agents)]
            return [self._event(story.ticket, at, columns) for at, columns in told]

    def deleted(self, ticket: Ticket) -> TicketEvent:
        """What is told of a ticket that was deleted: that it was, and when."""
        return self._event(ticket, ticket.changed, {"actor_kind": Actor.UNKNOWN, "removal": Removal.DELETED})

    @property
    def pipelines(self) -> Mapping[str, str]:
        """The names of what divides tickets, by number."""
        names = {FORM: lambda: self.desk.forms, BRAND: lambda: self.desk.brands, GROUP: lambda: self.desk.groups}
        return names[self._division]()

    def category(self, state: State) -> Category:
        """What a status means: a custom one by its name, else by the status of Zendesk that it belongs to."""
        own = self.desk.statuses.get(state[CUSTOM])
        if own is not None and state[STATUS] != "closed":
            named = self.settings.statuses.get(str(own["agent_label"]).casefold())
            if named is not None:
                return named
        return self.settings.statuses.get(state[STATUS], Category.OPEN)

    @property
    def _division(self) -> str:
        """The field that tells the pipeline of a ticket; refuses a word that is none."""
        found = DIVISIONS.get(self.settings.pipelines.strip().casefold())
        if found is None:
            raise SourceFailed(
                gettext_noop("“%(pipelines)s” divides no tickets. Enter one of these under Pipelines: %(known)s."),
                permanent=True,
                pipelines=self.settings.pipelines,
                known=", ".join(DIVISIONS),
            )
        return found

    def _opening(self, story: Story, agents: Collection[str]) -> tuple[int, Columns]:
        """How the ticket stood once it was opened, and who opened it."""
        state, columns = story.first, Columns(actor_kind=Actor.UNKNOWN)
        if story.entries:
            columns = self._by(story.entries[0], state, agents)
            columns |= self._said(story.entries[0], columns)
        return story.ticket.created, columns | {"channel": story.ticket.channel} | self._values(state, FIELDS)

    def _later(self, story: Story, agents: Collection[str]) -> Iterator[tuple[int, Columns]]:
        """What every later update changed, said or rated; one that did nothing of it is left out."""
        state = story.first
        for entry in story.entries[1:]:
            before, state = state, self._after(state, entry)
            by = self._by(entry, state, agents)
            told = self._said(entry, by) | self._values(state, [name for name in FIELDS if before[name] != state[name]])
            if told:
                yield entry.at, by | told

    def _after(self, state: State, entry: Entry) -> dict[str, str]:
        """What stands in the fields after an update. A custom status may be told without the one it belongs to."""
        after = {**state, **entry.after}
        own = self.desk.statuses.get(entry.after.get(CUSTOM, ""))
        if own is not None and STATUS not in entry.after:
            after[STATUS] = str(own["status_category"])
        return after

    def _said(self, entry: Entry, by: Columns) -> Columns:
        """The message of an update, the rating in it, and whether the ticket goes on as another one from it on."""
        if entry.merged:
            return {"removal": Removal.MERGED, "survivor": entry.survivor or None}
        told: Columns = {}
        if entry.comment is not None:
            public = entry.comment.public and entry.why != MERGE
            message = MESSAGES[by["actor_kind"]] if public else Message.NOTE
            silent = message is Message.REPLY and entry.comment.channel.casefold() in self.settings.silent
            told["message"] = Message.NOTE if silent else message
        if entry.score is not None:
            told["score"] = entry.score
        return told

    def _by(self, entry: Entry, state: State, agents: Collection[str]) -> Columns:
        """Who did it. Whoever asked for help is the customer in this ticket, agent or not; so is who is no agent."""
        author = entry.comment.author if entry.comment else entry.author
        if entry.channel == RULE or author == SYSTEM:
            return {"actor_kind": Actor.SYSTEM}
        if entry.channel.startswith(BOTS):
            return {"actor_kind": Actor.BOT}
        if author == state[REQUESTER] or author not in agents:
            return {"actor_kind": Actor.CUSTOMER}
        name = str(self.desk.agents.get(author, {}).get("name", "")).casefold()
        return {"actor_kind": Actor.BOT if name in self.settings.robots else Actor.AGENT, "actor": author}

    def _values(self, state: State, names: list[str] | tuple[str, ...]) -> Columns:
        """What stands in these fields, in our words."""
        told: Columns = {}
        if STATUS in names or CUSTOM in names:
            told["status"] = self.category(state)
        if HOLDER in names:
            told["agent"] = state[HOLDER]
        if GROUP in names:
            told["team"] = _named(self.desk.groups, state[GROUP])
        if PRIORITY in names:
            told["priority"] = state[PRIORITY]
        if self._division in names:
            told["pipeline"] = _named(self.pipelines, state[self._division])
        return told

    @staticmethod
    def _event(ticket: Ticket, at: int, columns: Columns) -> TicketEvent:
        told = {name: getattr(value, "value", value) for name, value in columns.items()}
        return TicketEvent(str(ticket.number), ticket.created, max(at, ticket.created), told)


def _named(names: Mapping[str, str], number: str) -> str:
    """A name; the number where there is none any more."""
    return names.get(number, f"#{number}") if number else ""
