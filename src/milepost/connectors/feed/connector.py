"""Reads a feed of ticket events; docs/extend/feed.md has its form."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import LARGEST, Batch, Telling, TicketEvent
from milepost.connectors.http import Asking
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal, Tells

PATH: Final = "/events"
TEXTS: Final = ("actor", "agent", "team", "pipeline", "priority", "channel", "survivor")
WORDS: Final = {"status": Category, "message": Message, "actor_kind": Actor, "removal": Removal}
LONGEST: Final = 1_000
BEST: Final = 100


class Feed:
    """The feed at an address."""

    telling = Telling(tells=frozenset(Tells))

    def __init__(self, address: str, token: str) -> None:
        self._server = Asking(address.rstrip("/"), token)

    def check(self) -> None:
        """Ask for one event."""
        self._page("", limit=1)

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Page after page, until one is empty."""
        while True:
            batch = self._page(cursor, limit=LARGEST)
            if batch.events:
                yield batch
            if not batch.events or batch.cursor == cursor:
                return
            cursor = batch.cursor

    def _page(self, cursor: str, *, limit: int) -> Batch:
        asked = {"limit": str(limit)} | ({"after": cursor} if cursor else {})
        document = self._server.json(PATH, asked)
        try:
            events = [_event(one) for one in document["events"]]
            following = document["next"]
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(error) from error
        if not isinstance(following, str) or len(following) > LONGEST:
            raise _unreadable("next")
        if len(events) > limit:
            raise _unreadable("limit")
        return Batch(events, following)


def _event(told: Mapping[str, Any]) -> TicketEvent:
    """One event; a name that the form does not have is refused, since it would silently count for nothing."""
    left = dict(told)
    key, created, at = (left.pop(name) for name in ("ticket", "created", "at"))
    columns: dict[str, object] = {name: _word(name, left.pop(name)) for name in WORDS if name in left}
    columns |= {name: _text(left.pop(name)) for name in TEXTS if name in left}
    if "score" in left:
        columns["score"] = _score(left.pop("score"))
    if left:
        raise ValueError(", ".join(sorted(left)))
    return TicketEvent(_text(key), _seconds(created), _seconds(at), columns)


def _word(name: str, word: object) -> str:
    return str(WORDS[name](str(word)).value)


def _text(text: object) -> str:
    """A text; empty where the feed says that there is nobody."""
    if text is None:
        return ""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ValueError(repr(text)[:50])
    return text


def _score(score: object) -> int:
    if not isinstance(score, int) or not 0 <= score <= BEST:
        raise ValueError(repr(score)[:50])
    return score


def _seconds(moment: object) -> int:
    at = datetime.fromisoformat(str(moment))
    if at.tzinfo is None:
        raise ValueError(str(moment)[:50])
    return int(at.timestamp())


def _unreadable(error: object) -> SourceFailed:
    return SourceFailed(
        gettext_noop("The feed tells something that is not in its form: %(error)s."), permanent=True, error=error
    )
