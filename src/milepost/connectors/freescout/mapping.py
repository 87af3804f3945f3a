"""From the threads of a conversation to its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.freescout.server import CREATED, NAME, FreeScout, Row
from milepost.connectors.reading import answers_of, maybe_seconds, seconds
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal
from milepost.tickets.store.staging import SEPARATOR

ACTIVE: Final = "active"
CLOSED: Final = "closed"
SPAM: Final = "spam"
DRAFT: Final = "draft"
DELETED: Final = "deleted"
# What a thread says of the status that says nothing.
UNCHANGED: Final = frozenset({"", "nochange"})
# Kinds of threads, and what a line says that happened.
CUSTOMER, MESSAGE, NOTE, LINE = "customer", "message", "note", "lineitem"
ASSIGNED, MOVED = "changed-ticket-assignee", "moved-from-mailbox"
REMOVALS: Final = {"deleted-ticket": Removal.DELETED, "restore-ticket": Removal.RESTORED}


@dataclass(frozen=True)
class Story:
    """A conversation, and what happened in it, in its order."""

    conversation: Row
    threads: Sequence[Row]

    @classmethod
    def of(cls, conversation: Row) -> "Story":
        """The story of a conversation as the server tells it, without what nobody sent."""
        with answers_of(NAME):
            threads = [row for row in conversation["_embedded"]["threads"] if row["state"] == "published"]
            return cls(conversation, sorted(threads, key=lambda row: (seconds(row[CREATED]), int(row["id"]))))

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
    """What the words of a FreeScout mean."""

    desk: FreeScout
    statuses: Mapping[str, Category]
    bots: frozenset[str]
    # Those who held conversations or worked in them, by number.
    met: dict[str, Row] = field(default_factory=dict)

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a conversation, the opening first; of a draft there are none."""
        with answers_of(NAME):
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

    def category(self, status: str) -> Category:
        """What a status means."""
        return self.statuses.get(status, Category.OPEN)

    def _opening(self, story: Story) -> dict[str, object]:
        """How the conversation stood at first, and who wrote what."""
        thread = story.opening
        by = self._by(thread or story.conversation)
        tags = (story.conversation.get("_embedded") or {}).get("tags") or ()
        return (
            by
            | ({"message": _says(thread, by["actor_kind"])} if thread else {})
            | {"status": self.category(ACTIVE), "pipeline": self._first_mailbox(story)}
            | {"channel": str(story.conversation.get("type") or "")}
            | {"tags": SEPARATOR.join(sorted(str(tag["name"]) for tag in tags)) or None}
        )

    def _opening_holder(self, story: Story) -> str:
        """Who held it at first; where nothing ever told, whoever holds it now."""
        if any(_action(one) == ASSIGNED or one.get("assignedTo") for one in story.threads):
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
        holder = self._holder(thread.get("assignedTo"))
        # That nobody holds it says a line of that alone: others leave out who does.
        if holder != now.agent and (holder or action == ASSIGNED):
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
        """A user who holds it; no program does."""
        if not user or self.is_bot(user):
            return ""
        self.met.setdefault(str(user["id"]), user)
        return str(user["id"])

    def _by(self, row: Row) -> dict[str, object]:
        """Who did it. A user who is no more is told as nobody, who can still have answered."""
        person = row.get("createdBy") or {}
        if row.get("type") == CUSTOMER or person.get("type") == CUSTOMER:
            return {"actor_kind": Actor.CUSTOMER}
        if not person:
            return {"actor_kind": Actor.AGENT if row.get("type") == MESSAGE else Actor.UNKNOWN}
        if self.is_bot(person):
            return {"actor_kind": Actor.BOT}
        return {"actor_kind": Actor.AGENT, "actor": self._holder(person)}


def name_of(user: Row) -> str:
    """The name of a user."""
    return " ".join(filter(None, (str(user.get(part) or "") for part in ("firstName", "lastName"))))


def _action(thread: Row) -> str:
    return str((thread.get("action") or {}).get("type") or "") if thread["type"] == LINE else ""


def _says(thread: Row, by: object) -> Message:
    if thread["type"] == NOTE:
        return Message.NOTE
    return {Actor.CUSTOMER: Message.CUSTOMER, Actor.AGENT: Message.REPLY}.get(Actor(str(by)), Message.AUTOMATIC)


def _event(story: Story, at: int, columns: Mapping[str, object]) -> TicketEvent:
    told = {name: getattr(value, "value", value) for name, value in columns.items()}
    return TicketEvent(str(story.conversation["id"]), story.created, at, told)
