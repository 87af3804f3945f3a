"""From the changes and the comments of a ticket to its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from milepost.connectors.contract import TicketEvent
from milepost.connectors.jira.server import CHANNEL, CREATED, NAME, Jira, Row
from milepost.connectors.reading import answers_of, seconds
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message

CATEGORIES: Final = {"new": Category.NEW, "indeterminate": Category.OPEN, "done": Category.CLOSED}
DONE: Final = "done"
STATUS: Final = "status"
HOLDER: Final = "assignee"
PROJECT: Final = "project"
PRIORITY: Final = "priority"
CLOSED: Final = "resolutiondate"
# A kind of account: whoever has one of the company's, beside customers and apps.
COLLEAGUE: Final = "atlassian"


@dataclass(frozen=True)
class Story:
    """A ticket, what was changed, and what was written in it, each in its order."""

    ticket: Row
    changes: Sequence[Row]
    comments: Sequence[Row]

    @classmethod
    def of(cls, ticket: Row, changes: Sequence[Row], comments: Sequence[Row]) -> "Story":
        """In the order of time: a search tells changes from the newest back."""
        with answers_of(NAME):
            return cls(
                ticket,
                sorted(changes, key=lambda row: (seconds(row[CREATED]), int(row["id"]))),
                sorted(comments, key=lambda row: (seconds(row[CREATED]), int(row["id"]))),
            )

    @property
    def fields(self) -> Row:
        """What is in the fields now."""
        return dict(self.ticket["fields"])

    @property
    def created(self) -> int:
        """When it was opened."""
        return seconds(self.fields[CREATED])

    def of_field(self, name: str) -> Iterator[Row]:
        """The changes of a field, the first one first."""
        for change in self.changes:
            yield from (item for item in change["items"] if _field(item) == name)

    def first(self, name: str) -> tuple[str, str]:
        """What its first change says was in a field before, else what is there now; by number and by name."""
        for item in self.of_field(name):
            return _text(item.get("from")), _text(item.get("fromString"))
        now = self.fields.get(name) or {}
        return _text(now.get("accountId") or now.get("id")), _text(now.get("name"))

    @property
    def holders(self) -> set[str]:
        """Everybody who held it at any time."""
        return {self.first(HOLDER)[0], *(_text(item.get("to")) for item in self.of_field(HOLDER))} - {""}


@dataclass(frozen=True)
class Meaning:
    """What the words of a Jira mean."""

    desk: Jira
    statuses: Mapping[str, Category]
    # Those who held tickets or worked on them, by account, as far as they are told.
    met: dict[str, Row] = field(default_factory=dict)

    def events(self, story: Story) -> list[TicketEvent]:
        """All events of a ticket, the opening first."""
        with answers_of(NAME):
            for account in story.holders:
                self.met.setdefault(account, {})
            told = sorted([*self._changes(story), *self._unseen(story), *self._messages(story)], key=lambda one: one[0])
            opening = (story.created, self._opening(story))
            return [_event(story, max(at, story.created), columns) for at, columns in [opening, *told]]

    def category(self, number: str, name: str) -> Category:
        """What a status means: by its name now, else by its category; one that is no more has the name it had."""
        row = self.desk.statuses.get(number) or {}
        mapped = self.statuses.get(str(row.get("name") or name).casefold())
        if mapped is not None:
            return mapped
        return CATEGORIES.get(self._kind(number), Category.OPEN)

    def _kind(self, number: str) -> str:
        return str(((self.desk.statuses.get(number) or {}).get("statusCategory") or {}).get("key") or "")

    def _opening(self, story: Story) -> dict[str, object]:
        """How the ticket stood at first. What a customer opened it with is its description."""
        by = self._by(story.fields.get("creator"), story)
        channel = ((story.ticket.get("properties") or {}).get(CHANNEL) or {}).get("value")
        status = (
            {"status": Category.OPEN} if self._was_closed_unseen(story) else self._value(STATUS, *story.first(STATUS))
        )
        return (
            by
            | ({"message": Message.CUSTOMER} if by["actor_kind"] is Actor.CUSTOMER else {})
            | {"channel": _text(channel)}
            | status
            | self._value(HOLDER, *story.first(HOLDER))
            | self._value(PROJECT, *story.first(PROJECT))
            | self._value(PRIORITY, *story.first(PRIORITY))
        )

    def _changes(self, story: Story) -> Iterator[tuple[int, dict[str, object]]]:
        """What was changed at once, by whom."""
        for change in story.changes:
            columns: dict[str, object] = {}
            for item in change["items"]:
                columns |= self._value(_field(item), _text(item.get("to")), _text(item.get("toString")))
            if columns:
                yield seconds(change[CREATED]), self._by(change.get("author"), story) | columns

    def _value(self, name: str, number: str, text: str) -> dict[str, object]:
        """What stands in a field, in our words."""
        match name:
            case "status":
                return {"status": self.category(number, text)}
            case "assignee":
                return {"agent": number}
            case "project":
                return {"pipeline": str((self.desk.projects.get(number) or {}).get("name") or text)}
            case "priority":
                return {"priority": text}
            case _:
                return {}

    def _unseen(self, story: Story) -> Iterator[tuple[int, dict[str, object]]]:
        """The closing of a ticket that was brought from elsewhere: Jira keeps no changes of what it imports."""
        if self._was_closed_unseen(story):
            status = self._value(STATUS, *story.first(STATUS))
            yield seconds(story.fields[CLOSED]), {"actor_kind": Actor.UNKNOWN} | status

    def _was_closed_unseen(self, story: Story) -> bool:
        is_untold = next(story.of_field(STATUS), None) is None
        return is_untold and bool(story.fields.get(CLOSED)) and self._kind(story.first(STATUS)[0]) == DONE

    def _messages(self, story: Story) -> Iterator[tuple[int, dict[str, object]]]:
        for comment in story.comments:
            by = self._by(comment.get("author"), story)
            message = _kind_of(comment, by["actor_kind"])
            if message is Message.NOTE and by["actor_kind"] is Actor.CUSTOMER:
                # A colleague who was asked: customers see no notes, and so write none.
                by = {"actor_kind": Actor.UNKNOWN}
            yield seconds(comment[CREATED]), by | {"message": message}

    def _by(self, user: Row | None, story: Story) -> dict[str, object]:
        """Who did it. A colleague who can work no ticket of these projects, and never held this one, is a customer."""
        if not user:
            return {"actor_kind": Actor.UNKNOWN}
        account = str(user["accountId"])
        if user["accountType"] == "app":
            return {"actor_kind": Actor.SYSTEM}
        if account == (story.fields.get("reporter") or {}).get("accountId") or not self._works(user, story):
            return {"actor_kind": Actor.CUSTOMER}
        self.met[account] = user
        return {"actor_kind": Actor.AGENT, "actor": account}

    def _works(self, user: Row, story: Story) -> bool:
        """Whether it is an agent, or was one before its account was closed."""
        account = str(user["accountId"])
        if user["accountType"] != COLLEAGUE:
            return False
        return account in self.desk.agents or account in story.holders or not user.get("active", True)


def _kind_of(comment: Row, by: object) -> Message:
    """A comment is seen by customers if it says so, and if it is for no group of its own."""
    if by is Actor.SYSTEM:
        return Message.AUTOMATIC
    if comment.get("jsdPublic") is not True or comment.get("visibility"):
        return Message.NOTE
    return {Actor.CUSTOMER: Message.CUSTOMER, Actor.AGENT: Message.REPLY}.get(Actor(str(by)), Message.NOTE)


def _field(item: Row) -> str:
    return str(item.get("fieldId") or item["field"])


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _event(story: Story, at: int, columns: Mapping[str, object]) -> TicketEvent:
    told = {name: getattr(value, "value", value) for name, value in columns.items()}
    return TicketEvent(str(story.ticket["id"]), story.created, at, told)
