"""The words in which others tell ticket events, in a feed or to an address of ours. docs/extend/feed.md has them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from milepost.base.marks import gettext_noop
from milepost.connectors.contract import TicketEvent
from milepost.connectors.reading import FIRST
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal

TEXTS: Final = ("actor", "agent", "team", "pipeline", "priority", "channel", "survivor")
WORDS: Final = {"status": Category, "message": Message, "actor_kind": Actor, "removal": Removal}
# What tells a ticket and a moment, and so must be there.
NEEDED: Final = ("ticket", "created", "at")
LONGEST: Final = 1_000
BEST: Final = 100
SHOWN: Final = 100

UNKNOWN: Final = gettext_noop("“%(field)s” is not a field of an event.")
MISSING: Final = gettext_noop("“%(field)s” is missing.")
NO_OBJECT: Final = gettext_noop("An event is a JSON object with at least “ticket”, “created” and “at”.")
NO_MOMENT: Final = gettext_noop("“%(field)s” is not a moment with an offset. Write it as 2026-03-02T09:00:00+01:00.")
NOT_SET: Final = gettext_noop("“%(field)s” is of the beginning of 1970, as a date is written that was never set.")
NO_TEXT: Final = gettext_noop("“%(field)s” is not a text of up to 1,000 characters.")
NO_SCORE: Final = gettext_noop("“%(field)s” is not a whole number from 0 to 100.")
NO_WORD: Final = gettext_noop("“%(field)s” is none of its words: %(words)s.")


class Unreadable(ValueError):
    """A field that cannot be read: which, why (a text of the catalogue), and what stands there, shortened."""

    def __init__(self, field: str, reason: str, *, example: str = "", words: str = "") -> None:
        super().__init__(field, reason)
        self.field, self.reason, self.example, self.words = field, reason, example[:SHOWN], words

    def __str__(self) -> str:
        return self.reason % {"field": self.field, "words": self.words}


def event(told: object, statuses: Mapping[str, Category] | None = None) -> TicketEvent:
    """One event; a name that is not known is refused, since it would silently count for nothing.

    `statuses` says what the sender's own names of statuses mean, by their names without case.
    """
    left = fields(told)
    key, created = ticket(left), moment(left, "created")
    return happened(left, key, created, statuses)


def happened(
    left: dict[str, Any], key: str, created: int, statuses: Mapping[str, Category] | None = None
) -> TicketEvent:
    """An event of a ticket whose number and creation are known; takes all that it reads out of `left`."""
    at = moment(left, "at")
    columns: dict[str, object] = {}
    for name in WORDS:
        word = _word(name, left.pop(name, None), (statuses or {}) if name == "status" else {})
        columns |= {} if word is None else {name: word}
    columns |= {name: text(name, left.pop(name)) for name in TEXTS if name in left}
    score = left.pop("score", None)
    columns |= {} if _is_nothing(score) else {"score": _score(score)}
    nothing_else(left)
    return TicketEvent(key, created, at, columns)


def fields(told: object) -> dict[str, Any]:
    """The fields of a JSON object, for whoever takes them out one after the other."""
    if not isinstance(told, dict):
        raise Unreadable("", NO_OBJECT)
    return dict(told)


def nothing_else(left: Mapping[str, object]) -> None:
    """Refuse the first name that nothing was read by. Its value is shown to nobody: it may be a customer's."""
    for name in sorted(left):
        raise Unreadable(name[:SHOWN], UNKNOWN)


def ticket(left: dict[str, Any]) -> str:
    """The number of the ticket, as a text."""
    found = text("ticket", _needed(left, "ticket"))
    if not found:
        raise Unreadable("ticket", MISSING)
    return found


def moment(left: dict[str, Any], name: str) -> int:
    """A moment that must be told, in UTC seconds."""
    found = _needed(left, name)
    try:
        at = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Unreadable(name, NO_MOMENT, example=str(found))
    if at.timestamp() <= FIRST:
        raise Unreadable(name, NOT_SET, example=str(found))
    return int(at.timestamp())


def text(name: str, found: object) -> str:
    """A text, or a whole number as one; empty where nobody or none is told."""
    if found is None:
        return ""
    said = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    if not isinstance(said, str) or len(said) > LONGEST or not _can_be_kept(said):
        raise Unreadable(name, NO_TEXT, example=repr(found))
    return said


def _can_be_kept(said: str) -> bool:
    """Half a pair of surrogates is no letter, and databases keep no NUL."""
    return "\x00" not in said and said.encode("utf-8", "ignore").decode() == said


def _needed(left: dict[str, Any], name: str) -> Any:
    found = left.pop(name, None)
    if _is_nothing(found):
        raise Unreadable(name, MISSING)
    return found


def _is_nothing(found: object) -> bool:
    """Templates of automations write an empty text where there is nothing."""
    return found is None or found == ""


def _word(name: str, found: object, own: Mapping[str, Category]) -> str | None:
    """One of the words of a field; None where it is not told."""
    if _is_nothing(found):
        return None
    known: Callable[[str], Any] = WORDS[name]
    said = str(found)
    try:
        return str((own.get(said.strip().casefold()) or known(said)).value)
    except ValueError:
        words = ", ".join(one.value for one in WORDS[name])
        raise Unreadable(name, NO_WORD, example=said, words=words) from None


def _score(found: object) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= BEST:
        raise Unreadable("score", NO_SCORE, example=repr(found))
    return found
