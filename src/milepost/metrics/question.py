"""What may be asked of the facts: a measure, conditions on it, and the windows and groups to answer for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Aggregate, Direction, Hours, Metric, Unit, early
from milepost.metrics.stints import Stint

VERSION: Final = 1


class By(StrEnum):
    """What the answer is divided by. A team here is the group of the help desk at the act; by membership: `Stint`."""

    ALL = "all"
    AGENT = "agent"
    TEAM = "team"
    PIPELINE = "pipeline"


@dataclass(frozen=True, slots=True)
class Condition:
    """Which facts count: those whose column is one of these numbers, or, without numbers, is told at all."""

    column: str
    numbers: frozenset[int] | None = None


@dataclass(frozen=True)
class Measure:
    """A metric, how its values are aggregated, and on which clock.

    `within` is the bound of a share within one, in seconds. `days` is the window in which a resolution may be undone:
    for the reopen rate how late a reopen counts, else for how long after the act a resolution must stand. `where` keeps
    the facts whose column has one of these texts, column by column. `better` turns the metric's direction round;
    `least` takes the place of the account's minimum sample.
    """

    metric: Metric
    aggregate: Aggregate
    hours: Hours = Hours.CALENDAR
    within: int | None = None
    days: int = 0
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    better: Direction | None = None
    least: int | None = None

    def __post_init__(self) -> None:
        """Refuse what has no meaning: an aggregate, a bound or days that the metric does not have."""
        if self.aggregate not in self.metric.aggregates:
            raise Refused(
                gettext_noop("“%(metric)s” cannot be taken as %(aggregate)s. It can be: %(aggregates)s."),
                metric=self.metric.name,
                aggregate=self.aggregate.value,
                aggregates=", ".join(self.metric.aggregates),
            )
        if self.metric.bounded and not (self.within or 0) > 0:
            raise Refused(
                gettext_noop("“%(metric)s” needs a bound: within how long it must happen."), metric=self.metric.name
            )
        if (self.within is not None and not self.metric.bounded) or (self.days and not self.metric.takes_days):
            raise Refused(gettext_noop("“%(metric)s” takes no bound and no days."), metric=self.metric.name)
        if self.days < 0:
            raise Refused(gettext_noop("A number of days cannot be negative."))

    @classmethod
    def of(cls, metric: Metric, *, hours: Hours = Hours.CALENDAR, within: int | None = None) -> "Measure":
        """The metric as it is usually taken."""
        return cls(metric, metric.aggregate, hours, within=within, days=metric.days)

    def on(self, hours: Hours) -> "Measure":
        """The same on another clock, where its number is read from a clock."""
        return replace(self, hours=hours) if self.metric.is_clocked else self

    @property
    def unit(self) -> Unit:
        """The unit of the value."""
        return Unit.TICKETS if self.aggregate is Aggregate.COUNT else self.metric.unit

    @property
    def direction(self) -> Direction:
        """Which way is better."""
        return self.better or self.metric.direction

    @property
    def can_be_achieved_early(self) -> bool:
        """Whether reaching the target before the end is an achievement: counts and sums where higher is better."""
        return early(self.metric, self.aggregate, self.direction)

    def to_json(self) -> dict[str, Any]:
        """As kept with a goal."""
        return {
            "version": VERSION,
            "metric": self.metric.key,
            "aggregate": self.aggregate.value,
            "hours": self.hours.value,
            "within": self.within,
            "days": self.days,
            "where": {column: list(texts) for column, texts in self.where},
            "better": self.better and self.better.value,
            "least": self.least,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Measure":
        """As made by `to_json`; refuses a version or a metric it does not know."""
        if kept.get("version") != VERSION or kept.get("metric") not in METRICS:
            raise Refused(gettext_noop("This goal was saved by a newer version of Milepost. Upgrade to read it."))
        return cls(
            METRICS[kept["metric"]],
            Aggregate(kept["aggregate"]),
            Hours(kept["hours"]),
            within=kept.get("within"),
            days=kept.get("days", 0),
            where=tuple((column, tuple(texts)) for column, texts in kept.get("where", {}).items()),
            better=Direction(kept["better"]) if kept.get("better") else None,
            least=kept.get("least"),
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A period to answer for, `[start, end)` in UTC seconds, under a number of the caller's.

    It is answered as of its end; with `later`, by what came to be of its acts since: undone, merged, deleted.
    """

    number: int
    start: int
    end: int
    later: bool = field(default=False, kw_only=True)

    def as_of(self, now: int) -> tuple[int, int]:
        """Where it closes, as far as it has come, and the moment as of which it is answered."""
        closes = min(self.end, now)
        return closes, now if self.later else closes


@dataclass(frozen=True)
class Question:
    """A measure asked of groups over windows. `members` says whose facts each group pools: number → group.

    `stints` pool facts of further numbers, only while each belongs to the group; those of one number in one group do
    not overlap (`stints.united`).
    """

    measure: Measure
    by: By
    windows: tuple[Window, ...]
    members: Mapping[int, int]
    conditions: tuple[Condition, ...] = ()
    stints: tuple[Stint, ...] = ()

    @cached_property
    def pooled(self) -> tuple[Stint, ...]:
        """All whose facts are pooled; members belong to their group always."""
        return (*(Stint(number, group) for number, group in self.members.items()), *self.stints)

    def of(self, groups: Collection[int]) -> "Question":
        """The same asked of these groups only."""
        members = {number: group for number, group in self.members.items() if group in groups}
        return replace(self, members=members, stints=tuple(one for one in self.stints if one.group in groups))


@dataclass(frozen=True, slots=True)
class Amount:
    """The answer for one group in one window: `numerator / denominator`, exact.

    A count has denominator 1. Where there is nothing to aggregate, both are None and the sample is 0.
    `sample` is the number of facts behind the value. `group` is None for nobody, no group, not told.
    """

    window: int
    group: int | None
    numerator: int | None
    denominator: int | None
    sample: int

    @property
    def value(self) -> Fraction | None:
        """The exact value; None is no data, never zero."""
        if self.numerator is None or self.denominator is None:
            return None
        return Fraction(self.numerator, self.denominator)
