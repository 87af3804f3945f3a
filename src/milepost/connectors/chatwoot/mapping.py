"""From the messages of a conversation to its events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from milepost.connectors.chatwoot import activity
from milepost.connectors.chatwoot.activity import Activity, Change
from milepost.connectors.chatwoot.server import ACTIVE, CREATED, NAME, Chatwoot, Row
from milepost.connectors.contract import TicketEvent
from milepost.connectors.reading import answers_of
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message
from milepost.tickets.store.staging import SEPARATOR

INCOMING, OUTGOING, ACTIVITY, TEMPLATE = range(4)
# What was written with the conversation comes so many seconds after it at most.
TOGETHER: Final = 60
# A customer who writes in such a conversation opens it again; few versions say so.
LEFT: Final = frozenset({"resolved", "snoozed"})
# Stars from 1 to 5, on a scale of 0 to 100.
STAR: Final = 25
SURVEY: Final = "input_csat"


@dataclass(frozen=True)
class Meaning:
    """What the words of a Chatwoot mean."""

    desk: Chatwoot
    statuses: Mapping[str, Category]
    # The names of users that are programs.
    robots: frozenset[str]
    # The names of those who held conversations or wrote to customers, by number.
    met: dict[int, str] = field(default_factory=dict)

    def events(self, row: Row, messages: Sequence[Row]) -> list[TicketEvent]:
        """All events of a conversation, the opening first."""
        with answers_of(NAME):
            created = int(row[CREATED])
            read = [one if one["message_type"] != ACTIVITY else one | {"told": self._read(one)} for one in messages]
            story = Story(row, read)
            told = [(created, self._opening(story)), *self._later(story)]
            return [_event(row, created, max(at, created), columns) for at, columns in told]

    def _read(self, message: Row) -> Activity | None:
        return activity.read(str(message["content"] or ""), message.get("content_attributes") or {})

    def _opening(self, story: "Story") -> dict[str, object]:
        """How it stood at first: what is now, where no change is told."""
        row, told = story.row, self._all(story)
        message = self._message(story.opening) if story.opening else {"actor_kind": Actor.UNKNOWN}
        return message | {
            "status": self.statuses.get(story.first_status, Category.OPEN),
            "priority": story.first_priority,
            "channel": str(row["meta"].get("channel") or "").removeprefix("Channel::"),
            "pipeline": self._inbox(row),
            "agent": "" if Change.AGENT in told else self._assignee(row),
            "team": "" if Change.TEAM in told else _team(row),
            "tags": SEPARATOR.join(sorted(map(str, row.get("labels") or ()))) or None,
        }

    def _later(self, story: "Story") -> Iterator[tuple[int, dict[str, object]]]:
        """What was written and what changed, then what must have changed without a word that can be read."""
        now: dict[str, object] = {"status": story.first_status}
        opening = self._opening(story)
        now |= {name: opening[name] for name in ("agent", "team")}
        for message in story.messages:
            if message is story.opening:
                continue
            columns = self._columns(message, str(now["status"]))
            now |= {name: value for name, value in columns.items() if name in now}
            if columns:
                yield int(message[CREATED]), self._meant(columns)
            if message.get("content_type") == SURVEY:
                yield from _rating(message)
        stands = {"status": str(story.row["status"]), "agent": self._assignee(story.row), "team": _team(story.row)}
        unsaid: dict[str, object] = {name: value for name, value in stands.items() if now[name] != value}
        if unsaid:
            yield story.last_unread, {"actor_kind": Actor.UNKNOWN, **self._meant(unsaid)}

    def _columns(self, message: Row, status: str) -> dict[str, object]:
        """What a message tells; the status in the words of Chatwoot."""
        if message["message_type"] == ACTIVITY:
            told = message["told"]
            changes = self._changes(told) if told else {}
            return self._by(told) | changes if changes else {}
        columns = self._message(message)
        if columns.get("message") is Message.CUSTOMER and status in LEFT:
            columns["status"] = "open"
        return columns

    def _changes(self, told: Activity) -> dict[str, object]:
        columns: dict[str, object] = {}
        for change, value in self._known(told).items():
            columns[change.value] = self._number(value) if change is Change.AGENT else value
        return columns

    def _known(self, told: Activity) -> dict[Change, str]:
        """The changes of a sentence; a name that is neither an agent's nor a team's says nothing."""
        changes = {}
        for change, value in told.changes.items():
            if change is Change.EITHER:
                if value.casefold() in self._names:
                    changes[Change.AGENT] = value
                elif value in self.desk.teams.values():
                    changes[Change.TEAM] = value
            elif change is not Change.AGENT or not value or value.casefold() in self._names:
                changes[change] = value
        return changes

    def _all(self, story: "Story") -> set[Change]:
        """What changed at some time."""
        return {change for told in story.told for change in self._known(told)}

    def _number(self, name: str) -> str:
        return str(self._names[name.casefold()]) if name else ""

    @cached_property
    def _names(self) -> dict[str, int]:
        """Agents by their names, where only one of them is called so."""
        with answers_of(NAME):
            named = [
                (name.casefold(), number)
                for number, row in self.desk.agents.items()
                for name in {str(row.get("name") or ""), str(row.get("available_name") or "")} - {""}
            ]
        often = Counter(name for name, _ in named)
        return {name: number for name, number in named if often[name] == 1}

    def _by(self, told: Activity) -> dict[str, object]:
        if not told.by or activity.is_machine(told.by):
            return {"actor_kind": Actor.SYSTEM}
        if told.by.casefold() in self._names:
            kind = Actor.BOT if told.by.casefold() in self.robots else Actor.AGENT
            return {"actor_kind": kind, "actor": self._number(told.by)}
        return {"actor_kind": Actor.UNKNOWN}

    def _message(self, message: Row) -> dict[str, object]:
        """Who wrote what. What a rule, a bot or a campaign sent is automatic, and so is what no user sent."""
        attributes = message.get("content_attributes") or {}
        sender = message.get("sender") or {}
        if message["message_type"] == INCOMING:
            if (attributes.get("email") or {}).get("auto_reply"):
                return {"actor_kind": Actor.SYSTEM, "message": Message.AUTOMATIC}
            return {"actor_kind": Actor.CUSTOMER, "message": Message.CUSTOMER}
        kind = str(sender.get("type") or "").replace("_", "").casefold()
        if kind == "agentbot":
            return {"actor_kind": Actor.BOT, "message": Message.AUTOMATIC}
        if message["message_type"] == TEMPLATE or kind != "user" or attributes.get("automation_rule_id"):
            return {"actor_kind": Actor.SYSTEM, "message": Message.AUTOMATIC}
        self.met[int(sender["id"])] = str(sender.get("name") or "")
        if str(sender.get("name") or "").casefold() in self.robots:
            return {"actor_kind": Actor.BOT, "actor": str(sender["id"]), "message": Message.AUTOMATIC}
        return {
            "actor_kind": Actor.AGENT,
            "actor": str(sender["id"]),
            "message": Message.NOTE if message.get("private") else Message.REPLY,
        }

    def _assignee(self, row: Row) -> str:
        """Who holds it now; a bot that does is nobody."""
        assignee = row["meta"].get("assignee")
        if not assignee or row["meta"].get("assignee_type") not in {None, "User"}:
            return ""
        self.met.setdefault(int(assignee["id"]), str(assignee.get("name") or ""))
        return str(assignee["id"])

    def _inbox(self, row: Row) -> str:
        inbox = self.desk.inboxes.get(int(row["inbox_id"]))
        return str(inbox["name"]) if inbox else f"#{row['inbox_id']}"

    def _meant(self, columns: Mapping[str, object]) -> dict[str, object]:
        if "status" not in columns:
            return dict(columns)
        return {**columns, "status": self.statuses.get(str(columns["status"]), Category.OPEN)}


@dataclass(frozen=True)
class Story:
    """A conversation, and its messages in their order; activities with what they tell."""

    row: Row
    messages: Sequence[Row]

    @property
    def opening(self) -> Row | None:
        """The message that it was made with."""
        first = next((one for one in self.messages if one["message_type"] != ACTIVITY), None)
        if first is None or int(first[CREATED]) - int(self.row[CREATED]) > TOGETHER:
            return None
        return first

    @property
    def told(self) -> Iterable[Activity]:
        """What the activities tell."""
        return [one["told"] for one in self.messages if one.get("told")]

    @property
    def first_status(self) -> str:
        """Open, unless it was opened before it was ever left, or pends and nothing else is told: then a bot had it."""
        statuses = [one.changes[Change.STATUS] for one in self.told if Change.STATUS in one.changes]
        first = statuses[0] if statuses else str(self.row["status"])
        return "pending" if first == ("open" if statuses else "pending") else "open"

    @property
    def first_priority(self) -> str:
        """What the first change says was before, else what is now."""
        changed = next((one for one in self.told if Change.PRIORITY in one.changes), None)
        return str(self.row.get("priority") or "") if changed is None else changed.before or ""

    @property
    def last_unread(self) -> int:
        """When something happened last that cannot be read; else when anything did."""
        unread = [int(one[CREATED]) for one in self.messages if one["message_type"] == ACTIVITY and not one["told"]]
        return max(unread, default=int(self.row[ACTIVE]))


def _team(row: Row) -> str:
    return str((row["meta"].get("team") or {}).get("name") or "")


def _rating(message: Row) -> Iterator[tuple[int, dict[str, object]]]:
    """What a customer answered; a message does not tell when, only when it was asked."""
    answered = ((message.get("content_attributes") or {}).get("submitted_values") or {}).get("csat_survey_response")
    if answered:
        score = (int(answered["rating"]) - 1) * STAR
        yield int(message[CREATED]), {"actor_kind": Actor.CUSTOMER, "score": score}


def _event(row: Row, created: int, at: int, columns: Mapping[str, object]) -> TicketEvent:
    told = {name: getattr(value, "value", value) for name, value in columns.items()}
    return TicketEvent(str(row["id"]), created, at, told)
