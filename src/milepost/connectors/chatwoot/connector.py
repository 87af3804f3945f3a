"""Reads a Chatwoot: first its newest conversations, then those in which something happened, then what is gone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import takewhile
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.chatwoot.mapping import Meaning
from milepost.connectors.chatwoot.server import ACTIVE, CREATED, NAME, PAGE, Chatwoot, Row
from milepost.connectors.chatwoot.settings import Settings
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling, TicketEvent
from milepost.connectors.http import Door
from milepost.connectors.parts import Part, Told
from milepost.connectors.reading import answers_of
from milepost.connectors.settings import first_day, first_second
from milepost.tickets.events import Tells

# What was being written while it was asked for is asked for once more, until a sync found nothing newer.
OVERLAP: Final = 120
# So many conversations show a check whether answers are told.
LOOKED_AT: Final = 10


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to, in seconds of the clock of the server.

    While `below` is told, the first import goes on with conversations of lower numbers. Then, `changed` is the newest
    activity that the sync before knew of, and what was active up to `settled` is asked for no more. The sync under way
    goes back from `at`, and told what was active after `reached`. Ratings up to the number `rated` are told.
    """

    changed: int = 0
    settled: int = 0
    below: int | None = None
    done: int = 0
    total: int = 0
    at: int = 0
    reached: int = 0
    rated: int = 0

    @property
    def following(self) -> "Cursor":
        """Where the next sync begins. One that found nothing newer settles what it read."""
        if self.at > self.changed:
            return Cursor(changed=self.at, settled=self.settled, rated=self.rated)
        return Cursor(changed=self.changed, settled=self.changed, rated=self.rated)


class Connector:
    """A Chatwoot that may be read."""

    def __init__(self, desk: Chatwoot, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings.statuses)

    @cached_property
    def telling(self) -> Telling:
        """Ratings where the user of the token is an administrator: only those are told of new ones."""
        return Telling(tells=frozenset(Tells) - (frozenset() if self._desk.is_administrator else {Tells.RATINGS}))

    def check(self) -> Iterator[Step]:
        """Server, token, inboxes, agents, conversations, and whether answers are told."""
        rated = self._desk.is_administrator
        yield steps.reached(self._desk.milliseconds)
        yield steps.full_token()
        if not self._desk.inboxes:
            raise SourceFailed(
                gettext_noop("The token works but sees no inbox. Make its user a member of the inboxes."),
                permanent=True,
            )
        yield Step(gettext_noop("Inboxes"), "%(count)s", {"count": len(self._desk.inboxes)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count((self._first - timedelta(days=1)).isoformat()))
        yield self._answers()
        yield Step(gettext_noop("Ratings"), gettext_noop("read") if rated else gettext_noop("only for administrators"))

    def agents(self) -> Iterable[Agent]:
        """Whoever works in the account; then whoever held or answered conversations and is gone."""
        with answers_of(NAME):
            teams = {name: self._desk.members(number) for number, name in self._desk.teams.items()}
            for number, row in self._desk.agents.items():
                name, email = str(row.get("name") or ""), str(row.get("email") or "")
                theirs = sorted(team for team, members in teams.items() if number in members)
                yield Agent(str(number), name or email or f"#{number}", email, teams=theirs)
            for number in sorted(self._meaning.met.keys() - self._desk.agents.keys()):
                yield Agent(str(number), self._meaning.met[number] or f"#{number}", active=False)

    def teams(self) -> Iterable[str]:
        """The teams of the account."""
        return sorted(self._desk.teams.values())

    def pipelines(self) -> Iterable[str]:
        """The inboxes: a conversation stays in the one it came to."""
        with answers_of(NAME):
            return sorted(str(row["name"]) for row in self._desk.inboxes.values())

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Conversations by their number from the newest back; later those that were active, the last one first."""
        with answers_of(NAME):
            now = Cursor.read(cursor) if cursor else self._beginning()
        if now.below is not None:
            yield from self._import(now, now.below)
            now = Cursor(now.changed, rated=now.rated)
            yield Batch([], str(now))
        yield from self._changed(now)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Conversations that no filter finds, and that are not there when they are asked for by number."""
        for start in range(0, len(keys), PAGE):
            asked = keys[start : start + PAGE]
            with answers_of(NAME):
                found = {str(row["id"]) for row in self._desk.those(asked)}
            yield from (key for key in asked if key not in found and self._desk.is_gone(int(key)))

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from after the newest conversation back."""
        active, newest = self._desk.newest(ACTIVE), self._desk.newest(CREATED)
        if active is None or newest is None:
            return Cursor()
        return Cursor(
            changed=int(active[ACTIVE]) - OVERLAP,
            below=int(newest["id"]) + 1,
            total=self._desk.count((self._first - timedelta(days=1)).isoformat()),
            rated=next((int(one["id"]) for one in self._ratings()), 0),
        )

    def _import(self, now: Cursor, below: int) -> Iterator[Batch]:
        for rows in self._desk.before(below, now.done):
            wanted = [row for row in rows if int(row[CREATED]) >= self._oldest]
            for part in self._told(wanted):
                now = replace(now, below=part.last, done=now.done + part.tickets)
                progress = Progress(now.done, max(now.total, now.done))
                yield Batch(part.events, str(now), whole=True, progress=progress)
            if len(wanted) < len(rows):
                return

    def _changed(self, now: Cursor) -> Iterator[Batch]:
        """What was rated since; then what was active since, and shortly before unless that is settled."""
        rated = list(takewhile(lambda one: int(one["id"]) > now.rated, self._ratings()))
        for part in self._told(list(self._desk.those([str(one["conversation_id"]) for one in rated]))):
            yield Batch(part.events, str(now), whole=True)
        now = replace(now, rated=max([now.rated, *(int(one["id"]) for one in rated)]))
        since = max(now.changed - OVERLAP, now.settled + 1)
        for rows in self._desk.active():
            moments = {int(row["id"]): int(row[ACTIVE]) for row in rows}
            now = replace(now, at=now.at or max(moments.values()))
            fresh = [row for row in rows if since <= moments[int(row["id"])] <= (now.reached or now.at)]
            for part in self._told([row for row in fresh if int(row[CREATED]) >= self._oldest]):
                now = replace(now, reached=moments[part.last])
                yield Batch(part.events, str(now), whole=True)
            if min(moments.values()) < since:
                break
        yield Batch([], str(now.following))

    def _told(self, rows: Sequence[Row]) -> Iterator[Part]:
        """The events of a page of conversations."""
        return parts.parts(Told(int(row["id"]), self._events(row)) for row in rows)

    def _events(self, row: Row) -> list[TicketEvent]:
        """The events of a conversation; of one that is gone meanwhile there are none."""
        messages = self._desk.messages(int(row["id"]))
        return [] if messages is None else self._meaning.events(row, messages)

    def _ratings(self) -> Iterator[Row]:
        return self._desk.ratings() if self._desk.is_administrator else iter(())

    @property
    def _first(self) -> date:
        return first_day(self._settings.since)

    @property
    def _oldest(self) -> int:
        """Conversations that were created before this moment are left out."""
        return first_second(self._settings.since)

    def _answers(self) -> Step:
        """Whether one of the newest conversations was answered."""
        newest = self._desk.newest(CREATED)
        pages = self._desk.before(int(newest["id"]) + 1, 0) if newest else iter(())
        rows = next(iter(pages), [])[:LOOKED_AT]
        events = (event for row in rows for event in self._events(row)[1:])
        return steps.answers(found=steps.is_answered(events))


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    # Chatwoot writes it with underscores and reads both; many servers in front of it drop those with underscores.
    with door.to(settings.address, {"api-access-token": settings.token}) as server:
        yield Connector(Chatwoot(server, settings.account), settings)


MAKE: Final = Make(
    key="chatwoot",
    name=NAME,
    sign="Cw",
    versions=gettext_noop("Works with Chatwoot 3.5 and newer, and with its cloud"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
