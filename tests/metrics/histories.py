"""Random ticket histories: ties, reopens, merges, restores, bots, outbound tickets, ratings, late events.

A history is made for one ticket, whose agents and teams belong to it alone: agent 12003 is agent 3 of ticket 12. So
what is grouped by agent or team is grouped by ticket too, and no error can hide behind another.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from milepost.tickets.columns import Category
from milepost.tickets.events import NOBODY, Actor, Event, EventKind, Message, Removal

SPAN = 40_000
OWN = 1000
# Teams whose number ends in 7 work by a calendar, the others around the clock.
TEAMS = (7, 8, 17)
STATUSES = (
    *(Category.NEW, Category.OPEN, Category.OPEN, Category.WAITING_CUSTOMER, Category.ON_HOLD),
    *(Category.RESOLVED, Category.RESOLVED, Category.CLOSED, Category.DELETED),
)
MESSAGES = (Message.REPLY, Message.REPLY, Message.CUSTOMER, Message.CUSTOMER, Message.NOTE, Message.AUTOMATIC)
REMOVALS = (Removal.MERGED, Removal.SPAM, Removal.DELETED, Removal.RESTORED, Removal.RESTORED)


@dataclass(frozen=True)
class History:
    """The events of one ticket in their order, and when each was first seen."""

    ticket: int
    events: tuple[Event, ...]
    seen: tuple[int, ...]

    def known(self, moment: int) -> "History":
        """What was known then; a ticket is known since its creation."""
        kept = [place for place, seen in enumerate(self.seen) if place == 0 or seen < moment]
        return History(self.ticket, tuple(self.events[i] for i in kept), tuple(self.seen[i] for i in kept))


def history(random: Random, ticket: int) -> History:
    """One ticket, of up to fourteen updates, many of them in the same second or minute."""
    created = random.randrange(0, SPAN // 2)
    moments = sorted(_moment(random, created) for _ in range(random.randrange(0, 15)))
    events = [Event(at=created, kind=EventKind.CREATED, pipeline=ticket, **_place(random, ticket))]
    events += [_update(random, ticket, at) for at in moments]
    return History(ticket, tuple(events), tuple(event.at + _delay(random) for event in events))


def _moment(random: Random, created: int) -> int:
    if random.random() < 0.15:
        return created
    at = random.randrange(created, SPAN)
    return at if random.random() < 0.5 else max(at - at % 600, created)


def _delay(random: Random) -> int:
    return random.randrange(1, SPAN // 2) if random.random() < 0.2 else 0


def _update(random: Random, ticket: int, at: int) -> Event:
    told: dict[str, Any] = _place(random, ticket)
    if random.random() < 0.55:
        told["status"] = random.choice(STATUSES)
    if random.random() < 0.55:
        told["message"] = random.choice(MESSAGES)
    if random.random() < 0.08:
        told["removal"] = random.choice(REMOVALS)
    if random.random() < 0.08:
        told["score"] = random.choice((0, 25, 50, 75, 100))
    told["actor_kind"] = random.choice((*Actor, Actor.AGENT, Actor.AGENT))
    if random.random() < 0.7:
        told["actor"] = random.choice((NOBODY, *(ticket * OWN + agent for agent in (1, 2, 3))))
    return Event(at=at, kind=EventKind.UPDATE, **told)


def _place(random: Random, ticket: int) -> dict[str, Any]:
    place = {}
    if random.random() < 0.3:
        place["agent"] = random.choice((NOBODY, *(ticket * OWN + agent for agent in (1, 2, 3))))
    if random.random() < 0.2:
        place["team"] = random.choice((NOBODY, *(ticket * OWN + team for team in TEAMS)))
    if random.random() < 0.1:
        place["priority"] = random.choice((1, 2, 3))
    return place
