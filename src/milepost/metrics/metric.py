"""What a metric is: a declaration over the fact table, without SQL and without a clock."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from milepost.tickets.columns import Kind


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


class Hours(StrEnum):
    """Which clock a duration is read from."""

    CALENDAR = "calendar"
    BUSINESS = "business"


class Credit(StrEnum):
    """Whom an act counts for, as of the act."""

    CREATOR = "creator"
    REPLIER = "replier"
    ASSIGNEE = "assignee"
    ASSIGNEE_BEFORE = "assignee_before"


# Aggregates that say nothing over a small sample: the account's minimum sample applies.
NEEDS_SAMPLE: Final = frozenset({Aggregate.AVERAGE, Aggregate.MEDIAN, Aggregate.P75, Aggregate.P90, Aggregate.P95})
QUANTILES: Final = {Aggregate.MEDIAN: 50, Aggregate.P75: 75, Aggregate.P90: 90, Aggregate.P95: 95}


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One declared metric.

    An act of `kind` counts in the period that holds its moment. With `stands`, only while it has not been undone
    as of the end of the period; with `nth`, only the nth of its ticket. `timed` metrics have a clock to aggregate.
    """

    key: str
    name: str
    meaning: str
    unit: Unit
    direction: Direction
    kind: Kind
    credit: Credit
    aggregate: Aggregate
    stands: bool = False
    nth: int | None = None
    timed: bool = False
    adds_up_over_people: bool
    adds_up_over_time: bool

    @property
    def needs_history(self) -> bool:
        """Whether a ticket table, which knows no history, cannot tell this metric."""
        return self.kind is Kind.REOPEN or (self.nth is not None and self.kind is not Kind.CREATED)
