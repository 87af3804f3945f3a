"""Reads a HubSpot account: first its newest tickets, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling, TicketEvent
from milepost.connectors.http import Door
from milepost.connectors.hubspot.mapping import Meaning
from milepost.connectors.hubspot.server import (
    CHANGED,
    CONVERSATIONS,
    CREATED,
    NAME,
    PIPELINE,
    THREAD,
    HubSpot,
    Row,
    at,
    where,
)
from milepost.connectors.hubspot.settings import Settings
from milepost.connectors.parts import Told
from milepost.connectors.reading import answers_of, seconds
from milepost.connectors.settings import first_second
from milepost.tickets.events import Tells

# A change shows in a search a little later; what changed shortly before is asked for again.
OVERLAP: Final = 600
# The first import goes back by so much at once: numbers of tickets do not always follow their time.
WINDOW: Final = 30 * 24 * 3600
# So many tickets show a check whether answers are told.
LOOKED_AT: Final = 10
# The older scope of tickets lets read and write.
BOTH: Final = "tickets"
ALL_REPLIES: Final = gettext_noop("all of the conversation that a ticket came from")
FIRST_REPLY: Final = gettext_noop("only the first of each ticket; the scope conversations.read lets all be read")


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to. While `below` is told, the first import goes on with tickets created before it.

    Of those created in the window before `below`, the ones from number `key` up are told. Later `changed` is the newest
    change that the sync before knew of, `newest` that of the sync under way, which is told up to the number `after`.
    """

    changed: int = 0
    below: int | None = None
    key: int | None = None
    done: int = 0
    total: int = 0
    after: int = 0
    newest: int = 0
    # Whether the conversations of tickets are read as well.
    converses: bool = False


class Connector:
    """A HubSpot account that may be read."""

    def __init__(self, desk: HubSpot, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings.statuses)

    @cached_property
    def telling(self) -> Telling:
        """All replies where conversations may be read, else the first one of each ticket."""
        lacking = {Tells.RATINGS} if self._converses else {Tells.RATINGS, Tells.MESSAGES}
        return Telling(tells=frozenset(Tells) - lacking)

    def check(self) -> Iterator[Step]:
        """Server, token, pipelines, agents, tickets, and which answers are told."""
        scopes = self._desk.scopes
        yield steps.reached(self._desk.milliseconds)
        yield steps.token(may_write=BOTH in scopes or any(scope.endswith(".write") for scope in scopes))
        yield Step(gettext_noop("Pipelines"), "%(count)s", {"count": len(self._scope)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count(*self._conditions()))
        yield self._answers()
        yield Step(gettext_noop("Replies"), ALL_REPLIES if self._converses else FIRST_REPLY)

    def agents(self) -> Iterable[Agent]:
        """Everybody who may hold tickets; those who left, too."""
        with answers_of(NAME):
            for key, row in self._desk.owners.items():
                name = f"{row.get('firstName') or ''} {row.get('lastName') or ''}".strip()
                email = str(row.get("email") or "")
                teams = sorted(str(team["name"]) for team in row.get("teams") or ())
                yield Agent(key, name or email or f"#{key}", email, active=not row["archived"], teams=teams)

    def teams(self) -> Iterable[str]:
        """The teams that owners are in."""
        return sorted(set(self._meaning.teams.values()))

    def pipelines(self) -> Iterable[str]:
        """The pipelines of tickets that are read."""
        return sorted(map(self._meaning.pipeline, self._scope))

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets by the month of their creation from the newest back; later those that changed, by number."""
        now = Cursor.read(cursor) if cursor else self._beginning()
        if now.converses and not self._converses:
            raise SourceFailed(
                gettext_noop("The token lacks the scope %(scope)s, with which replies were read before. Give it back."),
                permanent=True,
                scope=CONVERSATIONS,
            )
        if self._converses and not now.converses:
            # What was read without them is read once more.
            now = self._beginning()
        if now.below is not None:
            yield from self._import(now)
            now = Cursor(now.changed, converses=now.converses)
            yield Batch([], str(now))
        yield from self._changed(now)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that HubSpot says are not there, or are part of another one."""
        return self._desk.gone(keys)

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from after the newest ticket back."""
        changed, newest = self._desk.newest(CHANGED), self._desk.newest(CREATED)
        if changed is None or newest is None:
            return Cursor(converses=self._converses)
        total = self._desk.count(self._since)
        return Cursor(changed, below=newest + 1, total=total, converses=self._converses)

    def _import(self, now: Cursor) -> Iterator[Batch]:
        """Window after window; months without tickets are left out by asking for the newest one before."""
        while (end := now.below) is not None:
            window = (self._since, at(CREATED, "GTE", end - WINDOW), at(CREATED, "LT", end))
            for part in parts.parts(self._below(now.key, *window)):
                now = replace(now, key=part.last, done=now.done + part.tickets)
                told = Progress(now.done, max(now.total, now.done))
                yield Batch(part.events, str(now), whole=True, progress=told)
            before = self._desk.newest(CREATED, self._since, at(CREATED, "LT", end - WINDOW))
            now = replace(now, below=None if before is None else before + 1, key=None)

    def _changed(self, now: Cursor) -> Iterator[Batch]:
        """The tickets that changed since, and shortly before."""
        since = at(CHANGED, "GTE", max(now.changed - OVERLAP, 0))
        for part in parts.parts(self._above(now.after, self._since, since)):
            now = replace(now, after=part.last, newest=max(now.newest, part.newest))
            yield Batch(part.events, str(now), whole=True)
        yield Batch([], str(Cursor(max(now.changed, now.newest), converses=now.converses)))

    def _below(self, number: int | None, *conditions: Row) -> Iterator[Told]:
        """Tickets of lower numbers, page after page, so that a batch may hold those of several pages."""
        while rows := self._desk.below(number, *conditions):
            yield from self._told(rows)
            number = int(rows[-1]["id"])

    def _above(self, number: int, *conditions: Row) -> Iterator[Told]:
        while rows := self._desk.above(number, *conditions):
            yield from self._told(rows)
            number = int(rows[-1]["id"])

    def _told(self, rows: Sequence[Row]) -> Iterator[Told]:
        """The events of a page of tickets; of one that is gone meanwhile there are none."""
        with answers_of(NAME):
            changed = {str(row["id"]): seconds(row["properties"][CHANGED]) for row in rows}
        for story in self._desk.stories([*changed]):
            key = str(story["id"])
            yield Told(int(key), self._events(story), changed[key])

    def _events(self, story: Row) -> list[TicketEvent]:
        """The events of a ticket that is in one of the pipelines, or was before it was moved out."""
        if not self._meaning.ever_in(story) & self._scope.keys():
            return []
        thread = story["properties"].get(THREAD) if self._converses else None
        return self._meaning.events(story, self._desk.messages(str(thread)) if thread else ())

    @property
    def _converses(self) -> bool:
        return CONVERSATIONS in self._desk.scopes

    @cached_property
    def _scope(self) -> Mapping[str, Row]:
        """The pipelines that are read, by their numbers; refuses one that is not there."""
        wanted = self._settings.wanted
        with answers_of(NAME):
            names = {key: str(row["label"]).casefold() for key, row in self._desk.pipelines.items()}
        lacking = sorted(wanted - set(names.values()))
        if lacking:
            raise SourceFailed(
                gettext_noop("There is no pipeline “%(pipeline)s”. Known are: %(pipelines)s."),
                permanent=True,
                pipeline=lacking[0],
                pipelines=", ".join(sorted(map(self._meaning.pipeline, names))),
            )
        return {key: row for key, row in self._desk.pipelines.items() if not wanted or names[key] in wanted}

    @cached_property
    def _since(self) -> Row:
        """Tickets that were created before this day are left out."""
        return at(CREATED, "GTE", first_second(self._settings.since))

    def _conditions(self) -> list[Row]:
        if not self._settings.wanted:
            return [self._since]
        within = {name: value for name, value in where(PIPELINE, "IN", "").items() if name != "value"}
        return [self._since, within | {"values": sorted(self._scope)}]

    def _answers(self) -> Step:
        """Whether one of the newest tickets was answered."""
        rows = self._desk.below(None, self._since)[:LOOKED_AT]
        stories = self._desk.stories([str(row["id"]) for row in rows])
        events = (event for story in stories for event in self._events(story))
        return steps.answers(found=steps.is_answered(events))


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, {"Authorization": f"Bearer {settings.token}"}) as server:
        yield Connector(HubSpot(server, settings.token), settings)


MAKE: Final = Make(
    key="hubspot",
    name=NAME,
    sign="HS",
    versions=gettext_noop("Works with every account that has tickets"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
