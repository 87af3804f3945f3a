"""Reads a Request Tracker: first its newest tickets, then whatever changed, then what was merged or deleted."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import parts, steps
from milepost.connectors.contract import Agent, Batch, Make, Progress, Step, Telling
from milepost.connectors.http import Door
from milepost.connectors.parts import Part, Told
from milepost.connectors.reading import answers_of
from milepost.connectors.request_tracker.mapping import Meaning, Story
from milepost.connectors.request_tracker.server import GONE, NAME, RequestTracker, Row, numbers
from milepost.connectors.request_tracker.settings import Settings
from milepost.connectors.settings import TWO_YEARS
from milepost.tickets.events import Tells

DAY: Final = 24 * 3600
# What was being written while it was asked for is asked for once more.
OVERLAP: Final = 120
# What a ticket offers to those who may change it.
WRITES: Final = frozenset({"correspond", "comment", "lifecycle"})


@dataclass(frozen=True)
class Cursor(parts.Cursor):
    """Where a sync got to. While `below` is told, the first import goes on there; then, whatever changed `since`."""

    since: int
    below: int | None = None
    done: int = 0
    total: int = 0
    after: int = 0
    began: int = 0


class Connector:
    """A Request Tracker that may be read."""

    telling = Telling(
        tells=frozenset({Tells.HISTORY, Tells.STATUS, Tells.RESPONSE, Tells.MESSAGES, Tells.AGENTS}),
    )

    def __init__(self, desk: RequestTracker, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings.statuses)

    def check(self) -> Iterator[Step]:
        """Server, token, queues, agents, tickets, and whether answers are told."""
        version = self._desk.version()
        found = {"version": version, "milliseconds": self._desk.milliseconds}
        yield Step(gettext_noop("Server reached"), gettext_noop("version %(version)s, %(milliseconds)s ms"), found)
        if version.partition(".")[0].isdigit() and int(version.partition(".")[0]) < FIRST_VERSION:
            raise SourceFailed(
                gettext_noop("This is Request Tracker %(version)s. Version 5 and newer can be read."),
                permanent=True,
                version=version,
            )
        newest = self._desk.tickets(self._scope(), newest_first=True, also=",_hyperlinks")
        offered = {str(link.get("ref")) for row in newest for link in row.get("_hyperlinks") or ()}
        yield steps.token(may_write=bool(offered & WRITES))
        yield from self._found(newest)

    def agents(self) -> Iterable[Agent]:
        """Privileged users that are members of a group."""
        teams: dict[str, list[str]] = {}
        for group in self._desk.groups():
            for member in group.get("Members") or ():
                if member["type"] == "user":
                    teams.setdefault(str(member["id"]), []).append(str(group["Name"]))
        for name, of in teams.items():
            user = self._desk.user(name)
            if user.get("Privileged"):
                yield _agent(name, user, of)

    def teams(self) -> Iterable[str]:
        """The groups that people made."""
        return sorted(str(group["Name"]) for group in self._desk.groups())

    def pipelines(self) -> Iterable[str]:
        """The queues."""
        return sorted(self._desk.queues().values())

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Tickets by number from the newest down; later those that changed, by number too."""
        with answers_of(NAME):
            at = Cursor.read(cursor) if cursor else self._beginning()
        if at.below is not None:
            yield from self._import(at)
            at = Cursor(at.since)
            yield Batch([], str(at))
        yield from self._changed(replace(at, began=at.began or self._clock()))

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Tickets that are in no search, and that are deleted, or not there, when they are asked for by number."""
        for start in range(0, len(keys), PROBED):
            asked = keys[start : start + PROBED]
            query = " OR ".join(f"id = {int(key)}" for key in asked)
            found = set(map(str, numbers(self._desk.tickets(query, newest_first=False))))
            for key in asked:
                if key not in found and self._is_gone(int(key)):
                    yield key

    def _beginning(self) -> Cursor:
        """Everything is still to be read, from above the newest ticket down."""
        began = self._clock()
        newest = self._desk.tickets(self._scope(), newest_first=True)
        below = newest[0]["id"] + 1 if newest else 1
        return Cursor(since=began - OVERLAP, below=below, total=self._desk.count(self._scope()))

    def _import(self, at: Cursor) -> Iterator[Batch]:
        while rows := self._desk.tickets(f"{self._scope()} AND id < {at.below}", newest_first=True):
            for part in self._told(rows):
                at = replace(at, below=part.last, done=at.done + part.tickets)
                yield Batch(part.events, str(at), whole=True, progress=Progress(at.done, max(at.total, at.done)))

    def _changed(self, at: Cursor) -> Iterator[Batch]:
        """The tickets that changed since, and the end: those that search does not find any more."""
        query = f"{self._scope()} AND LastUpdated > "
        while rows := self._desk.tickets(f"{query}{self._desk.ago(at.since)} AND id > {at.after}", newest_first=False):
            for part in self._told(rows):
                at = replace(at, after=part.last)
                yield Batch(part.events, str(at), whole=True)
        gone = sorted({int(row["ObjectId"]) for row in self._gone(at.since)})
        yield from self._removed(gone, at)
        yield Batch([], str(Cursor(at.began - OVERLAP)))

    def _gone(self, since: int) -> Iterator[Row]:
        return self._desk.transactions(f"{GONE} AND Created > {self._desk.ago(since)}")

    def _removed(self, gone: Sequence[int], at: Cursor) -> Iterator[Batch]:
        """Deleted tickets tell all of themselves still; merged ones answer as their survivor."""
        for number in gone:
            ticket = self._desk.ticket(number)
            story = self._desk.histories([number])[number]
            if ticket is None or not story:
                continue
            if ticket["id"] == number:
                yield Batch(self._meaning.events(Story(ticket, story)), str(at), whole=True)
            else:
                yield Batch(self._meaning.late(Story({"id": number}, story)), str(at))

    def _told(self, rows: Sequence[Row]) -> Iterator[Part]:
        """The events of a page of tickets."""
        histories = self._desk.histories(numbers(rows))
        stories = (Story(row, histories[row["id"]]) for row in rows)
        return parts.parts(Told(story.ticket["id"], self._meaning.events(story)) for story in stories)

    def _found(self, newest: Sequence[Row]) -> Iterator[Step]:
        queues, agents = len(self._desk.queues()), list(self.agents())
        if not queues:
            raise SourceFailed(
                gettext_noop("The token works but sees no queue. Give its user the rights SeeQueue and ShowTicket."),
                permanent=True,
            )
        yield Step(gettext_noop("Queues"), "%(count)s", {"count": queues})
        yield steps.working(agents)
        yield steps.to_import(self._desk.count(self._scope()))
        stories = self._desk.histories(numbers(newest))
        answered = any(row["Type"] == "Correspond" for rows in stories.values() for row in rows)
        yield steps.answers(found=answered)

    def _is_gone(self, number: int) -> bool:
        ticket = self._desk.ticket(number)
        return ticket is None or (ticket["id"] == number and str(ticket["Status"]) == "deleted")

    def _scope(self) -> str:
        """The tickets that are read at all."""
        return f"Created > {self._desk.ago(self._oldest())}"

    def _oldest(self) -> int:
        if self._settings.since is None:
            return self._desk.now - int(TWO_YEARS.total_seconds())
        return int(datetime.combine(self._settings.since, time(), UTC).timestamp())

    def _clock(self) -> int:
        """The server's own clock, which need not be ours."""
        self._desk.version()
        return self._desk.now


FIRST_VERSION: Final = 5
PROBED: Final = 50


def _agent(name: str, user: Row, teams: Sequence[str]) -> Agent:
    return Agent(
        key=name,
        name=str(user.get("RealName") or name),
        email=str(user.get("EmailAddress") or ""),
        active=str(user.get("Disabled") or "0") == "0",
        teams=teams,
    )


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with door.to(settings.address, {"Authorization": f"token {settings.token}"}) as server:
        yield Connector(RequestTracker(server), settings)


MAKE: Final = Make(
    key="request_tracker",
    name=NAME,
    sign="RT",
    versions=gettext_noop("Works with Request Tracker 5 and newer"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
