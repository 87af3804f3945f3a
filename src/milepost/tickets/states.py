"""The states of one ticket: open, awaiting a first reply, customer waiting; cut whenever an attribute changes."""

from typing import NamedTuple

from milepost.tickets.clock import Reading, TicketClock
from milepost.tickets.columns import Category, Kind
from milepost.tickets.facts import Fact, Holding, fact


class Wait(NamedTuple):
    """A wait for a reply: which of the ticket, and the clock at the first unanswered message."""

    nth: int
    began: Reading


class Standing(NamedTuple):
    """Which states a ticket is in: the open spell, whether a first reply is owed in it, whether a customer waits."""

    spell: int | None
    awaiting: bool
    waiting: Wait | None


class States:
    """The stretches of one ticket so far.

    A stretch begins no earlier than the one before it ended, also where events go back in time, so that a ticket is
    never in a state twice at one moment. Stretches without length are not kept.
    """

    def __init__(self, ticket: int, clock: TicketClock) -> None:
        self.ended: list[Fact] = []
        self._ticket = ticket
        self._clock = clock
        self._running: dict[Kind, Fact] = {}
        self._under: tuple[object, ...] | None = None
        self._at = 0

    def running(self) -> list[Fact]:
        """The stretches that have not ended."""
        return list(self._running.values())

    def become(self, at: int, standing: Standing | None, holding: Holding, status: Category | None) -> None:
        """From this moment on the ticket is in these states; in none where it is resolved or gone."""
        self._at = max(self._at, at)
        status = status or Category.NEW
        under = None if standing is None else (standing, holding, status, self._clock.calendar)
        if under == self._under:
            return
        self._under = under
        self._end()
        if standing is not None:
            self._begin(standing, holding, status)

    def _end(self) -> None:
        for stretch in self._running.values():
            if stretch.happened_at < self._at:
                stretch.ended_at = self._at
                self.ended.append(stretch)
        self._running = {}

    def _begin(self, standing: Standing, holding: Holding, status: Category) -> None:
        reading = self._clock.read(self._at)
        opened = self._stretch(Kind.OPEN, standing.spell, holding, status)
        opened.time(reading)
        opened.time_parts(reading)
        if standing.awaiting:
            self._stretch(Kind.AWAITING, standing.spell, holding, status).time(reading)
        if standing.waiting is not None:
            waiting = self._stretch(Kind.WAITING, standing.waiting.nth, holding, status)
            waiting.time(reading.since(standing.waiting.began))

    def _stretch(self, kind: Kind, nth: int | None, holding: Holding, status: Category) -> Fact:
        stretch = fact(self._ticket, kind, nth, self._at, holding)
        stretch.status, stretch.calendar = status, self._clock.calendar
        self._running[kind] = stretch
        return stretch
