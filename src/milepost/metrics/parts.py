"""A measure in parts: which facts it is made of, as pieces of SQL over the columns of the fact table.

`opens`, `closes` and `as_of` stand for a window: its start, min(now, end), and the moment X as of which it is answered:
where it closes, or now. The as-of rule of docs/reference/facts.md is here, once; whoever asks the facts, one window at
a time or all of them at once, puts these pieces together.
"""

from dataclasses import dataclass
from typing import Final

from milepost.metrics.metric import Anchor, Hit, Hours, Nth, Reading
from milepost.metrics.question import Measure
from milepost.tickets.columns import Kind

DAY: Final = 86_400
# The SQL function that reads the working clock of a calendar at a moment; the engine makes it.
WORKED: Final = "worked_at"

# At X a fact counts if `counts_from < X <= counts_until`, and stands if `ended_at >= X`; null is never.
COUNTS: Final = "counts_from < as_of AND (counts_until IS NULL OR counts_until >= as_of)"
STANDS: Final = "(ended_at IS NULL OR ended_at >= as_of)"
# An act belongs to the window that holds its moment, a state to every window at whose close it stands.
HAPPENED: Final = "happened_at >= opens AND happened_at < closes"
STOOD: Final = "happened_at < closes AND (ended_at IS NULL OR ended_at >= closes)"
# Some of the stretch lies in the window.
LASTED: Final = "happened_at < closes AND coalesce(ended_at, closes) > greatest(happened_at, opens)"
# `since` and `until` stand for a membership: an act counts by its moment, a state by the one that is asked about.
MEMBER_THEN: Final = "happened_at >= since AND happened_at < until"
MEMBER_NOW: Final = "since < closes AND until >= closes"
# A creation that does not count, and does not count again after a restore.
REMOVED: Final = f"""
    counts_from = happened_at AND NOT ({COUNTS}) AND NOT EXISTS (
        SELECT 1 FROM facts again WHERE again.kind = 'created' AND again.ticket = facts.ticket
        AND again.counts_from < as_of AND (again.counts_until IS NULL OR again.counts_until >= as_of))
"""
# A fact that counts at every X after it.
SETTLED: Final = "counts_from = happened_at AND counts_until IS NULL"
UNENDED: Final = "ended_at IS NULL"
# A reply that ended no wait has no clock.
ENDED_A_WAIT: Final = "calendar_seconds IS NOT NULL"

NTH: Final = {Nth.FIRST: "nth = 1", Nth.LATER: "nth > 1"}
HITS: Final = {
    Hit.ONE_TOUCH: "nth = 1 AND replies = 1",
    Hit.NO_TOUCH: "replies = 0",
    Hit.POSITIVE: "score >= 75",
}
# The parts of a clock that make up a reading, and the statuses in which it runs.
PARTS: Final = {
    Reading.SECONDS: ("seconds",),
    Reading.WORK: ("work",),
    Reading.HOLD: ("hold",),
    Reading.CUSTOMER: ("customer",),
    Reading.REQUESTER: ("work", "hold"),
}
RUNS: Final = {
    Reading.SECONDS: "true",
    Reading.WORK: "status IN ('new', 'open')",
    Reading.HOLD: "status = 'on_hold'",
    Reading.CUSTOMER: "status = 'waiting_customer'",
    Reading.REQUESTER: "status IN ('new', 'open', 'on_hold')",
}
NOTHING: Final = "NULL::BIGINT"


@dataclass(frozen=True)
class Grid:
    """How the facts of a part that count at every X lie in a grid of moments.

    `moment` places a fact; an act and a breach have one, and a state also ends. What is false of a fact in `where`
    keeps it out, what is false in `held` leaves it to be asked one by one; so do all that are not settled.
    """

    moment: str
    where: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    hit: str = "true"
    ends: bool = False


@dataclass(frozen=True)
class Part:
    """Facts of one kind that enter a measure: where they must lie, what must hold at any X, and what at this one."""

    kind: Kind
    place: str
    where: tuple[str, ...] = ()
    at: tuple[str, ...] = (COUNTS,)
    value: str = NOTHING
    hit: str = "true"
    # When the one it is credited to must belong to a group for it to count there.
    during: str = MEMBER_THEN
    # A ticket has several rows that fit where it was taken out and brought back within a second.
    once: bool = False
    grid: Grid | None = None

    @property
    def clauses(self) -> tuple[str, ...]:
        """All that must hold of a fact, its place left out."""
        return (f"kind = '{self.kind.value}'", *self.where, *self.at)


def parts(measure: Measure, *, now: int) -> tuple[Part, ...]:
    """The facts that are aggregated, each with its value and whether it is a hit. `now` is in UTC seconds."""
    metric = measure.metric
    if metric.owed is not None:
        return _met(measure, now), _broken(measure, metric.owed)
    if metric.per is not None:
        return (
            Part(metric.kind, HAPPENED, grid=Grid("happened_at")),
            Part(metric.per, HAPPENED, hit="false", grid=Grid("happened_at", hit="false")),
        )
    match metric.anchor:
        case Anchor.ACT:
            return (_act(measure, now),)
        case Anchor.LEVEL:
            return (_level(measure),)
        case Anchor.REMOVAL:
            return (Part(metric.kind, HAPPENED, at=(REMOVED,), once=True),)


def _act(measure: Measure, now: int) -> Part:
    metric = measure.metric
    where, hit = _acts(measure), _hit(measure)
    undone = metric.stands or metric.hit is Hit.REOPENED
    standing = (_stands(measure, now),) if metric.stands else ()
    held = (UNENDED,) if undone else ()
    grid = Grid("happened_at", where, held, hit="false" if metric.hit is Hit.REOPENED else hit)
    return Part(metric.kind, HAPPENED, where, (COUNTS, *standing), reading(measure), hit, grid=grid)


def _met(measure: Measure, now: int) -> Part:
    """Acts within the bound. One that came later is no act here: its breach is in the state before it."""
    where = (*_acts(measure), f"{reading(measure)} <= {measure.within}")
    standing = (_stands(measure, now),) if measure.metric.stands else ()
    held = (UNENDED,) if measure.metric.stands else ()
    return Part(measure.metric.kind, HAPPENED, where, (COUNTS, *standing), grid=Grid("happened_at", where, held))


def _broken(measure: Measure, owed: Kind) -> Part:
    """States whose clock passed the bound in the window, at the last instant within it."""
    before = reading_at(measure, "greatest(happened_at, opens)")
    after = reading_at(measure, "least(coalesce(ended_at, closes), closes)")
    bounds = f"{before} <= {measure.within}", f"{measure.within} < {after}"
    return Part(
        owed,
        LASTED,
        _nth(measure),
        (COUNTS, *bounds),
        hit="false",
        during=_broken_during(measure),
        grid=_breach(measure),
    )


def _broken_during(measure: Measure) -> str:
    """The clock passed the bound within the membership."""
    before = reading_at(measure, "greatest(happened_at, least(since, closes))")
    after = reading_at(measure, "least(coalesce(ended_at, closes), closes, until)")
    return f"{before} <= {measure.within} AND {measure.within} < {after}"


def _breach(measure: Measure) -> Grid | None:
    """A breach is an act at the last instant within the bound, where the clock of calendar time gets there."""
    if measure.hours is Hours.BUSINESS or measure.metric.reading is None:
        return None
    moment = f"(happened_at + {measure.within} - {reading(measure)})"
    gets_there = f"{moment} >= happened_at AND (ended_at IS NULL OR {moment} < ended_at)"
    return Grid(moment, (*_nth(measure), RUNS[measure.metric.reading], gets_there), hit="false")


def _level(measure: Measure) -> Part:
    where = _nth(measure)
    return Part(
        measure.metric.kind,
        STOOD,
        where,
        value=reading_at(measure, "closes"),
        during=MEMBER_NOW,
        grid=Grid("happened_at", where, ends=True),
    )


def _acts(measure: Measure) -> tuple[str, ...]:
    timed = (ENDED_A_WAIT,) if measure.metric.kind is Kind.REPLY else ()
    return (*_nth(measure), *timed)


def _nth(measure: Measure) -> tuple[str, ...]:
    return () if measure.metric.nth is None else (NTH[measure.metric.nth],)


def _stands(measure: Measure, now: int) -> str:
    """Not undone as of X; with days, not within so many days of the act either, as far as is known now."""
    if not measure.days:
        return STANDS
    late = f"ended_at >= greatest(as_of, least(happened_at + {measure.days * DAY}, {now}))"
    return f"(ended_at IS NULL OR {late})"


def _hit(measure: Measure) -> str:
    hit = measure.metric.hit
    if hit is None:
        return "true"
    if hit is Hit.REOPENED:
        return f"coalesce(ended_at < as_of AND ended_at <= happened_at + {measure.days * DAY}, false)"
    return f"coalesce({HITS[hit]}, false)"


def reading(measure: Measure) -> str:
    """The number of an act."""
    read = measure.metric.reading
    if read is None:
        return NOTHING
    if read is Reading.SCORE:
        return "score::BIGINT"
    return "(" + " + ".join(f"{measure.hours.value}_{part}" for part in PARTS[read]) + ")"


def reading_at(measure: Measure, moment: str) -> str:
    """The clock of a running state at a moment: as read at its start, and what has passed since while it runs."""
    read = measure.metric.reading
    if read is None:
        return NOTHING
    return f"({reading(measure)} + CASE WHEN {RUNS[read]} THEN {_passed(measure, moment)} ELSE 0 END)"


def _passed(measure: Measure, moment: str) -> str:
    """Seconds from the start of a state to a moment. Where no calendar is set, business time is calendar time."""
    passed = f"{moment} - happened_at"
    if measure.hours is Hours.CALENDAR:
        return passed
    worked = f"{WORKED}(calendar, {moment}) - {WORKED}(calendar, happened_at)"
    return f"CASE WHEN calendar IS NULL THEN {passed} ELSE {worked} END"
