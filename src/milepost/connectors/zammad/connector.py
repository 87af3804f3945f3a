"""Reads a Zammad: first its newest tickets, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Self

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling, TicketEvent
from milepost.connectors.http import Door
from milepost.connectors.parts import Part, Told
from milepost.connectors.reading import answers_of
from milepost.connectors.settings import first_second
from milepost.connectors.zammad.mapping import Meaning, Story
from milepost.connectors.zammad.server import CHANGED, CREATED, NAME, PAGE, Row, Zammad, milliseconds
from milepost.connectors.zammad.settings import Settings
from milepost.tickets.events import Tells

# What was being written while it was asked for is asked for once more, until a sync found nothing newer.
OVERLAP: Final = 120_000
# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10
# What lets somebody do no more than read the tickets of a group.
READS: Final = frozenset({"read", "overview"})


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to, in milliseconds of the clock of the server.

    While `below` is told, the first import goes on with tickets that were created before it, or at that moment with a
    number below `key`. Then, `changed` is the newest change that the sync before knew of; the one under way told what
    changed up to `at`, and at that moment up to the number `after`. What changed up to `settled` is asked for no more.
    """

    changed: int = 0
    settled: int = 0
    below: int | None = None
    key: int = 0
    done: int = 0
    total: int = 0
    at: int = 0
    after: int = 0

    @property
    def following(self) -> Self:
        """Where the next sync begins. One that found nothing newer settles what it read."""
        if self.at > self.changed:
            return type(self)(changed=self.at, settled=self.settled)
        return type(self)(changed=self.changed, settled=self.changed)


class Connector:
    """A Zammad that may be read."""

    telling = Telling(tells=frozenset(Tells) - {Tells.RATINGS})

    def __init__(self, desk: Zammad, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings.statuses)

    def check(self) -> Iterator[Step]:
        """Server, token, groups, agents, tickets, and whether answers are told."""
        rights = self._desk.rights
        yield steps.reached(self._desk.milliseconds)
        yield steps.token(may_write=any(one - READS for one in rights.values()))
        if not any("read" in one or "full" in one for one in rights.values()):
            raise SourceFailed(
                gettext_noop("The token works but sees no group. Give its user the right to read the groups."),
                permanent=True,
            )
        yield Step(gettext_noop("Groups"), "%(count)s", {"count": len(rights)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count(self._oldest))
        yield self._answers()

    def agents(self) -> Iterable[Agent]:
        """Whoever may work tickets; then whoever held or answered some and may not any more."""
        with answers_of(NAME):
            for number, row in self._desk.agents.items():
                yield _agent(number, row, active=bool(row.get("active", True)))
            for number in sorted(self._meaning.met - self._desk.agents.keys()):
                yield _agent(number, self._desk.user(number) or {}, active=False)

    def teams(self) -> Iterable[str]:
        """The groups that can be read, and those that agents are told to work in."""
        with answers_of(NAME):
            theirs = {str(group) for row in self._desk.agents.values() for group in row.get("groups") or ()}
            return sorted(self._desk.groups | theirs)

    def pipelines(self) -> Iterable[str]:
        """The groups too: they are where tickets lie."""
        return self.teams()

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets by their creation from the newest back; later those that changed, in the order of their change."""
        with answers_of(NAME):
            now = Cursor.read(cursor) if cursor else self._beginning()
        if now.below is not None:
            yield from self._import(now, now.below)
            now = Cursor(now.changed)
            yield Batch([], str(now))
        yield from self._changed(now)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that no search finds, and that are not there when they are asked for by number."""
        for start in range(0, len(keys), PAGE):
            asked = keys[start : start + PAGE]
            with answers_of(NAME):
                found = {str(row["id"]) for row in self._desk.those(asked)}
            yield from (key for key in asked if key not in found and self._desk.is_gone(int(key)))

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from after the newest ticket back."""
        changed, newest = self._desk.newest(CHANGED), self._desk.newest(CREATED)
        if changed is None or newest is None:
            return Cursor()
        return Cursor(
            changed=milliseconds(changed[CHANGED]) - OVERLAP,
            below=milliseconds(newest[CREATED]),
            key=int(newest["id"]) + 1,
            total=self._desk.count(self._oldest),
        )

    def _import(self, now: Cursor, below: int) -> Iterator[Batch]:
        for rows in self._desk.before(below, now.key):
            created = {int(row["id"]): milliseconds(row[CREATED]) for row in rows}
            wanted = [row for row in rows if created[int(row["id"])] >= self._oldest]
            for part in self._told(wanted):
                now = replace(now, below=created[part.last], key=part.last, done=now.done + part.tickets)
                progress = Progress(now.done, max(now.total, now.done))
                yield Batch(part.events, str(now), whole=True, progress=progress)
            if len(wanted) < len(rows):
                return

    def _changed(self, now: Cursor) -> Iterator[Batch]:
        """The tickets that changed since, and those that changed shortly before unless they are settled."""
        since = max(now.changed - OVERLAP, now.settled, 0)
        for rows in self._desk.after(*((now.at, now.after) if now.at else (since, 0))):
            moments = {int(row["id"]): milliseconds(row[CHANGED]) for row in rows}
            fresh = [row for row in rows if moments[int(row["id"])] > now.settled]
            for part in self._told([row for row in fresh if milliseconds(row[CREATED]) >= self._oldest]):
                now = replace(now, at=moments[part.last], after=part.last)
                yield Batch(part.events, str(now), whole=True)
            if rows:
                now = replace(now, at=moments[int(rows[-1]["id"])], after=int(rows[-1]["id"]))
        yield Batch([], str(now.following))

    def _told(self, rows: Sequence[Row]) -> Iterator[Part]:
        """The events of a page of tickets."""
        return parts.parts(Told(int(row["id"]), self._events(row)) for row in rows)

    def _events(self, row: Row) -> list[TicketEvent]:
        """The events of a ticket; of one that is gone meanwhile there are none."""
        history, articles = self._desk.history(int(row["id"])), self._desk.articles(int(row["id"]))
        if history is None or articles is None:
            return []
        return self._meaning.events(Story.of(row, history, articles))

    @property
    def _oldest(self) -> int:
        """Tickets that were created before this moment are left out."""
        return first_second(self._settings.since) * 1000

    def _answers(self) -> Step:
        """Whether one of the newest tickets was answered."""
        newest = self._desk.newest(CREATED)
        pages = self._desk.before(milliseconds(newest[CREATED]), int(newest["id"]) + 1) if newest else iter(())
        rows = next(iter(pages), [])[:LOOKED_AT]
        events = (event for row in rows for event in self._events(row)[1:])
        return steps.answers(found=steps.is_answered(events))


def _agent(number: int, row: Row, *, active: bool) -> Agent:
    name = f"{row.get('firstname') or ''} {row.get('lastname') or ''}".strip()
    email = str(row.get("email") or "")
    teams = sorted(map(str, row.get("groups") or ()))
    return Agent(str(number), name or email or f"#{number}", email, active=active, teams=teams)


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, {"Authorization": f"Token token={settings.token}"}) as server:
        yield Connector(Zammad(server), settings)


MAKE: Final = Make(
    key="zammad",
    name=NAME,
    sign="Za",
    versions=gettext_noop("Works with Zammad 6.5 and newer"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
