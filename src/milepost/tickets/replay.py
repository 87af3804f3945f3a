"""Events of one ticket, replayed in their order, become its facts. The rules are in docs/reference/facts.md."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from milepost.tickets.clock import EVERY_HOUR, PARTS, BusinessTime, TicketClock
from milepost.tickets.columns import AUTOMATION, Category, Kind
from milepost.tickets.events import (
    NOBODY,
    Actor,
    CreditRule,
    Event,
    EventKind,
    Message,
    Removal,
    ReplayRules,
    Response,
)
from milepost.tickets.facts import Fact, Holding, fact, place
from milepost.tickets.states import Standing, States, Wait

RESOLVED: Final = frozenset({Category.RESOLVED, Category.CLOSED})
MACHINES: Final = frozenset({Actor.BOT, Actor.SYSTEM})


def replay(ticket: int, events: Iterable[Event], rules: ReplayRules, business: BusinessTime = EVERY_HOUR) -> list[Fact]:
    """The facts of one ticket from its events in the order of the source, the creation first.

    Promises: no fact is lost or counted twice at any moment; a resolution is an entry into resolved or closed from
    outside; a reopen ends it; a removed ticket's facts count until the removal and again from a restore on.
    """
    return _Replay(ticket, rules, business).run(events)


class _Replay:
    """One pass over the events of a ticket, in the source's own order: equal or disordered times stay as they came."""

    def __init__(self, ticket: int, rules: ReplayRules, business: BusinessTime) -> None:
        self.ticket = ticket
        self.rules = rules
        self.clock = TicketClock(business)
        self.states = States(ticket, self.clock)
        self.acts: list[Fact] = []
        self.taken_out: list[Fact] = []
        self.counted = dict.fromkeys(Kind, 0)
        self.holding = Holding()
        self.told: tuple[object, ...] = ()
        self.created_at = 0
        self.status: Category | None = None
        self.began_new: bool | None = None
        self.messages = 0
        self.waits = 0
        self.waiting: Wait | None = None
        self.standing: Fact | None = None
        self.resolution: Fact | None = None
        self.removal: Removal | None = None
        self.removed_at: int | None = None
        self.deleted_by_status = False

    def run(self, events: Iterable[Event]) -> list[Fact]:
        for event in events:
            if event.kind is EventKind.CREATED:
                self._create(event)
            else:
                self._update(event)
            self._keep_states(event.at)
        return [*self.acts, *self.states.ended, *self.states.running()]

    def _create(self, event: Event) -> None:
        self.created_at = event.at
        self.clock.start(event.at)
        self.clock.part = PARTS[None]
        self._hold(event)
        self._timed(Kind.CREATED, event.at)
        self._hand_on(event.at, Holding())

    def _update(self, event: Event) -> None:
        self.clock.advance(event.at)
        self._presence(event)
        before, standing = self.holding, self.standing
        self._hold(event)
        self._hand_on(event.at, before)
        self._message(event)
        self._rating(event)
        self._status(event, before)
        if standing is not None and self.standing is standing:
            self._credit(event.at, before)

    def _hold(self, event: Event) -> None:
        told = place(event)
        if told == self.told:
            return
        self.told = told
        team = self.holding.team
        self.holding = self.holding.told(event)
        if self.holding.team != team or event.kind is EventKind.CREATED:
            self.clock.assign(self.holding.team)

    def _hand_on(self, at: int, before: Holding) -> None:
        """A new assignee and a new group are acts; to be rid of one is none."""
        if self.holding is before or not self.rules.history:
            return
        if self.holding.agent not in {None, before.agent}:
            self._timed(Kind.ASSIGNMENT, at)
        if self.holding.team not in {None, before.team}:
            self._timed(Kind.TRANSFER, at)

    def _message(self, event: Event) -> None:
        if event.message is None or self.rules.response is not Response.MESSAGES:
            return
        self.messages += 1
        if event.message is Message.CUSTOMER or (event.message is Message.REPLY and event.actor_kind is Actor.CUSTOMER):
            self._customer_writes()
            return
        opening = self.rules.history and self.messages == 1 and event.at == self.created_at
        if event.message is Message.REPLY and event.actor_kind not in MACHINES and not opening:
            self._reply(event.at, agent=event.actor)

    def _customer_writes(self) -> None:
        if self.waiting is None and self.rules.history:
            self.waits += 1
            self.waiting = Wait(self.waits, self.clock.read(self.clock.at))

    def _reply(self, at: int, *, agent: int | None = None) -> None:
        """A public reply by a person: it ends the wait of the customer, and the first one the wait for a response."""
        acts = [] if self._replied else [self._timed(Kind.FIRST_REPLY, at)]
        if self.rules.history:
            reply = self._act(Kind.REPLY, at)
            if self.waiting is not None:
                reply.time(self.clock.read(at).since(self.waiting.began))
            self.waiting = None
            acts.append(reply)
        if agent is not None:
            for act in acts:
                act.agent = None if agent == NOBODY else agent

    def _rating(self, event: Event) -> None:
        if event.score is None:
            return
        self._end(Kind.RATING, event.at)
        rating = self._timed(Kind.RATING, event.at)
        rating.score = event.score
        if self.resolution is not None:
            rating.agent, rating.team = self.resolution.agent, self.resolution.team

    def _status(self, event: Event, before: Holding) -> None:
        if event.status is None or event.status is Category.DELETED:
            return
        was, self.status = self.status, event.status
        self._left_new(was, event)
        if event.status in RESOLVED and self.standing is None:
            self._resolve(event)
        elif event.status not in RESOLVED and self.standing is not None:
            self._reopen(event, before)

    def _left_new(self, was: Category | None, event: Event) -> None:
        if self.began_new is None:
            self.began_new = event.status is Category.NEW
        leaves = was is Category.NEW and event.status is not Category.NEW
        if leaves and self.began_new and self.rules.response is Response.LEAVES_NEW and not self._replied:
            self._reply(event.at)

    @property
    def _replied(self) -> bool:
        return self.counted[Kind.FIRST_REPLY] > 0

    def _resolve(self, event: Event) -> None:
        resolution = self._timed(Kind.RESOLUTION, event.at)
        if resolution.agent is None:
            resolution.agent = _actor(event)
        if self.rules.history:
            resolution.time_parts(self.clock.read(event.at))
            if self.rules.response is Response.MESSAGES:
                resolution.replies = self.counted[Kind.REPLY]
        self.standing = self.resolution = resolution

    def _reopen(self, event: Event, before: Holding) -> None:
        standing, self.standing = self.standing, None
        if standing is None:
            return
        self._end(Kind.RESOLUTION, event.at)
        reopen = self._act(Kind.REOPEN, event.at)
        reopen.agent, reopen.team = before.agent, before.team
        elapsed = event.at - standing.happened_at
        reopen.calendar_seconds = elapsed if elapsed >= 0 else None

    def _end(self, kind: Kind, at: int) -> None:
        """What stands of a kind stands no longer, in every row of it."""
        for act in self.acts:
            if act.kind is kind and act.ended_at is None:
                act.ended_at = at

    def _credit(self, at: int, before: Holding) -> None:
        """Under `while_resolved`, credit a standing resolution to whoever the ticket is handed to.

        The first row counts until then and the credited one from then on, so that every moment is answered as it was.
        """
        standing = self.standing
        if standing is None or self.removed_at is not None or self.rules.credit is CreditRule.AT_RESOLUTION:
            return
        agent = standing.agent if self.holding.agent == before.agent else self.holding.agent
        team = standing.team if self.holding.team == before.team else self.holding.team
        if (agent, team) == (standing.agent, standing.team):
            return
        credited = replace(standing, agent=agent, team=team, counts_from=max(at, standing.counts_from))
        if credited.counts_from == standing.counts_from:
            self.acts.remove(standing)
        else:
            standing.counts_until = at
        self.acts.append(credited)
        self.standing = self.resolution = credited

    def _presence(self, event: Event) -> None:
        """A removal takes all rows out; it comes before a status of the same update, so a merge closes nothing."""
        if event.removal is Removal.RESTORED or (self.deleted_by_status and _is_back(event)):
            self._restore(event.at)
        if event.removal not in {None, Removal.RESTORED} or (event.removal is None and _deletes(event)):
            self._remove(event)

    def _remove(self, event: Event) -> None:
        if self.removed_at is not None:
            return
        self.removed_at = event.at
        self.deleted_by_status = event.removal is None
        self.states.become(event.at, None, self.holding, self.status)
        self.taken_out = [one for one in (*self.acts, *self.states.ended) if one.counts_until is None]
        for one in self.taken_out:
            one.counts_until = event.at

    def _restore(self, at: int) -> None:
        """Every row that was taken out, or came while the ticket was gone, counts again from here on."""
        if self.removed_at is None:
            return
        again = [replace(one, counts_from=at, counts_until=None) for one in self.taken_out]
        for one, copy in zip(self.taken_out, again, strict=True):
            (self.acts if one.status is None else self.states.ended).append(copy)
            self.standing = copy if one is self.standing else self.standing
            self.resolution = copy if one is self.resolution else self.resolution
        self.removed_at = None
        self.deleted_by_status = False
        self.taken_out = []

    def _timed(self, kind: Kind, at: int) -> Fact:
        """An act with the clock from the creation."""
        act = self._act(kind, at)
        act.time(self.clock.read(at))
        return act

    def _act(self, kind: Kind, at: int) -> Fact:
        self.counted[kind] += 1
        nth = self.counted[kind] if self.rules.history or kind is Kind.CREATED else None
        act = fact(self.ticket, kind, nth, at, self.holding)
        self.acts.append(act)
        if self.removed_at is not None:
            act.counts_until = self.removed_at
            self.taken_out.append(act)
        return act

    def _keep_states(self, at: int) -> None:
        """Bring clock and states in line with the ticket as it stands after the event."""
        there = self.standing is None and self.removed_at is None
        self.clock.part = PARTS[self.status] if there else None
        self.states.become(at, self._standing() if there else None, self.holding, self.status)

    def _standing(self) -> Standing:
        return Standing(
            spell=self.counted[Kind.RESOLUTION] + 1 if self.rules.history else None,
            awaiting=self._owed() and not self._replied,
            waiting=self.waiting,
        )

    def _owed(self) -> bool:
        """Whether the source would tell a first reply of this ticket."""
        if self.rules.response is Response.LEAVES_NEW:
            return self.began_new is not False
        return self.rules.response is not Response.UNKNOWN


def _deletes(event: Event) -> bool:
    return event.status is Category.DELETED


def _is_back(event: Event) -> bool:
    return event.status is not None and not _deletes(event)


def _actor(event: Event) -> int | None:
    """Whoever did it, where nobody held the ticket."""
    if event.actor_kind in MACHINES:
        return AUTOMATION
    return event.actor or None if event.actor_kind is Actor.AGENT else None
