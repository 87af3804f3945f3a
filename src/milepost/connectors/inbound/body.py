"""Reads the body of a request that brings events, each item on its own: a bad one does not stop the rest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NoReturn

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import vocabulary
from milepost.connectors.contract import LARGEST, TicketEvent
from milepost.connectors.vocabulary import Unreadable
from milepost.tickets.columns import Category

# The clock of the sender may be this much ahead of ours.
AHEAD_SECONDS: Final = 300
# What is longer is no name of an event.
LONGEST_ID: Final = 200

NOT_JSON: Final = gettext_noop("The body is not JSON: line %(line)s, column %(column)s. Nothing was kept.")
NOT_TEXT: Final = gettext_noop("The body is not in UTF-8. Nothing was kept.")
NOTHING: Final = gettext_noop("The body is empty. Send an event, a list of events, or one event on each line.")
TOO_DEEP: Final = gettext_noop("The body is nested too deeply. Nothing was kept.")
TOO_MANY: Final = gettext_noop("The body holds more than %(most)s events. Nothing was kept: send them in parts.")
LATER: Final = gettext_noop("“%(field)s” is later than now. Check the clock and the time zone of the sender.")
NO_LIST: Final = gettext_noop("“%(field)s” is not a list of events with at least one in it.")
NO_ID: Final = gettext_noop("“%(field)s” is not a text of 1 to 200 characters.")
BAD_LINE: Final = gettext_noop("This line is not a JSON object.")


class Form(StrEnum):
    """How a body is written."""

    JSON = "application/json"
    LINES = "application/x-ndjson"


class TooMany(Refused):
    """More than one request may bring."""


@dataclass(frozen=True)
class Events:
    """What is told of one ticket. `whole` says that this is all there is to tell of it; else it is one event more.

    `name` is what the sender calls the event by.
    """

    events: Sequence[TicketEvent]
    whole: bool = False
    name: str = ""

    @property
    def ticket(self) -> str:
        """The number of the ticket."""
        return self.events[0].key


@dataclass(frozen=True)
class Heartbeat:
    """All that happened from the one moment to the other was sent; None where nothing is said of it."""

    complete_from: int | None
    complete_until: int | None


@dataclass(frozen=True)
class Refusal:
    """An item that was not taken: its field, why, and what stands there."""

    field: str
    reason: str
    example: str = ""
    words: str = ""


Item = Events | Heartbeat | Refusal


@dataclass
class Body:
    """Reads items, by the sender's own statuses and the moment at which they came."""

    now: int
    statuses: Mapping[str, Category] = field(default_factory=dict)

    def items(self, body: bytes, form: Form) -> list[Item]:
        """All items in their order; refuses a body in which none can be told apart, or that holds too many."""
        found = list(_lines(body) if form is Form.LINES else _values(body))
        if sum(map(_size, found)) > LARGEST:
            raise TooMany(TOO_MANY, most=f"{LARGEST:,}")
        return [self._item(one) for one in found]

    def _item(self, told: object) -> Item:
        try:
            left = vocabulary.fields(told)
            if "events" in left:
                return self._ticket(left)
            if {"complete_from", "complete_until"} & left.keys() and "ticket" not in left:
                return self._heartbeat(left)
            return self._event(left)
        except Unreadable as error:
            return Refusal(error.field, error.reason, error.example, error.words)

    def _event(self, left: dict[str, Any]) -> Events:
        name = _name(left)
        key, created = vocabulary.ticket(left), self._moment(left, "created")
        return Events([self._happened(left, key, created)], name=name)

    def _ticket(self, left: dict[str, Any]) -> Events:
        key, created = vocabulary.ticket(left), self._moment(left, "created")
        told = left.pop("events")
        vocabulary.nothing_else(left)
        if not isinstance(told, list) or not told:
            raise Unreadable("events", NO_LIST)
        return Events([self._part(one, place, key, created) for place, one in enumerate(told)], whole=True)

    def _part(self, told: object, place: int, key: str, created: int) -> TicketEvent:
        """An event of a whole ticket, whose number and creation stand above it."""
        try:
            return self._happened(vocabulary.fields(told), key, created)
        except Unreadable as error:
            name = f"events[{place}].{error.field}".rstrip(".")
            raise Unreadable(name, error.reason, example=error.example, words=error.words) from None

    def _happened(self, left: dict[str, Any], key: str, created: int) -> TicketEvent:
        told = left.get("at")
        event = vocabulary.happened(left, key, created, self.statuses)
        self._check_not_later("at", event.happened_at, told)
        return event

    def _heartbeat(self, left: dict[str, Any]) -> Heartbeat:
        moments = {name: self._moment(left, name) for name in ("complete_from", "complete_until") if name in left}
        vocabulary.nothing_else(left)
        return Heartbeat(moments.get("complete_from"), moments.get("complete_until"))

    def _moment(self, left: dict[str, Any], name: str) -> int:
        told = left.get(name)
        at = vocabulary.moment(left, name)
        self._check_not_later(name, at, told)
        return at

    def _check_not_later(self, name: str, at: int, told: object) -> None:
        """An event of tomorrow would say that the source was read until then."""
        if at > self.now + AHEAD_SECONDS:
            raise Unreadable(name, LATER, example=str(told))


def _name(left: dict[str, Any]) -> str:
    name = vocabulary.text("id", left.pop("id", None))
    if len(name) > LONGEST_ID:
        raise Unreadable("id", NO_ID)
    return name


def _values(body: bytes) -> Sequence[object]:
    told = _read(_text(body))
    return told if isinstance(told, list) else [told]


def _lines(body: bytes) -> Iterator[object]:
    """The values of the lines; one that is no JSON is an item of its own, which is refused."""
    lines = [line for line in _text(body).split("\n") if line.strip()]
    if len(lines) > LARGEST:
        raise TooMany(TOO_MANY, most=f"{LARGEST:,}")
    for line in lines:
        try:
            yield _read(line)
        except Refused:
            yield BAD_LINE


def _text(body: bytes) -> str:
    try:
        said = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(NOT_TEXT) from None
    if not said.strip():
        raise Refused(NOTHING)
    return said


def _read(said: str) -> object:
    try:
        return json.loads(said, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Refused(NOT_JSON, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except ValueError:
        # A number of thousands of digits, or one that JSON does not have.
        raise Refused(NOT_JSON, line=1, column=1) from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _size(told: object) -> int:
    events = told.get("events") if isinstance(told, dict) else None
    return len(events) if isinstance(events, list) else 1
