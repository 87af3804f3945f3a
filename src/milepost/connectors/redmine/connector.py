"""Reads a Redmine: first its newest tickets, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling, TicketEvent
from milepost.connectors.http import Door
from milepost.connectors.parts import Part, Told
from milepost.connectors.reading import answers_of, iso, seconds
from milepost.connectors.redmine.mapping import PROJECT, Meaning, Story
from milepost.connectors.redmine.people import People
from milepost.connectors.redmine.server import NAME, Redmine, Row
from milepost.connectors.redmine.settings import Settings
from milepost.connectors.settings import first_day, words
from milepost.tickets.events import Tells

# What was being written while it was asked for is asked for once more, until a sync found nothing newer.
OVERLAP: Final = 120
# So many tickets are asked for at once whether they are still there.
PROBED: Final = 50
# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10
# What lets somebody change tickets.
WRITES: Final = frozenset(
    {
        "add_issue_notes",
        "add_issues",
        "copy_issues",
        "delete_issues",
        "edit_issue_notes",
        "edit_issues",
        "edit_own_issues",
    }
)


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to. While `below` is told, the first import goes on there.

    Then, by the clock of the server: `changed` is the newest change that the sync before knew of, `newest` that of the
    sync under way, and what changed up to `settled` is told and asked for no more.
    """

    changed: int = 0
    settled: int = 0
    below: int | None = None
    done: int = 0
    total: int = 0
    after: int = 0
    newest: int = 0

    @property
    def following(self) -> Self:
        """Where the next sync begins. One that found nothing newer settles what it read."""
        if self.newest > self.changed:
            return type(self)(changed=self.newest, settled=self.settled)
        return type(self)(changed=self.changed, settled=self.changed)


class Connector:
    """A Redmine that may be read."""

    telling = Telling(tells=frozenset(Tells) - {Tells.RATINGS})

    def __init__(self, desk: Redmine, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._people = People(desk, words(settings.roles))
        self._meaning = Meaning(desk, self._people, settings.statuses)

    def check(self) -> Iterator[Step]:
        """Server, key, projects, agents, tickets, and whether answers are told."""
        user = self._desk.who_we_are()
        yield steps.reached(self._desk.milliseconds)
        with answers_of(NAME):
            yield self._token(user)
        if not self._scope:
            raise SourceFailed(
                gettext_noop(
                    "The key works but sees no project. Make its user a member of the projects, to view issues."
                ),
                permanent=True,
            )
        yield Step(gettext_noop("Projects"), "%(count)s", {"count": len(self._scope)})
        yield self._working()
        yield steps.to_import(self._count())
        yield self._answers()

    def agents(self) -> Iterable[Agent]:
        """Members with a role of agents; then those whom tickets were assigned to, and who are no members any more."""
        members = self._people.agents(self._scope)
        for number, name in members.items():
            yield self._agent(number, name, is_member=True)
        for number, name in self._meaning.met.items():
            if number not in members:
                yield self._agent(number, name, is_member=False)

    def teams(self) -> Iterable[str]:
        """The groups that work in the projects."""
        return sorted(set(self._people.groups(self._scope).values()))

    def pipelines(self) -> Iterable[str]:
        """The projects."""
        return sorted(map(self._meaning.project, self._scope))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets by number from the newest down; later those that changed, by number too."""
        self._desk.who_we_are()
        with answers_of(NAME):
            at = Cursor.read(cursor) if cursor else self._beginning()
        if at.below is not None:
            yield from self._import(at)
            at = Cursor(at.changed)
            yield Batch([], str(at))
        yield from self._changed(at)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that are in no list, and not there when they are asked for by number."""
        self._desk.who_we_are()
        for start in range(0, len(keys), PROBED):
            asked = keys[start : start + PROBED]
            found = {str(row["id"]) for row in self._desk.those(asked)}
            yield from (key for key in asked if key not in found and self._desk.is_gone(int(key)))

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from above the newest ticket down."""
        changed, newest = self._desk.newest("updated_on"), self._desk.newest("id")
        if changed is None or newest is None:
            return Cursor()
        return Cursor(changed=seconds(changed["updated_on"]) - OVERLAP, below=newest["id"] + 1, total=self._count())

    def _import(self, at: Cursor) -> Iterator[Batch]:
        while at.below and (rows := self._desk.below(at.below, self._oldest)):
            for part in self._told([row for row in rows if str(row["project"]["id"]) in self._scope]):
                at = replace(at, below=part.last, done=at.done + part.tickets)
                yield Batch(part.events, str(at), whole=True, progress=Progress(at.done, max(at.total, at.done)))
            at = replace(at, below=rows[-1]["id"])

    def _changed(self, at: Cursor) -> Iterator[Batch]:
        """The tickets that changed since, and those that changed shortly before unless they are settled."""
        since = iso(max(at.changed - OVERLAP, at.settled, 0))
        while rows := self._desk.above(at.after, self._oldest, since):
            for part in self._told([row for row in rows if seconds(row["updated_on"]) > at.settled]):
                at = replace(at, after=part.last, newest=max(at.newest, part.newest))
                yield Batch(part.events, str(at), whole=True)
            at = replace(at, after=rows[-1]["id"])
        yield Batch([], str(at.following))

    def _told(self, rows: Sequence[Row]) -> Iterator[Part]:
        """The events of a page of tickets."""
        with answers_of(NAME):
            changed = {row["id"]: seconds(row["updated_on"]) for row in rows}
        return parts.parts(Told(number, self._events(number), at) for number, at in changed.items())

    def _events(self, number: int) -> list[TicketEvent]:
        """The events of a ticket that is in a project for support, or was before it was moved out."""
        ticket = self._desk.ticket(number)
        if ticket is None:
            return []
        story = Story.of(ticket)
        return self._meaning.events(story) if story.ever(PROJECT) & self._scope.keys() else []

    @cached_property
    def _scope(self) -> Mapping[str, Row]:
        """The projects that are read, by their numbers; refuses one that cannot be seen."""
        wanted = words(self._settings.projects)
        found = {key: row for key, row in self._desk.projects.items() if row["identifier"] in wanted or not wanted}
        lacking = sorted(wanted - {str(row["identifier"]) for row in found.values()})
        if lacking:
            raise SourceFailed(
                gettext_noop(
                    "The key sees no project “%(project)s”. Enter the identifier as it stands in its address, and make "
                    "the user of the key a member."
                ),
                permanent=True,
                project=lacking[0],
            )
        return found

    @property
    def _oldest(self) -> str:
        """Tickets that were created before this day are left out."""
        return first_day(self._settings.since).isoformat()

    def _count(self) -> int:
        if not self._settings.projects:
            return self._desk.count(self._oldest)
        return sum(self._desk.count(self._oldest, project) for project in self._scope)

    def _token(self, user: Row) -> Step:
        """Warns of a key that can do more than read."""
        if user.get("admin"):
            found = gettext_noop(
                "its user is an administrator, who can also read the keys of others; make one that reads"
            )
            return Step(gettext_noop("Token valid"), found, warning=True)
        roles = {str(role["id"]) for member in user.get("memberships") or () for role in member["roles"]}
        return steps.token(may_write=any(self._desk.permissions(role) & WRITES for role in roles))

    def _working(self) -> Step:
        """How many agents there are, once the roles that make agents are known."""
        names = {str(row["name"]).casefold() for row in self._desk.roles.values()}
        for role in sorted(words(self._settings.roles) - names):
            raise SourceFailed(
                gettext_noop("There is no role “%(role)s”. Known are: %(roles)s."),
                permanent=True,
                role=role,
                roles=", ".join(str(row["name"]) for row in self._desk.roles.values()),
            )
        return steps.working(list(self.agents()))

    def _answers(self) -> Step:
        """Whether one of the newest tickets was answered."""
        newest = self._desk.newest("id")
        rows = self._desk.below(newest["id"] + 1, self._oldest)[:LOOKED_AT] if newest else []
        events = (event for row in rows for event in self._events(row["id"])[1:])
        return steps.answers(found=steps.is_answered(events))

    def _agent(self, number: str, name: str, *, is_member: bool) -> Agent:
        """Redmine does not show users that are locked; the e-mail is told where its owner shows it."""
        user = self._desk.user(number)
        email = str((user or {}).get("mail") or "")
        return Agent(key=number, name=name, email=email, active=is_member and user is not None)


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, {"X-Redmine-API-Key": settings.token}) as server:
        yield Connector(Redmine(server), settings)


MAKE: Final = Make(
    key="redmine",
    name=NAME,
    sign="Re",
    versions=gettext_noop("Works with Redmine 5 and newer"),
    signs_in=gettext_noop("API key"),
    settings=Settings,
    open=_open,
)
