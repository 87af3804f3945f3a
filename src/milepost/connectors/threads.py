"""From the threads of a conversation to its events, for help desks that tell them as Help Scout does.

Every thread carries the status and the holder that it left the conversation with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from milepost.connectors.contract import Agent, TicketEvent
from milepost.connectors.reading import answers_of, maybe_seconds, seconds
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal
from milepost.tickets.store.staging import SEPARATOR

CREATED: Final = "createdAt"
ACTIVE: Final = "active"
CLOSED: Final = "closed"
SPAM: Final = "spam"
DRAFT: Final = "draft"
DELETED: Final = "deleted"
# What a thread says of the status that says nothing.
UNCHANGED: Final = frozenset({"", "nochange"})
# Kinds of threads, those that customers do not see, and what a line says that happened.
CUSTOMER, LINE = "customer", "lineitem"
MESSAGES: Final = frozenset({"message", "reply"})
NOTES: Final = frozenset({"note", "forwardparent", "forwardchild"})
ASSIGNED, MOVED = "changedticketassignee", "movedfrommailbox"
REMOVALS: Final = {"deletedticket": Removal.DELETED, "restoreticket": Removal.RESTORED}
# Who can hold a conversation and answer as a person, and who only does what a program does.
USER, SYSTEM_USER = "user", "system_user"

Row = dict[str, Any]


class Desk(Protocol):
    """Where conversations lie, and who has an account there, by number."""

    @property
    def mailboxes(self) -> Mapping[str, Row]:
        """The mailboxes, by number."""

    @property
    def users(self) -> Mapping[str, Row]:
        """Everybody who has an account, by number."""

    def mailbox(self, number: str) -> str:
        """The name of a mailbox."""


@dataclass(frozen=True)
class Story:
    """A conversation, what happened in it, in its order, and its tags."""

    conversation: Row
    threads: Sequence[Row]
    tags: Sequence[str]

    @classmethod
    def of(cls, conversation: Row, threads: Sequence[Row], tags: Sequence[str]) -> "Story":
        """The story of a conversation without what nobody sent."""
        sent = [row for row in threads if row["state"] == "published"]
        return cls(conversation, sorted(sent, key=lambda row: (seconds(row[CREATED]), int(row["id"]))), sorted(tags))

    @property
    def is_begun(self) -> bool:
        """Whether it is one at all, and nobody's draft."""
        return bool(self.conversation["state"] != DRAFT)

    @property
    def created(self) -> int:
        """When it began."""
        return seconds(self.conversation[CREATED])

    @property
    def opening(self) -> Row:
        """What it began with; empty where that is gone."""
        first = self.threads[0] if self.threads else {}
        return {} if first.get("type") == LINE else first

    @property
    def later(self) -> Sequence[Row]:
        """What happened after that."""
        return self.threads[1:] if self.opening else self.threads

    @property
    def moves(self) -> list[Row]:
        """How it came from other mailboxes, the first time first."""
        return [thread for thread in self.threads if _action(thread) == MOVED]


@dataclass
class _Standing:
    """How a conversation stands while its story is told."""

    at: int
    status: str
    agent: str
    is_deleted: bool = False


@dataclass(frozen=True)
class Meaning:
    """What the words of a help desk of this name mean."""

    name: str
    desk: Desk
    statuses: Mapping[str, Category]
    bots: frozenset[str]
    # Those who held conversations or worked in them, by number.
    met: dict[str, Row] = field(default_factory=dict)

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a conversation, the opening first; of a draft there are none."""
        with answers_of(self.name):
            if not story.is_begun:
                return []
            opening = story.opening
            now = _Standing(story.created, ACTIVE, self._opening_holder(story))
            told = [(story.created, self._opening(story) | {"agent": now.agent})]
            status = str(opening.get("status") or "")
            if status == SPAM:
                told.append((story.created, {"actor_kind": Actor.UNKNOWN} | self._turned(now, status)))
            elif status not in UNCHANGED:
                told[0][1].update(self._turned(now, status))
            for thread in story.later:
                columns = self._columns(thread, now, story)
                if columns.keys() - {"actor_kind", "actor"}:
                    told.append((now.at, columns))
            told += self._untold(story, now)
            return [_event(story, at, columns) for at, columns in sorted(told, key=lambda one: one[0])]

    def is_bot(self, user: Row) -> bool:
        """Whether a user is a program."""
        return name_of(user).casefold() in self.bots

    def agents(self, teams: Mapping[str, Sequence[str]]) -> Iterator[Agent]:
        """The users with their teams; then whoever held or answered something and is none any more."""
        with answers_of(self.name):
            for number, row in self.desk.users.items():
                if not self.is_bot(row):
                    yield _agent(number, row, teams.get(number, ()), active=True)
            for number in sorted(self.met.keys() - self.desk.users.keys()):
                yield _agent(number, self.met[number], (), active=False)

    def category(self, status: str) -> Category:
        """What a status means."""
        return self.statuses.get(status, Category.OPEN)

    def _opening(self, story: Story) -> dict[str, object]:
        """How the conversation stood at first, and who wrote what."""
        thread = story.opening
        by = self._by(thread or story.conversation)
        return (
            by
            | ({"message": _says(thread, by["actor_kind"])} if thread else {})
            | {"status": self.category(ACTIVE), "pipeline": self._first_mailbox(story)}
            | {"channel": str(story.conversation.get("type") or "")}
            | {"tags": SEPARATOR.join(story.tags) or None}
        )

    def _opening_holder(self, story: Story) -> str:
        """Who held it at first; where nothing ever told, whoever holds it now."""
        if any(_action(one) == ASSIGNED or _somebody(one.get("assignedTo")) for one in story.threads):
            return self._holder(story.opening.get("assignedTo"))
        return self._holder(story.conversation.get("assignee"))

    def _first_mailbox(self, story: Story) -> str:
        """Where it came to. A move does not tell from where, but the first message whom it was sent to."""
        now = self.desk.mailbox(str(story.conversation["mailboxId"]))
        if not story.moves:
            return now
        sent_to = {str(one).casefold() for one in story.opening.get("to") or ()}
        found = [key for key, row in self.desk.mailboxes.items() if str(row.get("email")).casefold() in sent_to]
        return self.desk.mailbox(found[0]) if len(found) == 1 else now

    def _columns(self, thread: Row, now: _Standing, story: Story) -> dict[str, object]:
        """What a thread tells. Each carries the status and the holder that it left the conversation with."""
        columns, kind, action = self._by(thread), thread["type"], _action(thread)
        now.at = max(seconds(thread[CREATED]), story.created)
        if kind != LINE:
            columns["message"] = _says(thread, columns["actor_kind"])
        status = str(thread.get("status") or "")
        if status not in UNCHANGED and status != now.status:
            columns |= self._turned(now, status)
        to = thread.get("assignedTo")
        holder = self._holder(to)
        # That nobody holds it says a line of that alone: others leave out who does.
        if holder != now.agent and (_somebody(to) or action == ASSIGNED):
            columns["agent"] = now.agent = holder
        if action in REMOVALS:
            columns["removal"] = REMOVALS[action]
            now.is_deleted = columns["removal"] is Removal.DELETED
        if action == MOVED and thread is story.moves[-1]:
            columns["pipeline"] = self.desk.mailbox(str(story.conversation["mailboxId"]))
        return columns

    def _turned(self, now: _Standing, status: str) -> dict[str, object]:
        """From one status to another; what is spam is out."""
        was, now.status = now.status, status
        if status == SPAM:
            return {"removal": Removal.SPAM}
        return {"status": self.category(status)} | ({"removal": Removal.RESTORED} if was == SPAM else {})

    def _untold(self, story: Story, now: _Standing) -> Iterator[tuple[int, dict[str, object]]]:
        """What no thread says of how it stands now: as of its closing, else of the last thread."""
        unknown = {"actor_kind": Actor.UNKNOWN}
        status, holder = str(story.conversation["status"]), self._holder(story.conversation.get("assignee"))
        closed = maybe_seconds(story.conversation.get("closedAt")) if status == CLOSED else None
        if holder != now.agent:
            yield now.at, unknown | {"agent": holder}
        if status != now.status:
            yield max(now.at, closed or 0), unknown | self._turned(now, status)
        if (story.conversation["state"] == DELETED) is not now.is_deleted:
            removal = Removal.RESTORED if now.is_deleted else Removal.DELETED
            yield now.at, unknown | {"removal": removal}

    def _holder(self, user: Row | None) -> str:
        """A user who holds it; neither a team nor a program does."""
        if not user or not _somebody(user) or user.get("type", USER) != USER or self.is_bot(user):
            return ""
        self.met.setdefault(str(user["id"]), user)
        return str(user["id"])

    def _by(self, row: Row) -> dict[str, object]:
        """Who did it. A user who is no more is told as nobody, who can still have answered."""
        person = row.get("createdBy") or {}
        if row.get("type") == CUSTOMER or person.get("type") == CUSTOMER:
            return {"actor_kind": Actor.CUSTOMER}
        if not person:
            return {"actor_kind": Actor.AGENT if row.get("type") in MESSAGES else Actor.UNKNOWN}
        if person.get("type") == SYSTEM_USER or self.is_bot(person):
            return {"actor_kind": Actor.BOT}
        return {"actor_kind": Actor.AGENT, "actor": self._holder(person)}


def name_of(user: Row) -> str:
    """The name of a user."""
    return " ".join(str(user[part]) for part in ("first", "firstName", "last", "lastName") if user.get(part))


def _agent(number: str, row: Row, teams: Sequence[str], *, active: bool) -> Agent:
    email = str(row.get("email") or "")
    return Agent(number, name_of(row) or email or f"#{number}", email, active=active, teams=teams)


def _somebody(held_by: Row | None) -> bool:
    """Whether a person or a team holds it; some write nobody with a number of 0."""
    return bool(held_by and held_by.get("id"))


def _action(thread: Row) -> str:
    """What a line says; its words are written together or with dashes between."""
    told = str((thread.get("action") or {}).get("type") or "") if thread["type"] == LINE else ""
    return told.replace("-", "").casefold()


def _says(thread: Row, by: object) -> Message:
    if thread["type"] in NOTES:
        return Message.NOTE
    return {Actor.CUSTOMER: Message.CUSTOMER, Actor.AGENT: Message.REPLY}.get(Actor(str(by)), Message.AUTOMATIC)


def _event(story: Story, at: int, columns: Mapping[str, object]) -> TicketEvent:
    told = {name: getattr(value, "value", value) for name, value in columns.items()}
    return TicketEvent(str(story.conversation["id"]), story.created, at, told)
