"""A fact: one act on a ticket, or one stretch of a state it was in. The columns are explained in `columns`."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple

from milepost.tickets.clock import Reading
from milepost.tickets.columns import Category, Kind
from milepost.tickets.events import NOBODY, Event


class Holding(NamedTuple):
    """Who and what a ticket stood with after the updates so far."""

    agent: int | None = None
    team: int | None = None
    pipeline: int | None = None
    priority: int | None = None
    channel: int | None = None
    tags: Sequence[int] | None = None
    fields: Sequence[float | int | None] = ()

    def told(self, event: Event) -> "Holding":
        """What it stands with after the event; what an event does not tell stays. The same object if all stays."""
        after = Holding(
            _told(event.agent, self.agent),
            _told(event.team, self.team),
            _told(event.pipeline, self.pipeline),
            _told(event.priority, self.priority),
            _told(event.channel, self.channel),
            self.tags if event.tags is None else event.tags,
            self.fields_told(event.fields),
        )
        return self if after == self else after

    def fields_told(self, told: Sequence[float | int | None]) -> Sequence[float | int | None]:
        if not (told and self.fields):
            return told or self.fields
        return [old if new is None else new for new, old in zip(told, self.fields, strict=True)]


# What an event tells of a holding, in one step: nearly every update tells again what the last one told.
place: Final = attrgetter(*Holding._fields)


def _told(number: int | None, before: int | None) -> int | None:
    if number is None:
        return before
    return None if number == NOBODY else number


@dataclass(slots=True)
class Fact:
    """One row of the fact table; columns that a kind does not have stay None."""

    ticket: int
    kind: Kind
    nth: int | None
    happened_at: int
    counts_from: int
    ended_at: int | None = None
    counts_until: int | None = None
    agent: int | None = None
    team: int | None = None
    pipeline: int | None = None
    priority: int | None = None
    channel: int | None = None
    status: Category | None = None
    calendar: int | None = None
    calendar_seconds: int | None = None
    business_seconds: int | None = None
    calendar_work: int | None = None
    business_work: int | None = None
    calendar_hold: int | None = None
    business_hold: int | None = None
    calendar_customer: int | None = None
    business_customer: int | None = None
    replies: int | None = None
    score: int | None = None
    tags: Sequence[int] | None = None
    fields: Sequence[float | int | None] = ()

    def time(self, reading: Reading) -> None:
        """Take the totals of a clock. A negative one is an error of the data: the fact counts, its clock does not."""
        if reading.calendar >= 0:
            self.calendar_seconds, self.business_seconds = reading.calendar, reading.business

    def time_parts(self, reading: Reading) -> None:
        """Take the parts of a clock too; none of a clock that contradicts itself."""
        parts = reading[PARTS_FROM:]
        if min(parts) >= 0:
            self.calendar_work, self.business_work, self.calendar_hold, self.business_hold = parts[:4]
            self.calendar_customer, self.business_customer = parts[4:]


PARTS_FROM: Final = 2


def fact(ticket: int, kind: Kind, nth: int | None, at: int, holding: Holding) -> Fact:
    """A fact that begins or happens at a moment, with everything as the ticket holds it then."""
    return Fact(
        ticket,
        kind,
        nth,
        at,
        at,
        agent=holding.agent,
        team=holding.team,
        pipeline=holding.pipeline,
        priority=holding.priority,
        channel=holding.channel,
        tags=holding.tags,
        fields=holding.fields,
    )
