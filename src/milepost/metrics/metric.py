"""What a metric is: a declaration over the fact table, without SQL and without a clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from milepost.tickets.columns import Kind
from milepost.tickets.events import Tells


class Unit(StrEnum):
    """What a value counts. Tickets in tickets, durations in seconds, shares in percent, points in points."""

    TICKETS = "tickets"
    DURATION = "duration"
    SHARE = "share"
    POINTS = "points"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Aggregate(StrEnum):
    """How the values of many facts become one."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    MEDIAN = "median"
    P75 = "p75"
    P90 = "p90"
    P95 = "p95"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    SHARE = "share"
    RATIO = "ratio"


class Hours(StrEnum):
    """Which clock a duration is read from."""

    CALENDAR = "calendar"
    BUSINESS = "business"


class Anchor(StrEnum):
    """What places a fact in a period.

    An act: the period holds its moment. A level: the state is there at the period's end. A removal: a creation in the
    period that no longer counts at its end.
    """

    ACT = "act"
    LEVEL = "level"
    REMOVAL = "removal"


class Credit(StrEnum):
    """Whom a fact counts for, as of the fact."""

    CREATOR = "creator"
    REPLIER = "replier"
    ASSIGNEE = "assignee"
    ASSIGNEE_BEFORE = "assignee_before"
    RESOLVER = "resolver"
    HOLDER = "holder"


class Reading(StrEnum):
    """Which number of a fact is aggregated: the whole clock, a part of it, or a score."""

    SECONDS = "seconds"
    WORK = "work"
    HOLD = "hold"
    CUSTOMER = "customer"
    REQUESTER = "requester"
    SCORE = "score"


class Nth(StrEnum):
    """Which of its kind on the ticket."""

    FIRST = "first"
    LATER = "later"


class Hit(StrEnum):
    """What a fact must be to count in the numerator of a share."""

    ONE_TOUCH = "one_touch"
    NO_TOUCH = "no_touch"
    POSITIVE = "positive"
    REOPENED = "reopened"


class Empty(StrEnum):
    """What it means that there is no fact."""

    ZERO = "zero"
    NO_DATA = "no_data"


QUANTILES: Final = {Aggregate.MEDIAN: 50, Aggregate.P75: 75, Aggregate.P90: 90, Aggregate.P95: 95}
STATISTICS: Final = (Aggregate.AVERAGE, *QUANTILES, Aggregate.MINIMUM, Aggregate.MAXIMUM)
# Aggregates that say nothing over a small sample: the account's minimum sample applies.
NEEDS_SAMPLE: Final = frozenset({Aggregate.AVERAGE, *QUANTILES, Aggregate.SHARE, Aggregate.RATIO})
# A value is shown and judged to this step; durations are finer where they are short, see `rounding`.
STEPS: Final = {
    Unit.TICKETS: Fraction(1),
    Unit.DURATION: Fraction(60),
    Unit.SHARE: Fraction(1, 1000),
    Unit.POINTS: Fraction(1, 10),
}
PARTS: Final = frozenset({Reading.WORK, Reading.HOLD, Reading.CUSTOMER, Reading.REQUESTER})
NEEDED: Final[Mapping[Kind, frozenset[Tells]]] = {
    Kind.CREATED: frozenset(),
    Kind.ASSIGNMENT: frozenset({Tells.HISTORY, Tells.AGENTS}),
    Kind.TRANSFER: frozenset({Tells.HISTORY, Tells.TEAMS}),
    Kind.FIRST_REPLY: frozenset({Tells.RESPONSE}),
    Kind.REPLY: frozenset({Tells.HISTORY, Tells.MESSAGES}),
    Kind.RESOLUTION: frozenset({Tells.STATUS}),
    Kind.REOPEN: frozenset({Tells.HISTORY, Tells.STATUS}),
    Kind.RATING: frozenset({Tells.RATINGS}),
    Kind.OPEN: frozenset({Tells.STATUS}),
    Kind.AWAITING: frozenset({Tells.STATUS, Tells.RESPONSE}),
    Kind.WAITING: frozenset({Tells.HISTORY, Tells.STATUS, Tells.MESSAGES}),
}


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One declared metric over the facts of one `kind`, credited as the facts are.

    With `stands`, an act counts only while it is not undone as of the period's end; with `nth`, only that of its
    ticket. `reading` is the number that can be aggregated. A share has either a `hit`, what its numerator counts, or a
    state in which the act is `owed`: then it is the share within a bound, of all that were done in time or broke it. A
    ratio is divided by the facts of another kind, `per`. `aggregate` is the usual one.
    """

    key: str
    name: str
    meaning: str
    unit: Unit
    direction: Direction
    kind: Kind
    anchor: Anchor = Anchor.ACT
    credit: Credit
    aggregate: Aggregate
    stands: bool = False
    nth: Nth | None = None
    reading: Reading | None = None
    hit: Hit | None = None
    owed: Kind | None = None
    per: Kind | None = None
    days: int = 0
    adds_up_over_people: bool
    adds_up_over_time: bool

    @property
    def timed(self) -> bool:
        """Whether it has a number to aggregate."""
        return self.reading is not None and self.aggregate not in {Aggregate.SHARE, Aggregate.RATIO}

    @property
    def is_clocked(self) -> bool:
        """Whether its number is read from a clock."""
        return self.reading not in {None, Reading.SCORE}

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The aggregates it allows, the usual one first."""
        if not self.timed:
            return (self.aggregate,)
        others = (
            (*STATISTICS, Aggregate.COUNT)
            if self.reading is Reading.SCORE
            else (*STATISTICS, Aggregate.SUM, Aggregate.COUNT)
        )
        return (self.aggregate, *(one for one in others if one is not self.aggregate))

    @property
    def bounded(self) -> bool:
        """Whether it asks for a bound: within how many seconds."""
        return self.owed is not None

    @property
    def takes_days(self) -> bool:
        """Whether a number of days applies to it, in which a resolution may be undone."""
        return self.kind is Kind.RESOLUTION and (self.stands or self.hit is Hit.REOPENED)

    @property
    def is_level(self) -> bool:
        """Whether it is a state at a moment, judged at the end only."""
        return self.anchor is Anchor.LEVEL

    @property
    def precision(self) -> Fraction:
        """The step to which it is shown and judged."""
        return STEPS[self.unit]

    @property
    def early(self) -> bool:
        """Whether it can be achieved before the end: what only grows, where higher is better."""
        return early(self, self.aggregate, self.direction)

    @property
    def empty(self) -> Empty:
        """What it is without any fact."""
        return empty(self.aggregate)

    @property
    def needs(self) -> frozenset[Tells]:
        """What a source must be able to tell; of one that cannot, the metric is not told, never 0."""
        needed = NEEDED[self.kind]
        for other in (self.owed, self.per):
            needed |= NEEDED[other] if other is not None else frozenset()
        if self.nth is not None or self.reading in PARTS or self.hit is Hit.REOPENED:
            needed |= {Tells.HISTORY}
        if self.hit in {Hit.ONE_TOUCH, Hit.NO_TOUCH}:
            needed |= {Tells.HISTORY, Tells.MESSAGES}
        return needed


def early(metric: Metric, aggregate: Aggregate, direction: Direction) -> bool:
    """Whether reaching a target before the end is an achievement."""
    grows = aggregate in {Aggregate.COUNT, Aggregate.SUM} and not metric.is_level
    return grows and direction is Direction.HIGHER


def empty(aggregate: Aggregate) -> Empty:
    """A count of nothing is a true zero; any other aggregate of nothing does not exist."""
    return Empty.ZERO if aggregate is Aggregate.COUNT else Empty.NO_DATA
