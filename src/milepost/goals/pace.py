"""Pace: how a running target is doing. By ratio, until there is a forecast."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.calendars.working_time import WorkingTime
from milepost.goals.progress import share
from milepost.goals.status import Actual, Rules, Span
from milepost.metrics.metric import NEEDS_SAMPLE, Aggregate, Direction
from milepost.metrics.question import Measure


class Pace(StrEnum):
    """How a running target is doing."""

    AHEAD = "ahead"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    AT_RISK = "at_risk"
    TOO_EARLY = "too_early"


NAMES: Final = {
    Pace.AHEAD: gettext_noop("Ahead"),
    Pace.ON_PACE: gettext_noop("On pace"),
    Pace.BEHIND: gettext_noop("Behind"),
    Pace.AT_RISK: gettext_noop("At risk"),
    Pace.TOO_EARLY: gettext_noop("Too early"),
}

SUMS: Final = frozenset({Aggregate.COUNT, Aggregate.SUM})
EVERY_HOUR: Final = WorkingTime()


def adds_up(measure: Measure) -> bool:
    """Whether every day adds to it, as to a count or a sum."""
    return measure.aggregate in SUMS and not measure.metric.is_level


def elapsed(span: Span, *, now: datetime, clock: WorkingTime | None = None) -> Fraction | None:
    """The share of the milestone's working time that has gone, 0 to 1.

    Without a clock, and where its hours leave none of it, every hour of every day counts. None before the end where
    absences leave nothing.
    """
    start, end = int(span.start.timestamp()), int(span.end.timestamp())
    return (clock or EVERY_HOUR).share(start, min(max(int(now.timestamp()), start), end), end)


def expected(target: Decimal, gone: Fraction) -> Fraction:
    """What a count or sum should have reached by now at an even pace."""
    return Fraction(target) * gone


def pace(
    actual: Actual, target: Decimal | None, measure: Measure, *, gone: Fraction | None, rules: Rules
) -> Pace | None:
    """The pace of a target that is in progress; None where there is nothing to tell it from.

    `gone` is the share of the milestone's working time that has gone; None where there is no such time.
    """
    if target is None or gone is None:
        return None
    if gone < Fraction(rules.early, 100) or (
        measure.aggregate in NEEDS_SAMPLE and actual.sample < rules.minimum_sample
    ):
        return Pace.TOO_EARLY
    if actual.shown is None:
        return None
    if adds_up(measure):
        return _of_sum(actual.shown, target, measure.direction, gone=gone, rules=rules)
    return _word(share(actual.shown, target, measure.direction), rules)


def _of_sum(shown: Decimal, target: Decimal, direction: Direction, *, gone: Fraction, rules: Rules) -> Pace:
    by_now = expected(target, gone)
    if direction is Direction.HIGHER:
        # Before any time has gone nothing is expected, and nothing is short of that.
        return _word(Fraction(shown) / by_now, rules) if by_now else Pace.AHEAD
    if shown > target:
        return Pace.AT_RISK
    return Pace.AHEAD if shown == 0 else _word(by_now / Fraction(shown), rules)


def _word(ratio: Fraction, rules: Rules) -> Pace:
    least = ((rules.ahead, Pace.AHEAD), (rules.on_pace, Pace.ON_PACE), (rules.behind, Pace.BEHIND))
    return next((word for percent, word in least if ratio >= Fraction(percent, 100)), Pace.AT_RISK)
