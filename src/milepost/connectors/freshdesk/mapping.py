"""From a ticket, its first reply and its ratings to its events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import TicketEvent
from milepost.connectors.freshdesk.server import GROUP, NAME, PRODUCT, TYPE, Freshdesk, Row, Ticket, text
from milepost.connectors.freshdesk.settings import Settings
from milepost.connectors.reading import answers_of, seconds
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

# What may divide tickets, and the field of a ticket that tells it.
DIVISIONS: Final = {"products": PRODUCT, "types": TYPE, "groups": GROUP}
PRIORITIES: Final = {"1": "Low", "2": "Medium", "3": "High", "4": "Urgent"}
CHANNELS: Final = {
    "1": "Email",
    "2": "Portal",
    "3": "Phone",
    "7": "Chat",
    "9": "Feedback widget",
    "10": "Outbound email",
}
# The way of a ticket that an agent opened by writing to somebody.
OUTBOUND: Final = "10"
# What was forwarded went to somebody else than the customer.
FORWARDED: Final = 8
# The seven answers to a survey, from the worst to the best.
SCORES: Final = {"-103": 0, "-102": 17, "-101": 33, "100": 50, "101": 67, "102": 83, "103": 100}
RESOLVED: Final = frozenset({Category.RESOLVED, Category.CLOSED})

Columns = dict[str, object]


@dataclass(frozen=True)
class Meaning:
    """What the numbers of an account mean."""

    desk: Freshdesk
    settings: Settings
    # Whoever replied or holds a ticket in what was read, and is no agent any more.
    met: set[str] = field(default_factory=set)

    def events(self, ticket: Ticket) -> list[TicketEvent]:
        """All events of a ticket, the opening first."""
        with answers_of(NAME):
            later = sorted(
                [*self._reply(ticket), *self._status(ticket), *self._ratings(ticket)], key=lambda one: one[0]
            )
            told = [(ticket.created, self._opening(ticket)), *later]
            return [self._event(ticket, at, columns) for at, columns in told]

    def taken_out(self, ticket: Ticket, removal: Removal) -> TicketEvent:
        """What is told of a ticket that was deleted or marked as spam: that it was, and when it changed last."""
        return self._event(ticket, ticket.changed, {"actor_kind": Actor.UNKNOWN, "removal": removal})

    @property
    def pipelines(self) -> Mapping[str, str]:
        """The names of what divides tickets, by what tickets tell of it."""
        match self._division:
            case "product_id":
                return self.desk.products
            case "type":
                return {name: name for name in self.desk.types}
            case _:
                return {number: str(row["name"]) for number, row in self.desk.groups.items()}

    def category(self, status: str) -> Category:
        """What a status means, by its name; one that is not mapped is open."""
        return self.settings.statuses.get(self.desk.statuses.get(status, "").casefold(), Category.OPEN)

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

    def _opening(self, ticket: Ticket) -> Columns:
        """Who opened it, and where it stands now: where it stood before is not told."""
        by = Columns(actor_kind=Actor.UNKNOWN)
        if ticket.channel != OUTBOUND:
            by = {"actor_kind": Actor.CUSTOMER, "message": Message.CUSTOMER}
        group = self.desk.groups.get(ticket.divisions[GROUP])
        division = ticket.divisions[self._division]
        self._meet(ticket.agent)
        return by | {
            "agent": ticket.agent,
            "team": str(group["name"]) if group else _numbered(ticket.divisions[GROUP]),
            "pipeline": self.pipelines.get(division, division if self._division == TYPE else _numbered(division)),
            "priority": PRIORITIES.get(ticket.priority, ticket.priority),
            "channel": CHANNELS.get(ticket.channel, _numbered(ticket.channel)),
        }

    def _reply(self, ticket: Ticket) -> Iterator[tuple[int, Columns]]:
        """The first reply of a person; where it is not among what was written, as the ticket tells it."""
        if ticket.replied is None:
            return
        reply: Columns = {"actor_kind": Actor.AGENT, "message": Message.REPLY}
        first = next((row for row in self.desk.written(ticket.number) if self._replies(row, ticket)), None)
        if first is None:
            yield ticket.replied, reply
            return
        author = text(first["user_id"])
        self._meet(author)
        yield seconds(first["created_at"]), reply | {"actor": author}

    @staticmethod
    def _replies(row: Row, ticket: Ticket) -> bool:
        """Whether a person of the help desk wrote this to the customer."""
        if row["incoming"] or row["private"] or row["source"] == FORWARDED:
            return False
        if row["automation_id"] or row["auto_response"]:
            return False
        return row["user_id"] is not None and text(row["user_id"]) != ticket.requester

    def _status(self, ticket: Ticket) -> Iterator[tuple[int, Columns]]:
        """When it was reopened and resolved last and closed after that, or came into the status that it has now."""
        by = Columns(actor_kind=Actor.UNKNOWN)
        status = self.category(ticket.status)
        if ticket.reopened is not None and (status in RESOLVED or ticket.reopened < ticket.since):
            yield ticket.reopened, by | {"status": Category.OPEN}
        if status not in RESOLVED:
            yield ticket.since, by | {"status": status}
            return
        resolved = ticket.resolved or ticket.closed or ticket.since
        yield resolved, by | {"status": Category.RESOLVED}
        if status is Category.CLOSED:
            yield max(ticket.closed or resolved, resolved), by | {"status": Category.CLOSED}

    def _ratings(self, ticket: Ticket) -> Iterator[tuple[int, Columns]]:
        """What the customer answered to the first question of each survey."""
        if not self.desk.surveys or not (ticket.replied or ticket.resolved or ticket.closed):
            return
        for row in sorted(self.desk.ratings(ticket.number), key=lambda one: seconds(one["created_at"])):
            score = SCORES.get(text((row.get("ratings") or {}).get("default_question")))
            if score is not None:
                yield seconds(row["created_at"]), {"actor_kind": Actor.CUSTOMER, "score": score}

    def _meet(self, number: str) -> None:
        if number and number not in self.desk.agents:
            self.met.add(number)

    @staticmethod
    def _event(ticket: Ticket, at: int, columns: Columns) -> TicketEvent:
        told = {name: getattr(value, "value", value) for name, value in columns.items()}
        return TicketEvent(str(ticket.number), ticket.created, max(at, ticket.created), told)


def _numbered(number: str) -> str:
    """What stands for a name that is not told."""
    return f"#{number}" if number else ""
