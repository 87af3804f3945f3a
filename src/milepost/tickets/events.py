"""The normal form of what happened to a ticket, whatever help desk or file told it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from milepost.tickets.columns import Category, Column

# In events a number of 0 says "nobody" or "none"; null says that the event does not tell.
NOBODY: Final = 0


class EventKind(StrEnum):
    """A ticket is created once; all else is an update."""

    CREATED = "created"
    UPDATE = "update"


class Message(StrEnum):
    """What kind of message an update brought; what a rule, an auto-reply or an absence sent is automatic."""

    REPLY = "reply"
    NOTE = "note"
    CUSTOMER = "customer"
    AUTOMATIC = "automatic"


class Removal(StrEnum):
    """How an update took a ticket out of all numbers, or brought it back."""

    MERGED = "merged"
    DELETED = "deleted"
    SPAM = "spam"
    RESTORED = "restored"


class Tells(StrEnum):
    """What a source can tell beside the creation of its tickets. What it cannot is “not told”, never 0."""

    HISTORY = "history"
    STATUS = "status"
    RESPONSE = "response"
    MESSAGES = "messages"
    AGENTS = "agents"
    TEAMS = "teams"
    RATINGS = "ratings"


class Actor(StrEnum):
    """What kind of actor made an update."""

    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


class Response(StrEnum):
    """What stands for a first response in a source."""

    MESSAGES = "messages"
    LEAVES_NEW = "leaves_new"
    UNKNOWN = "unknown"


class CreditRule(StrEnum):
    """Whom a resolution counts for: whoever held the ticket at the act, or whoever holds it while it stays resolved."""

    AT_RESOLUTION = "at_resolution"
    WHILE_RESOLVED = "while_resolved"


@dataclass(frozen=True, slots=True)
class ReplayRules:
    """What a source can tell: whether it has history, what a first response is in it, whom a resolution counts for."""

    history: bool = True
    response: Response = Response.MESSAGES
    credit: CreditRule = CreditRule.AT_RESOLUTION

    def able(self) -> frozenset[Tells]:
        """What a source of these rules may tell at most."""
        lacking = {
            Tells.HISTORY: not self.history,
            Tells.RESPONSE: self.response is Response.UNKNOWN,
            Tells.MESSAGES: not self.history or self.response is not Response.MESSAGES,
        }
        return frozenset(one for one in Tells if not lacking.get(one, False))


@dataclass(frozen=True, slots=True)
class Event:
    """One update of one ticket, in numbers of the fact store. None: not told by it; NOBODY: told to be none.

    A survivor is the source's own key of the ticket that this one was merged into. A score is on a scale of 0 to 100,
    whatever the scale of the source.
    """

    at: int
    kind: EventKind
    message: Message | None = None
    actor_kind: Actor = Actor.UNKNOWN
    actor: int | None = None
    status: Category | None = None
    agent: int | None = None
    team: int | None = None
    pipeline: int | None = None
    priority: int | None = None
    channel: int | None = None
    tags: Sequence[int] | None = None
    removal: Removal | None = None
    survivor: str | None = None
    score: int | None = None
    fields: Sequence[float | int | None] = ()


# The columns whose equality makes two events of a ticket the same event, in the order of the staging file.
TOLD_COLUMNS: Final = (
    Column("happened_at", "BIGINT", "UTC seconds: when it happened, as the source says"),
    Column("kind", "VARCHAR", "created or update"),
    Column("message", "VARCHAR", "the kind of message it brought"),
    Column("actor_kind", "VARCHAR", "who acted"),
    Column("actor", "INTEGER", "number of the agent who acted"),
    Column("status", "VARCHAR", "the category of the status after it"),
    Column("agent", "INTEGER", "number of the assignee after it"),
    Column("team", "INTEGER", "number of the group after it"),
    Column("pipeline", "INTEGER", "number of the pipeline after it"),
    Column("priority", "INTEGER", "number of the priority after it"),
    Column("channel", "INTEGER", "number of the channel after it"),
    Column("tags", "INTEGER[]", "numbers of the tags after it"),
    Column("removal", "VARCHAR", "how it took the ticket out, or brought it back"),
    Column("survivor", "VARCHAR", "the source's key of the ticket it was merged into"),
    Column("score", "INTEGER", "the customer's rating, 0 to 100"),
)

# What we know of an event beside what the source told.
KEPT_COLUMNS: Final = (
    Column("ticket", "BIGINT", "our own number of the ticket"),
    Column("seq", "INTEGER", "order within the ticket: the order of the source, which need not be that of time"),
    Column("seen_at", "BIGINT", "UTC seconds: when we first read it"),
    Column("withdrawn_at", "BIGINT", "UTC seconds: when the source no longer told it"),
    Column("inferred", "BOOLEAN", "concluded by us from a later import, not told by the source"),
)
