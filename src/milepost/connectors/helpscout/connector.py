"""Reads a Help Scout: first its newest conversations, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import steps
from milepost.connectors.contract import Agent, Batch, Make, Step, Telling, TicketEvent
from milepost.connectors.helpscout.server import MODIFIED, NAME, HelpScout, moment
from milepost.connectors.helpscout.settings import Settings
from milepost.connectors.http import Door, NotLetIn, Server
from milepost.connectors.parts import Place, Row, Walk
from milepost.connectors.reading import answers_of
from milepost.connectors.settings import first_second, words
from milepost.connectors.threads import CREATED, Meaning, Story
from milepost.tickets.events import Tells

# What the lists did not have yet when they were asked for is asked for once more.
OVERLAP: Final = 120


class Connector:
    """A Help Scout that may be read."""

    telling = Telling(tells=frozenset(Tells) - {Tells.RATINGS})

    def __init__(self, desk: HelpScout, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(NAME, desk, settings.statuses, words(settings.bots))

    def check(self) -> Iterator[Step]:
        """Server, app, inboxes, users, conversations, and whether answers are told."""
        self._desk.lets_in()
        yield steps.reached(self._desk.milliseconds)
        yield steps.full_token()
        yield Step(gettext_noop("Mailboxes"), "%(count)s", {"count": len(self._desk.mailboxes)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count(self._oldest))
        yield self._walk.answers()

    def agents(self) -> Iterable[Agent]:
        """The users; then whoever held or answered something and is none any more."""
        return self._meaning.agents(self._desk.members())

    def teams(self) -> Iterable[str]:
        """The teams."""
        with answers_of(NAME):
            return sorted(map(self._desk.team, self._desk.teams))

    def pipelines(self) -> Iterable[str]:
        """The inboxes."""
        with answers_of(NAME):
            return sorted(map(self._desk.mailbox, self._desk.mailboxes))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Conversations by their creation from the newest back; later those that changed, by their change."""
        return self._walk.changes(cursor)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Conversations that no list tells, and that are not there when they are asked for by number."""
        asked = [key for key in keys if key not in self._desk.present]
        return (key for key in asked if self._desk.is_gone(key))

    @property
    def _walk(self) -> Walk:
        return Walk(
            name=NAME,
            events=self._events,
            place=_created_at,
            changed_at=partial(_place, by=MODIFIED),
            newest=lambda: self._desk.newest(CREATED),
            changed_last=lambda: self._desk.newest(MODIFIED),
            count=lambda: self._desk.count(self._oldest),
            rest=lambda now: self._desk.created(self._oldest, now.below),
            since=lambda at: map(self._wanted, self._desk.changed_since(at)),
            overlap=OVERLAP,
        )

    def _wanted(self, rows: Sequence[Row]) -> list[Row]:
        """Conversations that were created before the day of the import are left out."""
        return [row for row in rows if _created_at(row)[0] >= self._oldest]

    def _events(self, row: Row) -> list[TicketEvent]:
        """The events of a conversation; of one that is gone meanwhile there are none."""
        threads = self._desk.threads(_created_at(row)[1])
        with answers_of(NAME):
            tags = [str(tag["tag"]) for tag in row.get("tags") or ()]
            return [] if threads is None else self._meaning.events(Story.of(row, threads, tags))

    @property
    def _oldest(self) -> int:
        return first_second(self._settings.since)


def _created_at(row: Row) -> Place:
    return _place(row, CREATED)


def _place(row: Row, by: str) -> Place:
    with answers_of(NAME):
        return moment(row, by), int(row["id"])


def _sign_in(settings: Settings, server: Server) -> Mapping[str, str]:
    """What the app is lent for two days."""
    asked = {"grant_type": "client_credentials", "client_id": settings.app, "client_secret": settings.secret}
    try:
        lent = server.form("/v2/oauth2/token", asked)
    except SourceFailed as error:
        if error.values.get("status") != HTTPStatus.BAD_REQUEST and not isinstance(error, NotLetIn):
            raise
        raise NotLetIn(
            gettext_noop(
                "%(address)s refuses the App ID with this App Secret. See whether the app is there and its user active."
            ),
            permanent=True,
            address=settings.address,
        ) from error
    with answers_of(NAME):
        return {"Authorization": f"Bearer {lent['access_token']}"}


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, {}, partial(_sign_in, settings)) as server:
        yield Connector(HelpScout(server), settings)


MAKE: Final = Make(
    key="helpscout",
    name=NAME,
    sign="He",
    versions=gettext_noop("Works with every Help Scout account"),
    signs_in=gettext_noop("App ID and App Secret"),
    settings=Settings,
    open=_open,
)
