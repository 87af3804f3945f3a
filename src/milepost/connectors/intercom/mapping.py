"""From the parts of a conversation to its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.intercom.server import CREATED, NAME, Intercom, Row
from milepost.connectors.reading import answers_of
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message

OPEN: Final = "open"
CLOSED: Final = "closed"
# What a part of this type leaves a conversation as.
STATES: Final = {
    "close": CLOSED,
    "snoozed": "snoozed",
    **dict.fromkeys(("open", "unsnoozed", "timer_unsnooze"), OPEN),
    **dict.fromkeys(("assign_and_reopen", "assign_and_unsnooze", "note_and_reopen", "note_and_unsnooze"), OPEN),
}
NOTES: Final = frozenset({"note", "note_and_reopen", "note_and_unsnooze"})
# What customers are told; the others say something where they have a text.
MESSAGES: Final = frozenset({"comment", "quick_reply"})
SPOKEN: Final = frozenset({"assignment", "close", "open", "snoozed", "assign_and_reopen", "assign_and_unsnooze"})
CUSTOMERS: Final = frozenset({"user", "lead", "contact"})
# Whoever answered or asked for the conversation by hand; all else began it by a rule or a campaign.
BY_HAND: Final = frozenset({"customer_initiated", "admin_initiated"})
BEST: Final = 5


@dataclass(frozen=True)
class Story:
    """A conversation, and its parts in their order."""

    conversation: Row
    parts: Sequence[Row]

    @classmethod
    def of(cls, conversation: Row) -> "Story":
        """The story of a conversation as the server tells it."""
        with answers_of(NAME):
            parts = conversation["conversation_parts"]["conversation_parts"]
            return cls(conversation, sorted(parts, key=lambda part: (int(part[CREATED]), int(part["id"]))))

    @property
    def created(self) -> int:
        """When it began."""
        return int(self.conversation[CREATED])

    @property
    def is_cut(self) -> bool:
        """Whether it has earlier parts than those that are told."""
        return 0 < len(self.parts) < int(self.conversation["conversation_parts"]["total_count"])

    def assigned(self, *kinds: str) -> Iterator[str]:
        """Whom it was assigned to, of these kinds, the first one first."""
        for part in self.parts:
            to = part.get("assigned_to") or {}
            if to.get("type") in kinds:
                yield _number(to.get("id"))

    def statistic(self, name: str) -> int | None:
        """A moment that Intercom reckons."""
        at = (self.conversation.get("statistics") or {}).get(name)
        return None if at is None else int(at)


@dataclass(frozen=True)
class Meaning:
    """What the words of an Intercom mean."""

    desk: Intercom
    statuses: Mapping[str, Category]
    # The names of users that are programs.
    robots: frozenset[str]
    # Those who held conversations or worked in them, by number, as far as they are told.
    met: dict[str, Row] = field(default_factory=dict)

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a conversation, the opening first."""
        with answers_of(NAME):
            opening, now = self._opening(story), OPEN
            told = [(story.created, opening)]
            agent = str(opening["agent"])
            for part in story.parts:
                columns = self._part(part, now)
                now, agent = str(columns.pop("state", now)), str(columns.get("agent", agent))
                if columns.keys() - {"actor_kind", "actor"}:
                    told.append((int(part[CREATED]), columns))
            later = sorted([*told[1:], *self._untold(story, now, agent), *_rating(story)], key=lambda one: one[0])
            return [_event(story, max(at, story.created), columns) for at, columns in [told[0], *later]]

    def category(self, state: str) -> Category:
        """What a state means."""
        return self.statuses.get(state, Category.CLOSED if state == CLOSED else Category.OPEN)

    def _opening(self, story: Story) -> dict[str, object]:
        """How the conversation stood at first: nobody's, and of the team that it was given to first."""
        source = story.conversation.get("source") or {}
        team = next(story.assigned("team"), None)
        by_hand = source.get("delivered_as") in BY_HAND
        by = self._by(source.get("author")) if by_hand else {"actor_kind": Actor.SYSTEM}
        pipeline = _number(story.conversation.get("team_assignee_id")) if team is None else team
        return (
            by
            | {"message": _says(by["actor_kind"]), "status": self.category(OPEN)}
            | {"channel": str(source.get("type") or ""), "priority": str(story.conversation.get("priority") or "")}
            | {"team": self.desk.team(pipeline) if team is None and pipeline else ""}
            | ({"pipeline": self.desk.team(pipeline)} if pipeline else {})
            | self._holder("" if any(story.assigned("admin", "nobody_admin", "bot")) else self._now(story))
        )

    def _part(self, part: Row, before: str) -> dict[str, object]:
        """What a part tells. A customer who writes opens what was closed or snoozed, which is told by no other part."""
        kind, columns = str(part["part_type"]), self._by(part.get("author"))
        if kind in NOTES:
            columns["message"] = Message.NOTE
        elif kind in MESSAGES or (kind in SPOKEN and part.get("body")):
            columns["message"] = _says(columns["actor_kind"])
        reopens = columns.get("message") is Message.CUSTOMER and before != OPEN
        state = STATES.get(kind, OPEN if reopens else before)
        if state != before:
            columns |= {"state": state, "status": self.category(state)}
        return columns | self._assignment(part.get("assigned_to"))

    def _assignment(self, to: Row | None) -> dict[str, object]:
        """A conversation has a holder and a team, each for itself. What is given to a bot is nobody's."""
        number = _number((to or {}).get("id"))
        match (to or {}).get("type"):
            case "admin":
                return self._holder(number)
            case "nobody_admin" | "bot":
                return self._holder("")
            case "team":
                name: object = self.desk.team(number) if number else ""
                return {"team": name} | ({"pipeline": name} if name else {})
            case _:
                return {}

    def _untold(self, story: Story, state: str, agent: str) -> Iterator[tuple[int, dict[str, object]]]:
        """What no part says: when it was answered before the first of them, that it is closed, and who holds it."""
        replied, closed = story.statistic("first_admin_reply_at"), story.statistic("last_close_at")
        assigned = story.statistic("last_assignment_at")
        if story.is_cut and replied is not None and replied < int(story.parts[0][CREATED]):
            yield replied, {"actor_kind": Actor.AGENT, "message": Message.REPLY}
        if story.conversation.get("state") == CLOSED != state and closed is not None:
            yield closed, {"actor_kind": Actor.UNKNOWN, "status": self.category(CLOSED)}
        if self._now(story) != agent and assigned is not None:
            yield assigned, {"actor_kind": Actor.UNKNOWN} | self._holder(self._now(story))

    def _now(self, story: Story) -> str:
        """Who holds it now; no bot is anybody."""
        number = _number(story.conversation.get("admin_assignee_id"))
        return number if number in {*self.desk.admins, *story.assigned("admin")} else ""

    def _holder(self, number: str) -> dict[str, object]:
        if number:
            self.met.setdefault(number, {})
        return {"agent": number}

    def _by(self, author: Row | None) -> dict[str, object]:
        """Who did it. What Intercom's own agent answers in the name of somebody was written by a bot."""
        told = author or {}
        kind = told.get("type")
        if kind in CUSTOMERS:
            return {"actor_kind": Actor.CUSTOMER}
        if kind == "bot" or told.get("from_ai_agent") or str(told.get("name") or "").casefold() in self.robots:
            return {"actor_kind": Actor.BOT}
        if kind != "admin":
            return {"actor_kind": Actor.SYSTEM if kind else Actor.UNKNOWN}
        number = str(told["id"])
        self.met[number] = told
        return {"actor_kind": Actor.AGENT, "actor": number}


def _says(by: object) -> Message:
    return {Actor.CUSTOMER: Message.CUSTOMER, Actor.AGENT: Message.REPLY}.get(Actor(str(by)), Message.AUTOMATIC)


def _rating(story: Story) -> Iterator[tuple[int, dict[str, object]]]:
    """The customer's rating, from 1 to 5; nothing is told while it was only asked for."""
    told = story.conversation.get("conversation_rating") or {}
    if told.get("rating") is not None:
        score = round((int(told["rating"]) - 1) * 100 / (BEST - 1))
        yield int(told[CREATED]), {"actor_kind": Actor.CUSTOMER, "score": score}


def _number(value: object) -> str:
    """The number of somebody or of a team; 0 is nobody."""
    return "" if value in {None, 0, "0"} else str(value)


def _event(story: Story, at: int, columns: Mapping[str, object]) -> TicketEvent:
    told = {name: getattr(value, "value", value) for name, value in columns.items()}
    return TicketEvent(str(story.conversation["id"]), story.created, at, told)
