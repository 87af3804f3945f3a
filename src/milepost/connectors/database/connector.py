"""Reads tickets by queries: first the newest ones, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import LARGEST, Agent, Batch, Progress, Step, Telling, TicketEvent
from milepost.connectors.database import people
from milepost.connectors.database.layout import Refusals
from milepost.connectors.database.marks import Mark, cell, earlier, kept, moment_like, value
from milepost.connectors.database.query import Query
from milepost.connectors.database.server import Row, Server
from milepost.connectors.database.tickets import Queries, Tickets, Totals
from milepost.connectors.settings import first_day
from milepost.connectors.table.mapping import zone_of
from milepost.tickets.columns import Category

# What was being written while it was asked for is asked for once more.
OVERLAP: Final = 120
# So many tickets are told in one batch: with their history, or without one.
WITH_HISTORY: Final = 100
WITHOUT: Final = 1_000
# So many are asked for at once whether they are still there.
PROBED: Final = 500
SHOWN: Final = 500


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to, in marks of the database. While `below` is told, the first import goes on there.

    `below` and `after` are a moment and a ticket, `changed` is the newest change that the sync before knew of.
    """

    below: Sequence[Mark] = ()
    done: int = 0
    total: int = 0
    changed: Mark = field(default_factory=list)
    after: Sequence[Mark] = ()


@dataclass(frozen=True)
class Reads:
    """What is read, and how it is understood."""

    queries: Queries
    zone: str
    since: date | None
    statuses: dict[str, Category]


@dataclass
class _Part:
    """Some tickets, and what was told of them."""

    last: Row
    tickets: int = 0
    events: list[TicketEvent] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)


class Connector:
    """A database whose tickets may be read."""

    def __init__(self, server: Server, reads: Reads) -> None:
        self._server = server
        self._reads = reads

    @cached_property
    def _tickets(self) -> Tickets:
        """The queries, looked at once."""
        reads = self._reads
        since = first_day(reads.since)
        return Tickets(self._server, reads.queries, zone=zone_of(reads.zone), statuses=reads.statuses, since=since)

    @property
    def telling(self) -> Telling:
        """What the columns of the queries tell."""
        return self._tickets.layout.telling

    def check(self) -> Iterator[Step]:
        """Server, user, columns, agents, tickets, and whether rows can be read and answers are told."""
        may_write = self._server.may_write()
        yield steps.reached(round(self._server.took * 1000))
        yield _user(may_write=may_write)
        yield _columns(gettext_noop("Columns"), self._tickets.query)
        if self._tickets.history is not None:
            yield _columns(gettext_noop("Columns of the history"), self._tickets.history)
        if self._reads.queries.people:
            yield steps.working(list(self.agents()))
        totals = self._tickets.totals()
        _check_once_each(totals)
        yield steps.to_import(totals.rows)
        yield from self._warnings(totals)
        yield from self._readable()

    def agents(self) -> Iterable[Agent]:
        """Who the query of people gives; without one they are known by what tickets call them."""
        query = self._reads.queries.people
        return people.agents(self._server, query) if query else ()

    def teams(self) -> Iterable[str]:
        """The groups in which agents are, and which tickets belong to now."""
        return sorted({team for agent in self.agents() for team in agent.teams} | set(self._tickets.names("team")))

    def pipelines(self) -> Iterable[str]:
        """Those that tickets are in now."""
        return self._tickets.names("pipeline")

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets by their creation from the newest down; later those that changed, in the order of their changes."""
        at = Cursor.read(cursor) if cursor else self._beginning()
        if at.below or not cursor:
            yield from self._import(at)
            at = Cursor(changed=at.changed)
            yield Batch([], str(at))
        yield from self._changed(at)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that the query does not give any more."""
        for start in range(0, len(keys), PROBED):
            asked = keys[start : start + PROBED]
            there = self._tickets.there(asked)
            yield from (key for key in asked if key not in there)

    def _beginning(self) -> Cursor:
        """Everything is still to be read; what changes meanwhile is newer than the newest change there is now."""
        totals = self._tickets.totals()
        return Cursor(total=totals.rows, changed=[] if totals.newest is None else kept(self._past(totals.newest)))

    def _import(self, at: Cursor) -> Iterator[Batch]:
        while rows := self._tickets.below(at.below):
            for part in self._parts(rows):
                at = replace(at, below=self._tickets.mark(part.last, "created"), done=at.done + part.tickets)
                progress = Progress(at.done, max(at.total, at.done))
                yield Batch(part.events, str(at), whole=True, progress=progress, rejected=part.refusals.told())

    def _changed(self, at: Cursor) -> Iterator[Batch]:
        rows = self._tickets.above(at.after) if at.after else self._tickets.since(self._from(at.changed))
        while rows:
            for part in self._parts(rows):
                at = replace(at, after=self._tickets.mark(part.last, "updated"))
                yield Batch(part.events, str(at), whole=True, rejected=part.refusals.told())
            rows = self._tickets.above(at.after)
        yield Batch([], str(self._settled(at)))

    def _from(self, changed: Mark) -> Any:
        return earlier(value(changed), OVERLAP) if changed else None

    def _settled(self, at: Cursor) -> Cursor:
        """Where the next sync begins: behind the last change when nothing of its time can still be being written."""
        if not at.after:
            return Cursor(changed=at.changed)
        changed = value(at.after[0])
        moment = self._tickets.layout.moment(changed)
        settled = moment is not None and moment < int(self._now().timestamp()) - OVERLAP
        return Cursor(after=at.after) if settled else Cursor(changed=kept(self._past(changed)))

    def _past(self, changed: Any) -> Any:
        """A change, or now where it lies ahead: whatever changes until then would never be asked for."""
        now, moment = self._now(), self._tickets.layout.moment(changed)
        is_ahead = moment is not None and moment > now.timestamp()
        return moment_like(changed, now, zone_of(self._reads.zone)) if is_ahead else changed

    def _now(self) -> datetime:
        """What the clock of the database says; it is in UTC where it does not say otherwise."""
        moment = datetime.fromisoformat(cell(self._server.now()))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

    def _parts(self, rows: Sequence[Row]) -> Iterator[_Part]:
        """Tickets in their order, as many as a batch may hold; one that has more events is a batch of its own."""
        most = WITHOUT if self._tickets.history is None else WITH_HISTORY
        for start in range(0, len(rows), most):
            some = rows[start : start + most]
            part, refusals = _Part(some[0]), Refusals()
            for row, events in zip(some, self._tickets.events(some, refusals), strict=True):
                if part.events and len(part.events) + len(events) > LARGEST:
                    yield part
                    part = _Part(row)
                part.last, part.tickets = row, part.tickets + 1
                part.events += events
            part.refusals = refusals
            yield part

    def _warnings(self, totals: Totals) -> Iterator[Step]:
        if totals.lacking:
            yield Step(
                gettext_noop("Tickets left out"),
                gettext_noop("%(count)s without a number, or the moment of creation or of the last change"),
                {"count": totals.lacking},
                warning=True,
            )
        newest = None if totals.newest is None else self._tickets.layout.moment(totals.newest)
        if newest is not None and newest > self._now().timestamp() + OVERLAP:
            yield Step(
                gettext_noop("Time zone"),
                gettext_noop("the newest change is later than the clock of the database; enter another time zone"),
                warning=True,
            )

    def _readable(self) -> Iterator[Step]:
        """Whether the newest tickets can be read, and whether they are answered."""
        part = next(self._parts(self._tickets.below(())), None)
        events = [] if part is None else part.events
        for one in part.refusals.told() if part else []:
            yield Step(
                gettext_noop("Rows that cannot be read"),
                gettext_noop("%(count)s of the newest, “%(value)s” in “%(column)s”"),
                {"count": one.count, "value": one.example[:100], "column": one.column},
                warning=True,
            )
        yield steps.answers(found=steps.is_answered(events))


def _user(*, may_write: bool) -> Step:
    name = gettext_noop("Database user")
    if may_write:
        return Step(name, gettext_noop("it can also change tables; one that only reads is safer"), warning=True)
    return Step(name, gettext_noop("read-only"))


def _columns(name: str, query: Query) -> Step:
    """What each column was taken for."""
    told = ", ".join(
        meaning if meaning == column else f"{meaning} = {column}" for meaning, column in query.meanings.items()
    )
    if query.unused:
        found = gettext_noop("%(columns)s; not used: %(unused)s")
        return Step(name, found, {"columns": told, "unused": ", ".join(query.unused)[:SHOWN]})
    return Step(name, "%(columns)s", {"columns": told})


def _check_once_each(totals: Totals) -> None:
    if totals.rows != totals.different:
        raise Refused(
            gettext_noop(
                "The query of tickets gives %(rows)s rows for %(tickets)s tickets. Let it give one row for each ticket."
            ),
            rows=totals.rows,
            tickets=totals.different,
        )
