"""Reads an Intercom: first its newest conversations, then whatever changed, then what is gone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors import steps
from milepost.connectors.contract import Agent, Batch, Make, Step, Telling, TicketEvent
from milepost.connectors.http import Door
from milepost.connectors.intercom.mapping import Meaning, Story
from milepost.connectors.intercom.server import CHANGED, CREATED, NAME, TOGETHER, VERSION, Intercom
from milepost.connectors.intercom.settings import Settings
from milepost.connectors.parts import Place, Row, Walk
from milepost.connectors.reading import answers_of
from milepost.connectors.settings import first_second, words

# What the index of the search did not have yet when it was asked is asked for once more.
OVERLAP: Final = 120


class Connector:
    """An Intercom that may be read."""

    telling = Telling()

    def __init__(self, desk: Intercom, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._meaning = Meaning(desk, settings.statuses, words(settings.bots))

    def check(self) -> Iterator[Step]:
        """Server, token, teams, agents, conversations, and whether answers are told."""
        self._desk.lets_in()
        yield steps.reached(self._desk.milliseconds)
        yield steps.untold_token()
        yield Step(gettext_noop("Teams"), "%(count)s", {"count": len(self._desk.teams)})
        yield steps.working(list(self.agents()))
        yield steps.to_import(self._desk.count(self._oldest))
        yield self._walk.answers()

    def agents(self) -> Iterable[Agent]:
        """Whoever has a seat in the inbox; then whoever held or answered something and has none any more."""
        with answers_of(NAME):
            seated = {number: row for number, row in self._desk.admins.items() if row.get("has_inbox_seat")}
            for number, row in seated.items():
                yield self._agent(number, row, active=True)
            for number in sorted(self._meaning.met.keys() - seated.keys()):
                row = self._desk.admins.get(number) or self._meaning.met[number]
                yield self._agent(number, row, active=False)

    def teams(self) -> Iterable[str]:
        """The teams, whose inboxes conversations lie in."""
        return sorted(map(self._desk.team, self._desk.teams))

    def pipelines(self) -> Iterable[str]:
        """The teams too: Intercom divides conversations by nothing else."""
        return self.teams()

    def changes(self, cursor: str) -> Iterator[Batch]:
        """Conversations by their creation from the newest back; later those that changed, by their change."""
        return self._walk.changes(cursor)

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Conversations that no search finds, and that are not there when they are asked for by number."""
        for start in range(0, len(keys), TOGETHER):
            asked = keys[start : start + TOGETHER]
            found = self._desk.those(asked)
            yield from (key for key in asked if key not in found and self._desk.is_gone(key))

    @property
    def _walk(self) -> Walk:
        return Walk(
            name=NAME,
            events=self._events,
            place=_created_at,
            changed_at=partial(_place, name=CHANGED),
            newest=lambda: self._desk.newest(CREATED),
            changed_last=lambda: self._desk.newest(CHANGED),
            count=lambda: self._desk.count(self._oldest),
            rest=lambda now: self._back_to_oldest(self._desk.created_until(now.below)),
            since=lambda at: map(self._wanted, self._desk.changed_since(at)),
            overlap=OVERLAP,
        )

    def _back_to_oldest(self, pages: Iterable[list[Row]]) -> Iterator[list[Row]]:
        for rows in pages:
            yield (wanted := self._wanted(rows))
            if len(wanted) < len(rows):
                return

    def _wanted(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if _created_at(row)[0] >= self._oldest]

    def _events(self, row: Row) -> list[TicketEvent]:
        """The events of a conversation; of one that is gone meanwhile there are none."""
        whole = self._desk.whole(_created_at(row)[1])
        return [] if whole is None else self._meaning.events(Story.of(whole))

    @property
    def _oldest(self) -> int:
        """Conversations that were created before this moment are left out."""
        return first_second(self._settings.since)

    def _agent(self, number: str, row: Row, *, active: bool) -> Agent:
        email = str(row.get("email") or "")
        members = {name: map(str, team.get("admin_ids") or ()) for name, team in self._desk.teams.items()}
        teams = sorted(self._desk.team(name) for name, those in members.items() if number in those)
        return Agent(number, str(row.get("name") or email or f"#{number}"), email, active=active, teams=teams)


def _created_at(row: Row) -> Place:
    return _place(row, CREATED)


def _place(row: Row, name: str) -> Place:
    with answers_of(NAME):
        return int(row[name]), int(row["id"])


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    headers = {"Authorization": f"Bearer {settings.token}", "Intercom-Version": VERSION}
    with door.to(settings.address, headers) as server:
        yield Connector(Intercom(server), settings)


MAKE: Final = Make(
    key="intercom",
    name=NAME,
    sign="In",
    versions=gettext_noop("Works with every Intercom workspace"),
    signs_in=gettext_noop("Access token"),
    settings=Settings,
    open=_open,
)
