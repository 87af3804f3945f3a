"""Each line of the metric table, evaluated straight from the events of a ticket. Shares no code with the replay.

There are no facts here. What is true as of X is what follows from the events before X, so everything is worked out
anew from that prefix of the history. A line answers with the values behind it: agent, team, value, whether it is a hit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from milepost.tickets.events import Event

AUTOMATION = -1
DAY = 86_400
DONE = {"resolved", "closed"}
WORK, HOLD, CUSTOMER = {"new", "open"}, {"on_hold"}, {"waiting_customer"}


class Value(NamedTuple):
    """One value behind an aggregate; `at` is when its agent must be in a team for it to be of the team."""

    agent: int | None
    team: int | None
    at: int
    number: int | None = None
    hit: bool = True


# Agent, team and moment of what is credited.
Credit = tuple[int | None, int | None, int]


@dataclass(frozen=True)
class Question:
    """From when to when, asked at a moment; and what shares and windows need."""

    start: int
    end: int
    now: int
    within: int = 0
    days: int = 0
    business: bool = False

    @property
    def x(self) -> int:
        """As of when."""
        return min(self.end, self.now)


# From this moment on the calendar works the other ten minutes of every twenty.
EDITED = 17_000


def shifts(start: int, end: int) -> list[tuple[int, int]]:
    """The parts of `[start, end)` in which a calendar works that works every other ten minutes."""
    begins = [(begin, begin + 600, 0, EDITED) for begin in range(start - start % 1200, end, 1200)]
    begins += [(begin + 600, begin + 1200, EDITED, end) for begin in range(start - start % 1200 - 1200, end, 1200)]
    parts = [(max(start, opens, since), min(end, closes, until)) for opens, closes, since, until in begins]
    return sorted((opens, closes) for opens, closes in parts if opens < closes)


def working(start: int, end: int) -> int:
    """Seconds in `[start, end)` of that calendar."""
    return sum(closes - opens for opens, closes in shifts(start, end))


class Ticket:
    """A ticket as its first events tell it; `after(i)` is how it stands when the i-th has happened."""

    def __init__(self, events: tuple[Event, ...], whole: tuple[Event, ...] | None = None) -> None:
        self.events = events
        self.whole = whole or events
        self.born = events[0].at

    def before(self, x: int) -> "Ticket | None":
        """The ticket as of X."""
        known = tuple(event for event in self.events if event.at < x)
        return Ticket(known, self.whole) if known else None

    @property
    def last(self) -> int:
        return len(self.events) - 1

    def told(self, name: str, i: int) -> int | None:
        """The last that was told of an attribute, up to and with the i-th event."""
        for event in reversed(self.events[: i + 1]):
            told = getattr(event, name)
            if told is not None:
                return told or None
        return None

    def who(self, i: int) -> Credit:
        return self.told("agent", i), self.told("team", i), self.events[i].at

    def holder(self, x: int) -> Credit:
        """Who holds the ticket just before X."""
        return *self.who(self.last)[:2], x - 1

    def status(self, i: int) -> str | None:
        told = [event.status for event in self.events[: i + 1] if event.status not in {None, "deleted"}]
        return told[-1] if told else None

    def done(self, i: int) -> bool:
        return i >= 0 and self.status(i) in DONE

    def gone(self, i: int) -> bool:
        reason: str | None = None
        for event in self.events[: i + 1]:
            if event.removal == "restored" or (reason == "status" and event.status not in {None, "deleted"}):
                reason = None
            if event.removal not in {None, "restored"}:
                reason = reason or event.removal
            elif event.status == "deleted" and event.removal is None:
                reason = reason or "status"
        return reason is not None

    def there(self, i: int) -> bool:
        """Neither resolved nor gone."""
        return not self.done(i) and not self.gone(i)

    def resolutions(self) -> list[int]:
        return [i for i in range(len(self.events)) if self.done(i) and not self.done(i - 1)]

    def reopens(self) -> list[int]:
        return [i for i in range(len(self.events)) if self.done(i - 1) and not self.done(i)]

    def changes(self, name: str) -> list[int]:
        told = [None, *(self.told(name, i) for i in range(len(self.events)))]
        return [i for i in range(len(self.events)) if told[i + 1] not in {None, told[i]}]

    def messages(self) -> list[int]:
        return [i for i, event in enumerate(self.events) if event.message is not None]

    def customers(self) -> list[int]:
        return [
            i
            for i in self.messages()
            if self.events[i].message == "customer"
            or (self.events[i].message == "reply" and self.events[i].actor_kind == "customer")
        ]

    def replies(self) -> list[int]:
        """Public messages of people of the desk, but not one that opens the ticket."""
        first = self.messages()[:1]
        opening = [i for i in first if self.events[i].at == self.born]
        return [
            i
            for i in self.messages()
            if self.events[i].message == "reply"
            and self.events[i].actor_kind in {"agent", "unknown"}
            and i not in opening
        ]

    def unanswered(self, i: int) -> int | None:
        """The first customer message that no reply up to the i-th event has answered."""
        replies = [r for r in self.replies() if r <= i]
        since = replies[-1] if replies else -1
        return next((c for c in self.customers() if since < c <= i), None)

    def author(self, i: int) -> Credit:
        agent, team, at = self.who(i)
        actor = self.events[i].actor
        return (agent if actor is None else actor or None), team, at

    def resolver(self, i: int) -> Credit:
        agent, team, at = self.who(i)
        event = self.events[i]
        if agent is None and event.actor_kind in {"bot", "system"}:
            agent = AUTOMATION
        elif agent is None and event.actor_kind == "agent":
            agent = event.actor or None
        return agent, team, at

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The parts of `[start, end)` between events, each with the event before it."""
        edges = [*(event.at for event in self.events), max(end, self.events[-1].at)]
        for i in range(len(self.events)):
            low, high = max(edges[i], start), min(edges[i + 1], end)
            if low < high:
                yield i, low, high

    def seconds(self, start: int, end: int, *, business: bool, during: Callable[[int], bool] = lambda _i: True) -> int:
        """Seconds between two moments while something holds, on the calendar of the team then."""
        total = 0
        for i, low, high in self.spans(start, end):
            if during(i):
                team = self.told("team", i)
                total += working(low, high) if business and team and team % 10 == 7 else high - low
        return total

    def part(self, statuses: set[str], end: int, *, business: bool) -> int:
        """Seconds up to a moment in these statuses; before any status is told a ticket is new."""
        return self.seconds(
            self.born, end, business=business, during=lambda i: self.there(i) and (self.status(i) or "new") in statuses
        )


Line = Callable[[Ticket, Question], list[Value]]
PARTS: dict[str, set[str]] = {"work": WORK, "hold": HOLD, "customer": CUSTOMER, "requester": WORK | HOLD}


def ask(events: tuple[Event, ...], line: Line, question: Question) -> list[Value]:
    """What a line answers as of X; nothing of a ticket that is gone by then."""
    ticket = Ticket(events).before(question.x)
    if ticket is None or (ticket.gone(ticket.last) and line is not removed):
        return []
    return line(ticket, question)


def _in(ticket: Ticket, question: Question, places: list[int]) -> list[int]:
    return [i for i in places if ticket.events[i].at >= question.start]


def _age(ticket: Ticket, question: Question, i: int) -> int:
    return ticket.seconds(ticket.born, ticket.events[i].at, business=question.business)


def created(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*ticket.who(i)) for i in _in(ticket, question, [0])]


def removed(ticket: Ticket, question: Question) -> list[Value]:
    return created(ticket, question) if ticket.gone(ticket.last) else []


def first_response(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*ticket.author(i), _age(ticket, question, i)) for i in _in(ticket, question, ticket.replies()[:1])]


def next_reply(ticket: Ticket, question: Question) -> list[Value]:
    values = []
    for i in _in(ticket, question, ticket.replies()):
        began = ticket.unanswered(i - 1)
        if began is not None:
            waited = ticket.seconds(ticket.events[began].at, ticket.events[i].at, business=question.business)
            values.append(Value(*ticket.author(i), waited))
    return values


def time_to_assign(ticket: Ticket, question: Question) -> list[Value]:
    firsts = ticket.changes("agent")[:1]
    return [Value(*ticket.who(i), _age(ticket, question, i)) for i in _in(ticket, question, firsts)]


def reassignments(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*ticket.who(i)) for i in _in(ticket, question, ticket.changes("agent")[1:])]


def group_changes(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*ticket.who(i)) for i in _in(ticket, question, ticket.changes("team")[1:])]


def resolutions(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*ticket.resolver(i)) for i in _in(ticket, question, ticket.resolutions())]


def first_resolution(ticket: Ticket, question: Question) -> list[Value]:
    firsts = _in(ticket, question, ticket.resolutions()[:1])
    return [Value(*ticket.resolver(i), _age(ticket, question, i)) for i in firsts]


def reopens(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*ticket.who(i - 1))._replace(at=ticket.events[i].at) for i in _in(ticket, question, ticket.reopens())]


def _closed(ticket: Ticket, question: Question) -> list[int]:
    """Resolutions that stand: not undone before X, and not within so many days of the act, as far as is known now."""
    whole, found = Ticket(ticket.whole), []
    for i in _in(ticket, question, ticket.resolutions()):
        until = max(question.x, min(ticket.events[i].at + question.days * DAY, question.now))
        undone = [whole.events[r].at for r in whole.reopens() if r > i][:1]
        if not undone or undone[0] >= until:
            found.append(i)
    return found


def full_resolution(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*ticket.resolver(i), _age(ticket, question, i)) for i in _closed(ticket, question)]


def part_of_closed(part: str) -> Line:
    """Net resolution, requester wait, agent wait, on hold: a part of the time up to the resolution that stands."""

    def line(ticket: Ticket, question: Question) -> list[Value]:
        return [
            Value(*ticket.resolver(i), ticket.part(PARTS[part], ticket.events[i].at, business=question.business))
            for i in _closed(ticket, question)
        ]

    return line


def touches(wanted: int, *, first: bool) -> Line:
    """One-touch, no-touch: how many replies there were up to the resolution that stands."""

    def line(ticket: Ticket, question: Question) -> list[Value]:
        return [
            Value(
                *ticket.resolver(i),
                hit=sum(r <= i for r in ticket.replies()) == wanted and (not first or i == ticket.resolutions()[0]),
            )
            for i in _closed(ticket, question)
        ]

    return line


def reopen_rate(ticket: Ticket, question: Question) -> list[Value]:
    values = []
    for i in _in(ticket, question, ticket.resolutions()[:1]):
        undone = [ticket.events[r].at - ticket.events[i].at for r in ticket.reopens()[:1]]
        values.append(Value(*ticket.resolver(i), hit=any(after <= question.days * DAY for after in undone)))
    return values


def _ratings(ticket: Ticket, question: Question) -> list[tuple[int, Credit]]:
    rated = [i for i, event in enumerate(ticket.events) if event.score is not None]
    found = []
    for i in _in(ticket, question, rated[-1:]):
        before = [r for r in ticket.resolutions() if r < i]
        agent, team, _ = ticket.resolver(before[-1]) if before else ticket.who(i)
        found.append((i, (agent, team, ticket.events[i].at)))
    return found


def csat(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*who, hit=(ticket.events[i].score or 0) >= 75) for i, who in _ratings(ticket, question)]


def csat_score(ticket: Ticket, question: Question) -> list[Value]:
    return [Value(*who, ticket.events[i].score) for i, who in _ratings(ticket, question)]


def replies_per_resolution(ticket: Ticket, question: Question) -> list[Value]:
    replied = [Value(*ticket.author(i)) for i in _in(ticket, question, ticket.replies())]
    return replied + [value._replace(hit=False) for value in resolutions(ticket, question)]


def backlog(ticket: Ticket, question: Question) -> list[Value]:
    age = ticket.seconds(ticket.born, question.x, business=question.business)
    return [Value(*ticket.holder(question.x), age)] if ticket.there(ticket.last) else []


def awaiting(ticket: Ticket, question: Question) -> list[Value]:
    return [] if ticket.replies() else backlog(ticket, question)


def waiting(ticket: Ticket, question: Question) -> list[Value]:
    began = ticket.unanswered(ticket.last)
    if began is None or not ticket.there(ticket.last):
        return []
    waited = ticket.seconds(ticket.events[began].at, question.x, business=question.business)
    return [Value(*ticket.holder(question.x), waited)]


def part_of_open(part: str) -> Line:
    """The same parts, so far, of a ticket that is open."""

    def line(ticket: Ticket, question: Question) -> list[Value]:
        if not ticket.there(ticket.last):
            return []
        return [Value(*ticket.holder(question.x), ticket.part(PARTS[part], question.x, business=question.business))]

    return line


def _broken(ticket: Ticket, question: Question, due: int | None, owed: Callable[[Ticket], bool]) -> list[Value]:
    """Broken at the last instant in time, if that lies in the period and what was owed was still owed then."""
    if due is None or not question.start <= due < question.x:
        return []
    then = ticket.before(due + 1)
    if then is None or not then.there(then.last) or not owed(then):
        return []
    return [Value(*then.holder(due + 1), hit=False)]


def _still(message: int) -> Callable[[Ticket], bool]:
    """Whether the wait that began with this message goes on."""
    return lambda then: then.unanswered(then.last) == message


def _met(values: list[Value], question: Question) -> list[Value]:
    return [
        value._replace(number=None) for value in values if value.number is not None and value.number <= question.within
    ]


def first_response_within(ticket: Ticket, question: Question) -> list[Value]:
    due = _used_up(ticket, question, ticket.born)
    broken = _broken(ticket, question, due, lambda then: not then.replies())
    return _met(first_response(ticket, question), question) + broken


def next_reply_within(ticket: Ticket, question: Question) -> list[Value]:
    broken = []
    for message in ticket.customers():
        due = _used_up(ticket, question, ticket.events[message].at)
        broken += _broken(ticket, question, due, _still(message))
    return _met(next_reply(ticket, question), question) + broken


def first_resolution_within(ticket: Ticket, question: Question) -> list[Value]:
    due = _used_up(ticket, question, ticket.born)
    broken = _broken(ticket, question, due, lambda then: not then.resolutions())
    return _met(first_resolution(ticket, question), question) + broken


def net_resolution_within(ticket: Ticket, question: Question) -> list[Value]:
    met = []
    for i in _in(ticket, question, ticket.resolutions()[:1]):
        worked = ticket.part(WORK, ticket.events[i].at, business=question.business)
        met.append(Value(*ticket.resolver(i), worked))
    works = lambda i: ticket.there(i) and (ticket.status(i) or "new") in WORK  # noqa: E731 - as short as its use
    due = _used_up(ticket, question, ticket.born, during=works)
    return _met(met, question) + _broken(ticket, question, due, lambda then: not then.resolutions())


def _used_up(
    ticket: Ticket, question: Question, since: int, *, during: Callable[[int], bool] = lambda _i: True
) -> int | None:
    """The last instant at which the clock was within the bound, while it ran."""
    read = 0
    for i, low, high in ticket.spans(since, question.x):
        if not during(i):
            continue
        runs = [(low, high)]
        team = ticket.told("team", i)
        if question.business and team and team % 10 == 7:
            runs = shifts(low, high)
        for opens, closes in runs:
            if opens < closes and read <= question.within < read + closes - opens:
                return opens + question.within - read
            read += max(0, closes - opens)
    return None


LINES: dict[str, Line] = {
    "tickets_created": created,
    "tickets_removed": removed,
    "tickets_closed": full_resolution,
    "resolutions": resolutions,
    "reopens": reopens,
    "reassignments": reassignments,
    "group_changes": group_changes,
    "replies_per_resolution": replies_per_resolution,
    "first_response": first_response,
    "next_reply": next_reply,
    "time_to_assign": time_to_assign,
    "first_resolution": first_resolution,
    "full_resolution": full_resolution,
    "net_resolution": part_of_closed("work"),
    "requester_wait": part_of_closed("requester"),
    "agent_wait": part_of_closed("customer"),
    "on_hold": part_of_closed("hold"),
    "first_response_within": first_response_within,
    "next_reply_within": next_reply_within,
    "first_resolution_within": first_resolution_within,
    "net_resolution_within": net_resolution_within,
    "one_touch": touches(1, first=True),
    "no_touch": touches(0, first=False),
    "reopen_rate": reopen_rate,
    "csat": csat,
    "csat_score": csat_score,
    "backlog": backlog,
    "awaiting_first_response": awaiting,
    "still_waiting": waiting,
    "oldest_open": backlog,
    "oldest_awaiting_first_response": awaiting,
    "oldest_still_waiting": waiting,
    "open_work": part_of_open("work"),
    "open_requester_wait": part_of_open("requester"),
    "open_agent_wait": part_of_open("customer"),
    "open_on_hold": part_of_open("hold"),
}
