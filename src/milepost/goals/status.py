"""Status: how a measurement stands against its target. The table of product.md, as one pure function."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.goals.progress import share
from milepost.metrics.metric import NEEDS_SAMPLE, Aggregate, Direction
from milepost.metrics.question import Measure


class Status(StrEnum):
    """The outcome of a target."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    ACHIEVED = "achieved"
    EXCEEDED = "exceeded"
    MISSED = "missed"
    NO_DATA = "no_data"
    # A cell without a target is not evaluated.
    NOT_SET = "not_set"


NAMES: Final = {
    Status.PENDING: gettext_noop("Pending"),
    Status.IN_PROGRESS: gettext_noop("In progress"),
    Status.ACHIEVED: gettext_noop("Achieved"),
    Status.EXCEEDED: gettext_noop("Exceeded"),
    Status.MISSED: gettext_noop("Missed"),
    Status.NO_DATA: gettext_noop("No data"),
    Status.NOT_SET: gettext_noop("No target set"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """The milestone, `[start, end)`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Actual:
    """What was measured, as far as judging needs it.

    `shown` is the rounded value, None where there is none. `sample` is the number of facts behind it. `covered` says
    that the sources were read over the whole milestone; `active` that the contributor did anything in it.
    """

    shown: Decimal | None
    sample: int
    covered: bool = True
    active: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What judging needs of the account: the least sample, and percents.

    Of the target, above which it is exceeded; of the milestone's time, before which it is too early; and of what is
    expected by now, from which the pace is ahead, on pace and behind.
    """

    exceeded_above: int = 100
    minimum_sample: int = 5
    early: int = 20
    ahead: int = 105
    on_pace: int = 95
    behind: int = 80


def status(
    actual: Actual | None, target: Decimal | None, measure: Measure, span: Span, *, now: datetime, rules: Rules
) -> Status:
    """Judge a measurement; without one, or before the start, the target is pending."""
    if now < span.start or actual is None:
        return Status.PENDING
    if target is None:
        return Status.NOT_SET
    running = now < span.end
    if running and not measure.can_be_achieved_early:
        return Status.IN_PROGRESS
    if actual.shown is None or (not running and not has_data(actual, measure, rules)):
        return Status.IN_PROGRESS if running else Status.NO_DATA
    if misses(actual.shown, target, measure.direction):
        return Status.IN_PROGRESS if running else Status.MISSED
    return Status.EXCEEDED if _exceeds(actual.shown, target, measure.direction, rules) else Status.ACHIEVED


def has_data(actual: Actual, measure: Measure, rules: Rules) -> bool:
    """Whether there is something to judge after the end."""
    if measure.aggregate in NEEDS_SAMPLE:
        return actual.sample >= max(rules.minimum_sample, 1)
    if measure.aggregate is not Aggregate.COUNT:
        return actual.sample > 0
    return actual.covered and (actual.active or measure.direction is Direction.HIGHER)


def misses(shown: Decimal, target: Decimal, direction: Direction) -> bool:
    """Whether the value is on the wrong side of the target."""
    return shown < target if direction is Direction.HIGHER else shown > target


def _exceeds(shown: Decimal, target: Decimal, direction: Direction, rules: Rules) -> bool:
    # With the target itself as threshold, "past it" is a comparison of values; a share could not tell 0 of 0.
    if rules.exceeded_above == 100:  # noqa: PLR2004 - the whole of the target
        return shown != target
    return share(shown, target, direction) > Fraction(rules.exceeded_above, 100)
