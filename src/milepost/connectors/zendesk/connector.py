"""Reads a Zendesk account: first its newest tickets, then what the export says changed, deletions too."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling, TicketEvent
from milepost.connectors.http import Door
from milepost.connectors.parts import Part, Told
from milepost.connectors.reading import answers_of
from milepost.connectors.settings import first_second
from milepost.connectors.zendesk.mapping import Meaning
from milepost.connectors.zendesk.server import NAME, Page, Row, Ticket, Zendesk
from milepost.connectors.zendesk.settings import Settings
from milepost.connectors.zendesk.story import Story

# A search learns of new tickets a few minutes later; the export begins so long before what the import knew of.
OVERLAP: Final = 600
# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10
READS: Final = "read"


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to. While `below` is told, the first import goes on there.

    Of the tickets of that second those of lower numbers than `key` are still to be told, with it all that were created
    before. Later the export goes on at `export`, or begins at `start`; what changed there up to `at`, and of that
    second up to the number `key`, is told.
    """

    start: int = 0
    export: str = ""
    at: int = 0
    below: int | None = None
    key: int = 0
    done: int = 0
    total: int = 0


class Connector:
    """A Zendesk account that may be read."""

    telling = Telling()

    def __init__(self, desk: Zendesk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings)

    def check(self) -> Iterator[Step]:
        """Server, token, pipelines, agents, tickets, and whether answers are told."""
        user = self._desk.who_we_are()
        yield steps.reached(self._desk.milliseconds)
        self._judge(user)
        yield steps.token(may_write=self._may_write())
        yield Step(gettext_noop("Pipelines"), "%(count)s", {"count": len(self._meaning.pipelines)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count(self._since))
        yield self._answers()

    def agents(self) -> Iterable[Agent]:
        """Agents and administrators; then those who held tickets, and are none any more."""
        teams: dict[str, list[str]] = {}
        for user, group in self._desk.memberships:
            teams.setdefault(user, []).append(self._desk.groups.get(group, f"#{group}"))
        for key, row in self._desk.agents.items():
            yield _agent(key, row, active=row["active"], teams=sorted(teams.get(key, ())))
        left = sorted(self._meaning.met)
        known = dict(self._desk.users(left))
        for key in left:
            yield _agent(key, known.get(key, {}), active=False)

    def teams(self) -> Iterable[str]:
        """The groups."""
        return sorted(set(self._desk.groups.values()))

    def pipelines(self) -> Iterable[str]:
        """The forms, brands or groups."""
        return sorted(set(self._meaning.pipelines.values()))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets from the one that was created last back; later those that changed, in the order of their changes."""
        now = Cursor.read(cursor) if cursor else self._beginning()
        if now.below is not None:
            yield from self._import(now)
            now = Cursor(now.start)
            yield Batch([], str(now))
        yield from self._changed(now)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that are among the deleted ones. The export tells of them, too, as soon as it comes to them."""
        return [key for key in keys if key in self._desk.deleted]

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from after the newest ticket back."""
        changed = self._desk.newest("updated_at", self._since)
        newest = self._desk.newest("created_at", self._since)
        if changed is None or newest is None:
            return Cursor(self._since)
        return Cursor(changed.changed - OVERLAP, below=newest.created + 1, total=self._desk.count(self._since))

    def _import(self, now: Cursor) -> Iterator[Batch]:
        """Page after page back in time; whoever stops within one second goes on there by number."""
        while now.below is not None:
            end = (now.below, now.key)
            rows = self._desk.before(now.below + (now.key > 0), self._since)
            created = {one.number: one.created for one in rows}
            for part in self._told(one for one in rows if (one.created, one.number) < end):
                now = replace(now, below=created[part.last], key=part.last, done=now.done + part.tickets)
                yield Batch(part.events, str(now), whole=True, progress=Progress(now.done, max(now.total, now.done)))
            now = replace(now, below=rows[-1].created if rows else None, key=0)

    def _changed(self, now: Cursor) -> Iterator[Batch]:
        """What the export tells, until it has no more by now."""
        more = True
        while more:
            page = self._desk.changed(now.export, now.start)
            yield from self._page(page, now)
            more, now = page.more and page.cursor != now.export, Cursor(now.start, page.cursor)
            yield Batch([], str(now))

    def _page(self, page: Page, now: Cursor) -> Iterator[Batch]:
        """The tickets of a page that are not told yet; first those that were deleted, which have no history now."""
        there = [
            one for one in page.tickets if one.created >= self._since and (one.changed, one.number) > (now.at, now.key)
        ]
        gone = [self._meaning.deleted(one) for one in there if one.is_deleted]
        if gone:
            yield Batch(gone, str(now))
        changed = {one.number: one.changed for one in there}
        for part in self._told(one for one in there if not one.is_deleted):
            now = replace(now, at=changed[part.last], key=part.last)
            yield Batch(part.events, str(now), whole=True)

    def _told(self, tickets: Iterable[Ticket]) -> Iterator[Part]:
        """The events of tickets, each of which is asked for what happened to it."""
        return parts.parts(Told(one.number, self._events(one)) for one in tickets)

    def _events(self, ticket: Ticket) -> list[TicketEvent]:
        """The events of a ticket; none where it is gone meanwhile."""
        story = Story.of(ticket, self._desk.audits(ticket.number))
        return self._meaning.events(story) if story.entries else []

    @cached_property
    def _since(self) -> int:
        """Tickets that were created before this moment are left out."""
        return first_second(self._settings.since)

    def _judge(self, user: Row) -> None:
        with answers_of(NAME):
            if user["role"] == "admin":
                return
        raise SourceFailed(
            gettext_noop(
                "The user of the token is no administrator. Zendesk tells only administrators which tickets changed: "
                "make a token of one."
            ),
            permanent=True,
        )

    def _may_write(self) -> bool:
        """An API token may do whatever its user may; an OAuth token tells what it may do."""
        if self._settings.email:
            return True
        return any(scope.rpartition(":")[2] != READS for scope in self._desk.scopes())

    def _answers(self) -> Step:
        """Whether one of the newest tickets was answered."""
        newest = self._desk.newest("created_at", self._since)
        rows = self._desk.before(newest.created + 1, self._since)[:LOOKED_AT] if newest else []
        return steps.answers(found=steps.is_answered(event for row in rows for event in self._events(row)))


def _agent(key: str, row: Row, *, active: bool, teams: Sequence[str] = ()) -> Agent:
    name, email = str(row.get("name") or ""), str(row.get("email") or "")
    return Agent(key, name or email or f"#{key}", email, active=active, teams=teams)


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, settings.signing_in) as server:
        yield Connector(Zendesk(server), settings)


MAKE: Final = Make(
    key="zendesk",
    name=NAME,
    sign="Ze",
    versions=gettext_noop("Works with every account that has tickets"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
