"""Reads a feed of ticket events; docs/extend/feed.md has its form."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import LARGEST, Agent, Batch, Make, Step, Telling
from milepost.connectors.http import Door, Server
from milepost.connectors.settings import Kind, setting
from milepost.connectors.vocabulary import LONGEST, event
from milepost.tickets.events import Tells

PATH: Final = "/events"


@dataclass(frozen=True)
class Settings:
    """An address, and a token that lets us read it."""

    address: str = setting(Kind.ADDRESS, gettext_noop("Feed address"), hint=gettext_noop("The part before /events."))
    token: str = setting(
        Kind.SECRET, gettext_noop("Access token"), hint=gettext_noop("It is sent as “Authorization: Bearer …”.")
    )


class Feed:
    """The feed at an address. Who is who there is told by its events alone."""

    telling = Telling(tells=frozenset(Tells))

    def __init__(self, server: Server) -> None:
        self._server = server

    def check(self) -> Iterator[Step]:
        """Ask for one event."""
        page = self._page("", limit=1)
        found = {"milliseconds": round(self._server.took * 1000)}
        yield Step(gettext_noop("Server reached"), gettext_noop("%(milliseconds)s ms"), found)
        events = gettext_noop("found") if page.events else gettext_noop("none yet")
        yield Step(gettext_noop("Events"), events, warning=not page.events)

    def agents(self) -> Iterable[Agent]:
        """Not told."""
        return ()

    def teams(self) -> Iterable[str]:
        """Not told."""
        return ()

    def pipelines(self) -> Iterable[str]:
        """Not told."""
        return ()

    def missing(self, keys: Sequence[str]) -> Iterable[str]:  # noqa: ARG002 - a feed tells a removal as an event
        """Nothing is missing: a feed tells a removal as an event."""
        return ()

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
            events = [event(one) for one in document["events"]]
            following = document["next"]
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(error) from error
        if not isinstance(following, str) or len(following) > LONGEST:
            raise _unreadable("next")
        if len(events) > limit:
            raise _unreadable("limit")
        return Batch(events, following)


def _unreadable(error: object) -> SourceFailed:
    return SourceFailed(
        gettext_noop("The feed tells something that is not in its form: %(error)s."), permanent=True, error=error
    )


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Feed]:
    with door.to(settings.address, {"Authorization": f"Bearer {settings.token}"}) as server:
        yield Feed(server)


MAKE: Final = Make(
    key="feed",
    name="REST feed",
    sign="{ }",
    versions=gettext_noop("A feed of ticket events that a script beside your help desk serves"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
