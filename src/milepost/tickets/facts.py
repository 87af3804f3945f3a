"""Events of one ticket, replayed in their order, become its facts. The rules are in docs/reference/facts.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from milepost.tickets.columns import Category, Kind
from milepost.tickets.events import NOBODY, Actor, CreditRule, Event, EventKind, Message, ReplayRules, Response

RESOLVED: Final = frozenset({Category.RESOLVED, Category.CLOSED})
MACHINES: Final = frozenset({Actor.BOT, Actor.SYSTEM})


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
    calendar_seconds: int | None = None
    replies: int | None = None
    tags: Sequence[int] | None = None
    fields: Sequence[float | int | None] = ()


@dataclass(slots=True)
class _Holding:
    """Who and what a ticket stood with after the updates so far."""

    agent: int | None = None
    team: int | None = None
    pipeline: int | None = None
    priority: int | None = None
    channel: int | None = None
    tags: Sequence[int] | None = None
    fields: list[float | int | None] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Remember what the event tells; what it does not tell stays."""
        for name in ("agent", "team", "pipeline", "priority", "channel"):
            told = getattr(event, name)
            if told is not None:
                setattr(self, name, None if told == NOBODY else told)
        if event.tags is not None:
            self.tags = event.tags
        if event.fields:
            earlier = self.fields or [None] * len(event.fields)
            self.fields = [told if told is not None else old for told, old in zip(event.fields, earlier, strict=True)]


class _Replay:
    """One pass over the events of a ticket, in the source's own order: equal or disordered times stay as they came."""

    def __init__(self, ticket: int, rules: ReplayRules) -> None:
        self.ticket = ticket
        self.rules = rules
        self.facts: list[Fact] = []
        self.holding = _Holding()
        self.created_at = 0
        self.status: Category | None = None
        self.began_new: bool | None = None
        self.replies = 0
        self.replied = False
        self.standing: Fact | None = None
        self.messages = 0
        self.excluded_at: int | None = None
        self.taken_out: list[Fact] = []
        self.counted = dict.fromkeys(Kind, 0)

    def run(self, events: Iterable[Event]) -> list[Fact]:
        for event in events:
            before = replace(self.holding)
            self.holding.take(event)
            if event.kind is EventKind.CREATED:
                self.created_at = event.at
                self._act(Kind.CREATED, event.at)
                continue
            standing = self.standing
            self._message(event)
            self._status(event, before)
            if standing is not None and self.standing is standing:
                self._credit(event, before)
        return self.facts

    def _message(self, event: Event) -> None:
        if event.message is None or self.rules.response is not Response.MESSAGES:
            return
        self.messages += 1
        opening = self.rules.history and self.messages == 1 and event.at == self.created_at
        if event.message is not Message.REPLY or event.actor_kind in MACHINES or opening:
            return
        self.replies += 1
        self._first_reply(event.at, agent=event.actor)

    def _first_reply(self, at: int, *, agent: int | None = None) -> None:
        if self.replied:
            return
        self.replied = True
        fact = self._act(Kind.FIRST_REPLY, at, seconds=at - self.created_at)
        if agent is not None:
            fact.agent = None if agent == NOBODY else agent

    def _status(self, event: Event, before: _Holding) -> None:
        if event.status is None:
            return
        was, self.status = self.status, event.status
        if event.status is Category.DELETED:
            self._exclude(event.at)
            return
        if was is Category.DELETED:
            self._restore(event.at)
        self._left_new(was, event)
        if event.status in RESOLVED and self.standing is None:
            self._resolve(event)
        elif event.status not in RESOLVED and self.standing is not None:
            self._reopen(event, before)

    def _left_new(self, was: Category | None, event: Event) -> None:
        if self.began_new is None:
            self.began_new = event.status is Category.NEW
        leaves = was is Category.NEW and event.status is not Category.NEW
        if leaves and self.began_new and self.rules.response is Response.LEAVES_NEW:
            self._first_reply(event.at)

    def _resolve(self, event: Event) -> None:
        fact = self._act(Kind.RESOLUTION, event.at, seconds=event.at - self.created_at)
        if fact.agent is None and event.actor_kind is Actor.AGENT and event.actor:
            fact.agent = event.actor
        if self.rules.response is Response.MESSAGES:
            fact.replies = self.replies
        self.standing = fact

    def _reopen(self, event: Event, before: _Holding) -> None:
        standing, self.standing = self.standing, None
        if standing is None:
            return
        for fact in self.facts:
            if fact.kind is Kind.RESOLUTION and fact.nth == standing.nth and fact.ended_at is None:
                fact.ended_at = event.at
        fact = self._act(Kind.REOPEN, event.at, seconds=event.at - standing.happened_at)
        fact.agent, fact.team = before.agent, before.team

    def _credit(self, event: Event, before: _Holding) -> None:
        """Under `while_resolved`, credit a standing resolution to whoever the ticket is handed to.

        The first row counts until then and the credited one from then on, so that every moment is answered as it was.
        """
        standing = self.standing
        if standing is None or self.excluded_at is not None or self.rules.credit is CreditRule.AT_RESOLUTION:
            return
        agent = standing.agent if self.holding.agent == before.agent else self.holding.agent
        team = standing.team if self.holding.team == before.team else self.holding.team
        if (agent, team) == (standing.agent, standing.team):
            return
        self.standing = replace(standing, agent=agent, team=team, counts_from=max(event.at, standing.counts_from))
        if self.standing.counts_from == standing.counts_from:
            self.facts.remove(standing)
        else:
            standing.counts_until = event.at
        self.facts.append(self.standing)

    def _exclude(self, at: int) -> None:
        if self.excluded_at is not None:
            return
        self.excluded_at = at
        self.taken_out = [fact for fact in self.facts if fact.counts_until is None]
        for fact in self.taken_out:
            fact.counts_until = at

    def _restore(self, at: int) -> None:
        for fact in self.taken_out:
            again = replace(fact, counts_from=at, counts_until=None)
            self.facts.append(again)
            if fact is self.standing:
                self.standing = again
        self.excluded_at = None
        self.taken_out = []

    def _act(self, kind: Kind, at: int, *, seconds: int | None = None) -> Fact:
        self.counted[kind] += 1
        holding = self.holding
        fact = Fact(
            ticket=self.ticket,
            kind=kind,
            nth=self.counted[kind] if self.rules.history or kind is Kind.CREATED else None,
            happened_at=at,
            counts_from=at,
            counts_until=self.excluded_at,
            agent=holding.agent,
            team=holding.team,
            pipeline=holding.pipeline,
            priority=holding.priority,
            channel=holding.channel,
            # A negative duration is an error of the data: the act counts, its clock does not.
            calendar_seconds=seconds if seconds is not None and seconds >= 0 else None,
            tags=holding.tags,
            fields=tuple(holding.fields),
        )
        self.facts.append(fact)
        if self.excluded_at is not None:
            self.taken_out.append(fact)
        return fact


def replay(ticket: int, events: Iterable[Event], rules: ReplayRules) -> list[Fact]:
    """The facts of one ticket from its events in the order of the source, the creation first.

    Promises: no fact is lost or counted twice at any moment; a resolution is an entry into resolved or closed from
    outside; a reopen ends it; a deleted ticket's facts count until the deletion and again from a restore on.
    """
    return _Replay(ticket, rules).run(events)
