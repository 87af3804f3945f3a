"""Reads a Jira Service Management: first its newest tickets, then whatever changed, then what is gone."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling, TicketEvent
from milepost.connectors.http import Door
from milepost.connectors.jira.mapping import Meaning, Story
from milepost.connectors.jira.server import CHANGED, CREATED, NAME, PAGE, Jira, Row
from milepost.connectors.jira.settings import Settings
from milepost.connectors.parts import Part, Place, Seconds, Told
from milepost.connectors.reading import answers_of, seconds
from milepost.connectors.settings import first_second
from milepost.tickets.events import Tells

# What the index did not have yet when it was asked is asked for once more.
OVERLAP: Final = 120
# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10


class Connector:
    """A Jira that may be read."""

    telling = Telling(tells=frozenset(Tells) - {Tells.TEAMS, Tells.RATINGS})

    def __init__(self, desk: Jira, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings.statuses)

    def check(self) -> Iterator[Step]:
        """Server, token, projects, agents, tickets, and whether answers are told."""
        self._desk.lets_in()
        yield steps.reached(self._desk.milliseconds)
        yield steps.token(may_write=self._desk.may_write)
        yield Step(gettext_noop("Service projects"), "%(count)s", {"count": len(self._desk.projects)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count(self._oldest))
        yield self._answers()

    def agents(self) -> Iterable[Agent]:
        """Whoever tickets can be assigned to; then whoever held or answered some and cannot be chosen any more."""
        with answers_of(NAME):
            for account, row in self._desk.agents.items():
                yield _agent(account, row, active=bool(row.get("active", True)))
            for account in sorted(self._meaning.met.keys() - self._desk.agents.keys()):
                yield _agent(account, self._meaning.met[account] or self._desk.user(account), active=False)

    def teams(self) -> Iterable[str]:
        """None: Jira tells the groups of its users to administrators alone."""
        return ()

    def pipelines(self) -> Iterable[str]:
        """The service projects."""
        with answers_of(NAME):
            return sorted(str(row["name"]) for row in self._desk.projects.values())

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets by their creation from the newest back; later those that changed, in the order of their change."""
        self._desk.lets_in()
        with answers_of(NAME):
            now = Seconds.read(cursor) if cursor else self._beginning()
        if now.below:
            yield from self._import(now)
            now = Seconds(now.changed)
            yield Batch([], str(now))
        yield from self._changed(now)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that are not there. To whom Jira shows no project, none is missing."""
        self._desk.lets_in()
        if not self._desk.projects:
            return
        for start in range(0, len(keys), PAGE):
            asked = keys[start : start + PAGE]
            found = self._desk.there(asked)
            yield from (key for key in asked if key not in found and self._desk.is_gone(key))

    def _beginning(self) -> Seconds:
        """Everything is still to be read, from the newest ticket back."""
        changed, newest = self._desk.newest(CHANGED), self._desk.newest(CREATED)
        if changed is None or newest is None:
            return Seconds()
        return Seconds(
            changed=_place(changed, CHANGED)[0], below=_place(newest, CREATED)[0], total=self._desk.count(self._oldest)
        )

    def _import(self, now: Seconds) -> Iterator[Batch]:
        for rows in self._desk.created_until(now.below):
            fresh = [row for row in rows if now.awaits(_place(row, CREATED))]
            places = [_place(row, CREATED) for row in fresh]
            wanted = [row for row, (at, _) in zip(fresh, places, strict=True) if at >= self._oldest]
            for part in self._told(wanted):
                now = now.imported(part, places)
                progress = Progress(now.done, max(now.total, now.done))
                yield Batch(part.events, str(now), whole=True, progress=progress)
            if len(wanted) < len(fresh):
                return

    def _changed(self, now: Seconds) -> Iterator[Batch]:
        """The tickets that changed since, and those that changed shortly before."""
        for rows in self._desk.changed_since(now.at or max(now.changed - OVERLAP, 0)):
            wanted = [row for row in rows if _place(row, CREATED)[0] >= self._oldest]
            fresh = [row for row in wanted if not now.has_told(_place(row, CHANGED))]
            places = [_place(row, CHANGED) for row in fresh]
            for part in self._told(fresh):
                now = now.caught_up(part, places)
                yield Batch(part.events, str(now), whole=True)
        yield Batch([], str(now.following))

    def _told(self, rows: Sequence[Row]) -> Iterator[Part]:
        """The events of a page of tickets."""
        return parts.parts(Told(int(row["id"]), self._events(row)) for row in rows)

    def _events(self, row: Row) -> list[TicketEvent]:
        """The events of a ticket; of one that is gone meanwhile there are none."""
        changes, comments = self._desk.changes(row), self._desk.comments(row)
        if changes is None or comments is None:
            return []
        return self._meaning.events(Story.of(row, changes, comments))

    @property
    def _oldest(self) -> int:
        """Tickets that were created before this moment are left out."""
        return first_second(self._settings.since)

    def _answers(self) -> Step:
        """Whether one of the newest tickets was answered."""
        newest = self._desk.newest(CREATED)
        pages = self._desk.created_until(_place(newest, CREATED)[0]) if newest else iter(())
        rows = next(iter(pages), [])[:LOOKED_AT]
        return steps.answers(found=steps.is_answered(event for row in rows for event in self._events(row)[1:]))


def _place(row: Row, name: str) -> Place:
    with answers_of(NAME):
        return seconds(row["fields"][name]), int(row["id"])


def _agent(account: str, row: Row, *, active: bool) -> Agent:
    email = str(row.get("emailAddress") or "")
    return Agent(account, str(row.get("displayName") or email or account), email, active=active)


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    told = b64encode(f"{settings.email}:{settings.token}".encode()).decode("ascii")
    with door.to(settings.address, {"Authorization": f"Basic {told}"}) as server:
        yield Connector(Jira(server, settings.wanted), settings)


MAKE: Final = Make(
    key="jira",
    name="Jira Service Management",
    sign="Ji",
    versions=gettext_noop("Works with Jira Service Management in the cloud"),
    signs_in=gettext_noop("API token"),
    settings=Settings,
    open=_open,
)
