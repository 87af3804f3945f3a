"""Reads a django-helpdesk: first its newest tickets, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling
from milepost.connectors.django_helpdesk.mapping import Meaning
from milepost.connectors.django_helpdesk.server import NAME, Helpdesk, Row
from milepost.connectors.django_helpdesk.settings import Settings
from milepost.connectors.http import Door
from milepost.connectors.parts import Part, Told
from milepost.connectors.reading import answers_of, iso, seconds
from milepost.connectors.settings import first_second
from milepost.tickets.events import Tells

# What was being written while it was asked for is asked for once more.
OVERLAP: Final = 120
# So many tickets are asked for at once whether they are still there.
PROBED: Final = 100
# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to. While `below` is told, the first import goes on there.

    Then, by the clock of the server: `changed` is the newest change that the sync before knew of, `newest` that of the
    sync under way, which has told the tickets up to `after`.
    """

    changed: int = 0
    below: int | None = None
    done: int = 0
    total: int = 0
    after: int = 0
    newest: int = 0


class Connector:
    """A django-helpdesk that may be read."""

    telling = Telling(tells=frozenset(Tells) - {Tells.TEAMS, Tells.RATINGS})

    def __init__(self, desk: Helpdesk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        bots = frozenset(name.strip().casefold() for name in settings.bots.split(",") if name.strip())
        self._meaning = Meaning(desk, settings.statuses, bots)

    def check(self) -> Iterator[Step]:
        """Server, token, queues, agents, tickets, and whether answers are told."""
        with answers_of(NAME):
            may_write, queues = self._desk.names["may_write"], list(self.pipelines())
            agents, first = list(self.agents()), self._newest()
        yield steps.reached(self._desk.milliseconds)
        yield steps.token(may_write=may_write)
        yield Step(gettext_noop("Queues"), "%(count)s", {"count": len(queues)}, warning=not queues)
        yield steps.working(agents)
        page = self._desk.below(first + 1, self._oldest)
        yield steps.to_import(page.total)
        yield self._answers(page.tickets[:LOOKED_AT])

    def agents(self) -> Iterable[Agent]:
        """Staff, and whoever holds tickets or wrote in them."""
        with answers_of(NAME):
            for key, row in self._desk.agents.items():
                yield Agent(key, str(row["name"]), str(row["email"]), bool(row["active"]), tuple(row["groups"]))

    def teams(self) -> Iterable[str]:
        """The groups in which agents are."""
        return sorted({team for agent in self.agents() for team in agent.teams})

    def pipelines(self) -> Iterable[str]:
        """The queues."""
        with answers_of(NAME):
            return sorted(map(self._meaning.queue, self._desk.names["queues"]))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets by number from the newest down; later those that changed, by number too."""
        at = Cursor.read(cursor) if cursor else self._beginning()
        if at.below is not None:
            yield from self._import(at)
            at = Cursor(at.changed)
            yield Batch([], str(at))
        yield from self._changed(at)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that are not there when they are asked for by number."""
        for start in range(0, len(keys), PROBED):
            asked = keys[start : start + PROBED]
            with answers_of(NAME):
                found = {str(row["id"]) for row in self._desk.those(asked).tickets}
            yield from (key for key in asked if key not in found)

    def _newest(self) -> int:
        return int(self._desk.names["newest"] or 0)

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from above the newest ticket down."""
        with answers_of(NAME):
            newest = self._newest()
            if not newest:
                return Cursor()
            total = self._desk.below(newest + 1, self._oldest).total
            return Cursor(changed=seconds(self._desk.names["changed"]), below=newest + 1, total=total)

    def _import(self, at: Cursor) -> Iterator[Batch]:
        while at.below and (rows := self._desk.below(at.below, self._oldest).tickets):
            for part in self._told(rows):
                at = replace(at, below=part.last, done=at.done + part.tickets)
                yield Batch(part.events, str(at), whole=True, progress=Progress(at.done, max(at.total, at.done)))

    def _changed(self, at: Cursor) -> Iterator[Batch]:
        since = iso(max(at.changed - OVERLAP, 0))
        while rows := self._desk.above(at.after, self._oldest, since).tickets:
            for part in self._told(rows):
                at = replace(at, after=part.last, newest=max(at.newest, part.newest))
                yield Batch(part.events, str(at), whole=True)
        yield Batch([], str(Cursor(max(at.changed, at.newest))))

    def _told(self, rows: Sequence[Row]) -> Iterator[Part]:
        """The events of a page of tickets."""
        return parts.parts(Told(int(row["id"]), self._meaning.events(row), seconds(row["modified"])) for row in rows)

    @property
    def _oldest(self) -> str:
        """Tickets that were created before this moment are left out."""
        return iso(first_second(self._settings.since))

    def _answers(self, rows: Sequence[Row]) -> Step:
        """Whether one of the newest tickets was answered."""
        events = (event for row in rows for event in self._meaning.events(row)[1:])
        return steps.answers(found=steps.is_answered(events))


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, {"Authorization": f"Token {settings.token}"}) as server:
        yield Connector(Helpdesk(server), settings)


MAKE: Final = Make(
    key="django_helpdesk",
    name=NAME,
    sign="Dj",
    versions=gettext_noop("Works with django-helpdesk 2"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
