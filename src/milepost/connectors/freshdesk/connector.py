"""Reads a Freshdesk account: first its newest tickets, then whatever changed, was deleted or rated."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling
from milepost.connectors.freshdesk.mapping import Meaning
from milepost.connectors.freshdesk.server import DELETED, LAST, NAME, PAGE, SPAM, Freshdesk, Row, Ticket
from milepost.connectors.freshdesk.settings import Settings
from milepost.connectors.http import Door
from milepost.connectors.parts import Part, Told
from milepost.connectors.reading import answers_of
from milepost.connectors.settings import first_second
from milepost.tickets.events import Removal, ReplayRules, Tells

# What was being written while it was asked for is asked for once more.
OVERLAP: Final = 120
# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10
REMOVALS: Final = {DELETED: Removal.DELETED, SPAM: Removal.SPAM}
# The scope of an agent who sees all tickets.
GLOBAL: Final = 1


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to. `changed` is the newest change that the sync before knew of.

    While `page` is told, the first import goes on about there, after the ticket `key` that was `created` then. Where
    lists end before the oldest tickets, those that were created before are told by their changes, from `rest` on. Later
    a sync under way goes on at the changes from `since` on.
    """

    changed: int = 0
    page: int = 0
    created: int = 0
    key: int = 0
    rest: int = 0
    since: int = 0
    done: int = 0
    total: int = 0


class Connector:
    """A Freshdesk account that may be read."""

    telling = Telling(
        rules=ReplayRules(history=False),
        tells=frozenset({Tells.STATUS, Tells.RESPONSE, Tells.AGENTS, Tells.TEAMS, Tells.RATINGS}),
    )

    def __init__(self, desk: Freshdesk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings)

    def check(self) -> Iterator[Step]:
        """Server, key, what it sees, pipelines, agents, tickets, and whether answers are told."""
        user = self._desk.who_we_are()
        yield steps.reached(self._desk.milliseconds)
        with answers_of(NAME):
            yield self._token(user)
            if user["ticket_scope"] != GLOBAL:
                yield Step(
                    gettext_noop("Tickets seen"),
                    gettext_noop("not all of them; give the agent of the key a global scope"),
                    warning=True,
                )
        yield Step(gettext_noop("Pipelines"), "%(count)s", {"count": len(self._meaning.pipelines)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._count())
        yield self._answers()

    def agents(self) -> Iterable[Agent]:
        """The agents; then those who hold tickets or replied, and are none any more."""
        for key, row in self._desk.agents.items():
            teams = sorted(str(group["name"]) for group in self._desk.groups.values() if key in group["agents"])
            yield Agent(key, row["name"] or row["email"] or f"#{key}", row["email"], active=row["active"], teams=teams)
        for key in sorted(self._meaning.met):
            yield Agent(key, f"#{key}", active=False)

    def teams(self) -> Iterable[str]:
        """The groups."""
        return sorted({str(row["name"]) for row in self._desk.groups.values()})

    def pipelines(self) -> Iterable[str]:
        """The products, types or groups."""
        return sorted(set(self._meaning.pipelines.values()))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets from the one that was created last back; later those that changed, in the order of their changes."""
        now = Cursor.read(cursor) if cursor else self._beginning()
        if now.page:
            now = yield from self._import(now)
        if now.rest:
            yield from self._rest(now)
            now = Cursor(now.changed)
            yield Batch([], str(now))
        yield from self._changed(now)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that stand among the deleted ones or in spam, whenever they came there."""
        return [key for key in keys if key in self._removed]

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from the newest ticket back."""
        newest = self._desk.newest()
        return Cursor(self._since) if newest is None else Cursor(newest.changed, page=1, total=self._count())

    def _import(self, now: Cursor) -> Generator[Batch, None, Cursor]:
        """Page after page, until there is none; where lists end before, the rest is still to be told."""
        while True:
            page, found = self._next(now)
            rows = [one for one in found if one.created >= self._since]
            created = {one.number: one.created for one in rows}
            for part in self._told(rows):
                now = replace(now, page=page, created=created[part.last], key=part.last, done=now.done + part.tickets)
                yield _batch(part, now)
            if len(rows) < len(found) or not rows:
                ended = page == LAST and len(rows) == len(found)
                now = replace(now, page=0, rest=self._since if ended else 0)
                yield Batch([], str(now))
                return now

    def _next(self, now: Cursor) -> tuple[int, list[Ticket]]:
        """The page on which there are tickets that are not told yet, and these.

        Pages move: new tickets push what is told onto later ones, deletions pull what is not told onto earlier ones.
        """
        page = now.page
        rows = self._desk.by_creation(page, self._since)
        if not now.key:
            return page, rows
        while page > 1 and all(one.created < now.created for one in rows):
            page -= 1
            rows = self._desk.by_creation(page, self._since)
        while not (found := _after(rows, now)) and len(rows) == PAGE and page < LAST:
            page += 1
            rows = self._desk.by_creation(page, self._since)
        return page, found

    def _rest(self, now: Cursor) -> Iterator[Batch]:
        """The tickets that are older than those in the list by creation."""
        for rows in self._desk.by_change(now.rest):
            changed = {one.number: one.changed for one in rows}
            old = [one for one in rows if self._since <= one.created <= now.created]
            for part in self._told(old):
                now = replace(now, rest=changed[part.last], done=now.done + part.tickets)
                yield _batch(part, now)

    def _changed(self, now: Cursor) -> Iterator[Batch]:
        """The tickets that changed since, and shortly before; those that were taken out, and those that were rated."""
        begin, newest = max(now.changed - OVERLAP, 0), max(now.changed, now.since)
        for rows in self._desk.by_change(now.since or begin):
            newest = max([newest, *(one.changed for one in rows)])
            for part in self._told([one for one in rows if one.created >= self._since]):
                now = replace(now, since=part.newest)
                yield Batch(part.events, str(now), whole=True)
        yield from self._taken_out(begin, now)
        rated = filter(None, map(self._desk.ticket, self._desk.rated(begin)))
        for part in self._told(one for one in rated if one.created >= self._since and not one.gone):
            yield Batch(part.events, str(now), whole=True)
        yield Batch([], str(Cursor(newest)))

    def _taken_out(self, since: int, now: Cursor) -> Iterator[Batch]:
        """The tickets that were deleted or marked as spam since; they stand in lists of their own."""
        for which, removal in REMOVALS.items():
            for rows in self._desk.by_change(since, which):
                gone = [self._meaning.taken_out(one, removal) for one in rows if one.created >= self._since]
                if gone:
                    yield Batch(gone, str(now))

    def _told(self, tickets: Iterable[Ticket]) -> Iterator[Part]:
        """The events of tickets, in their order."""
        return parts.parts(Told(one.number, self._meaning.events(one), one.changed) for one in tickets)

    @cached_property
    def _removed(self) -> frozenset[str]:
        pages = (rows for which in REMOVALS for rows in self._desk.by_change(self._since, which))
        return frozenset(str(one.number) for rows in pages for one in rows)

    @cached_property
    def _since(self) -> int:
        """Tickets that were created before this moment are left out."""
        return first_second(self._settings.since)

    def _count(self) -> int:
        return self._desk.count(datetime.fromtimestamp(self._since, UTC).date().isoformat())

    def _token(self, user: Row) -> Step:
        """A key may do what its agent may: change tickets, with a role of Freshdesk; of other roles it is not told."""
        own = set(map(str, user.get("role_ids") or ()))
        if any(str(role["id"]) in own and role["default"] for role in self._desk.roles()):
            return steps.token(may_write=True)
        return Step(gettext_noop("Token valid"), gettext_noop("what it may do is up to the roles of its agent"))

    def _answers(self) -> Step:
        """Whether one of the newest tickets was answered."""
        rows = self._desk.by_creation(1, self._since)[:LOOKED_AT]
        return steps.answers(found=steps.is_answered(event for row in rows for event in self._meaning.events(row)))


def _batch(part: Part, now: Cursor) -> Batch:
    return Batch(part.events, str(now), whole=True, progress=Progress(now.done, max(now.total, now.done)))


def _after(rows: Sequence[Ticket], now: Cursor) -> list[Ticket]:
    """What stands behind the ticket that was told last; where it is not there, what was not created after it."""
    numbers = [one.number for one in rows]
    if now.key in numbers:
        return list(rows[numbers.index(now.key) + 1 :])
    return [one for one in rows if one.created <= now.created]


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, settings.signing_in) as server:
        yield Connector(Freshdesk(server), settings)


MAKE: Final = Make(
    key="freshdesk",
    name=NAME,
    sign="Fd",
    versions=gettext_noop("Works with every account that has tickets"),
    signs_in=gettext_noop("API key"),
    settings=Settings,
    open=_open,
)
