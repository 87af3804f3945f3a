"""Reads a FreeScout: first its newest conversations, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors import steps
from milepost.connectors.contract import Agent, Batch, Make, Step, Telling, TicketEvent
from milepost.connectors.freescout.server import CHANGED, NAME, NUMBER, FreeScout
from milepost.connectors.freescout.settings import Settings
from milepost.connectors.http import Door
from milepost.connectors.parts import Place, Row, Walk
from milepost.connectors.reading import answers_of, seconds
from milepost.connectors.settings import first_second, words
from milepost.connectors.threads import CREATED, Meaning, Story
from milepost.tickets.events import Tells

# Moments are kept there by the clock on the wall: when it is put back, an hour comes twice. What was being written
# while it was asked for comes a little later.
OVERLAP: Final = 3600 + 120


class Connector:
    """A FreeScout that may be read. In its cursors `below` is the number of a conversation, not a moment."""

    telling = Telling(tells=frozenset(Tells) - {Tells.TEAMS, Tells.RATINGS})

    def __init__(self, desk: FreeScout, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(NAME, desk, settings.statuses, words(settings.bots))

    def check(self) -> Iterator[Step]:
        """Server, key, mailboxes, users, conversations, and whether answers are told."""
        mailboxes = len(self._desk.mailboxes)
        yield steps.reached(self._desk.milliseconds)
        yield steps.full_token()
        yield Step(gettext_noop("Mailboxes"), "%(count)s", {"count": mailboxes})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count(self._oldest))
        yield self._walk.answers()

    def agents(self) -> Iterable[Agent]:
        """The users; then whoever held or answered something and is none any more."""
        return self._meaning.agents({})

    def teams(self) -> Iterable[str]:
        """None: FreeScout has teams by a module of its own, which this interface does not document."""
        return ()

    def pipelines(self) -> Iterable[str]:
        """The mailboxes."""
        with answers_of(NAME):
            return sorted(map(self._desk.mailbox, self._desk.mailboxes))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Conversations by their number from the newest back; later those that changed, by their change."""
        return self._walk.changes(cursor)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Conversations that no list tells, and that are not there when they are asked for by number."""
        with answers_of(NAME):
            asked = [key for key in keys if key not in self._desk.present]
        return (key for key in asked if self._desk.is_gone(key))

    @property
    def _walk(self) -> Walk:
        return Walk(
            name=NAME,
            events=self._events,
            place=_numbered,
            changed_at=_changed_at,
            newest=lambda: self._desk.newest(NUMBER),
            changed_last=lambda: self._desk.newest(CHANGED),
            count=lambda: self._desk.count(self._oldest),
            rest=lambda now: self._desk.below(now.below, self._oldest, now.done),
            since=lambda at: map(self._wanted, self._desk.changed_since(at)),
            overlap=OVERLAP,
        )

    def _wanted(self, rows: Sequence[Row]) -> list[Row]:
        """Conversations that were created before the day of the import are left out."""
        with answers_of(NAME):
            return [row for row in rows if seconds(row[CREATED]) >= self._oldest]

    def _events(self, row: Row) -> list[TicketEvent]:
        with answers_of(NAME):
            held = row["_embedded"]
            tags = [str(tag["name"]) for tag in held.get("tags") or ()]
            return self._meaning.events(Story.of(row, held["threads"], tags))

    @property
    def _oldest(self) -> int:
        return first_second(self._settings.since)


def _changed_at(row: Row) -> Place:
    with answers_of(NAME):
        return seconds(row[CHANGED]), int(row["id"])


def _numbered(row: Row) -> Place:
    with answers_of(NAME):
        return int(row[NUMBER]), int(row["id"])


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, {"X-FreeScout-API-Key": settings.token}) as server:
        yield Connector(FreeScout(server), settings)


MAKE: Final = Make(
    key="freescout",
    name=NAME,
    sign="Fs",
    versions=gettext_noop("Works with FreeScout and its module API & Webhooks"),
    signs_in=gettext_noop("API key"),
    settings=Settings,
    open=_open,
)
