"""The story of one ticket, told by minute: Celina and Dawid are agents, Frontline and Billing their groups."""

from collections.abc import Sequence
from typing import Any, Final

from milepost.tickets.clock import EVERY_HOUR, BusinessTime
from milepost.tickets.columns import Category, Kind
from milepost.tickets.events import Actor, Event, EventKind, Message, ReplayRules
from milepost.tickets.facts import Fact
from milepost.tickets.replay import replay

CELINA, DAWID, FRONTLINE, BILLING = 1, 2, 7, 8
T0: Final = 1_000_000
MESSAGES: Final = ReplayRules()


def created(**told: Any) -> Event:
    """The ticket comes, at minute 0."""
    return Event(at=T0, kind=EventKind.CREATED, **told)


def update(minute: float, status: Category | None = None, **told: Any) -> Event:
    """Something happens some minutes later."""
    return Event(at=T0 + round(60 * minute), kind=EventKind.UPDATE, status=status, **told)


def reply(minute: float, agent: int | None = CELINA, status: Category | None = None, **told: Any) -> Event:
    """An agent writes to the customer."""
    return update(minute, status, message=Message.REPLY, actor=agent, actor_kind=Actor.AGENT, **told)


def customer(minute: float, status: Category | None = None) -> Event:
    """The customer writes."""
    return update(minute, status, message=Message.CUSTOMER, actor_kind=Actor.CUSTOMER)


class Story:
    """The facts of a ticket after these events."""

    def __init__(
        self, *events: Event, rules: ReplayRules = MESSAGES, business: BusinessTime = EVERY_HOUR, **at_creation: Any
    ) -> None:
        self.all: list[Fact] = replay(5, [created(**at_creation), *events], rules, business)

    def of(self, kind: Kind) -> list[Fact]:
        """All facts of a kind, in order."""
        return [fact for fact in self.all if fact.kind is kind]

    def one(self, kind: Kind) -> Fact:
        """The only one of a kind."""
        (fact,) = self.of(kind)
        return fact

    def counting(self, kind: Kind, minute: float) -> list[Fact]:
        """Those that count as of a minute."""
        x = T0 + round(60 * minute)
        return [
            fact
            for fact in self.of(kind)
            if fact.happened_at < x and fact.counts_from < x and (fact.counts_until is None or fact.counts_until >= x)
        ]

    def standing(self, kind: Kind, minute: float) -> list[Fact]:
        """Those that count and stand as of a minute."""
        x = T0 + round(60 * minute)
        return [fact for fact in self.counting(kind, minute) if fact.ended_at is None or fact.ended_at >= x]


def minutes(seconds: int | None) -> float | None:
    """Seconds as minutes."""
    return None if seconds is None else seconds / 60


def spans(facts: Sequence[Fact]) -> list[tuple[float, float | None]]:
    """From which minute to which."""
    return [
        ((fact.happened_at - T0) / 60, None if fact.ended_at is None else (fact.ended_at - T0) / 60) for fact in facts
    ]
