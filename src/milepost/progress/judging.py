"""One measured amount and its target become a row: the value as shown, its progress, its statuses and its pace."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from milepost.account.models import Account
from milepost.calendars.working_time import WorkingTime
from milepost.goals import pace as paces
from milepost.goals import progress as progresses
from milepost.goals.status import Actual, Rules, Span, status
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Amount, Measure
from milepost.metrics.rounding import rounded
from milepost.progress.models import Measurement

NOTHING = Amount(window=0, group=None, numerator=None, denominator=None, sample=0)
ZERO = Amount(window=0, group=None, numerator=0, denominator=1, sample=0)


def rules_of(account: Account) -> Rules:
    """What the account says of judging."""
    return Rules(
        exceeded_above=account.exceeded_above,
        minimum_sample=account.minimum_sample,
        early=account.early,
        ahead=account.ahead_ratio,
        on_pace=account.on_pace_ratio,
        behind=account.behind_ratio,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A target as far as judging it needs it."""

    pk: int
    value: Decimal | None
    span: Span
    # That of the contributor's working time; None where every hour counts.
    clock: WorkingTime | None = None


def measurement(
    cell: Cell, amount: Amount | None, measure: Measure, *, covered: bool, active: bool, now: datetime, rules: Rules
) -> Measurement:
    """The row of a target whose milestone has begun."""
    amount = of_measure(amount, measure)
    shown = _shown(amount.value, measure, cell.value)
    actual = Actual(shown=shown, sample=amount.sample, covered=covered, active=active)
    gone = paces.elapsed(cell.span, now=now, clock=cell.clock)
    return Measurement(
        target_id=cell.pk,
        numerator=amount.numerator,
        denominator=amount.denominator,
        sample=amount.sample,
        shown=shown,
        progress=_progress(shown, cell.value, measure),
        status_running=status(actual, cell.value, measure, cell.span, now=cell.span.start, rules=rules).value,
        status_ended=status(actual, cell.value, measure, cell.span, now=cell.span.end, rules=rules).value,
        pace=paces.pace(actual, cell.value, measure, gone=gone, rules=rules),
        measured_at=now,
    )


def of_measure(amount: Amount | None, measure: Measure) -> Amount:
    """An amount, also where no fact is behind it: a count without tickets is a true 0, else nothing is no data."""
    return amount or (ZERO if measure.aggregate is Aggregate.COUNT else NOTHING)


def _shown(value: Fraction | None, measure: Measure, target: Decimal | None) -> Decimal | None:
    return None if value is None else rounded(value, measure.unit, target=target)


def _progress(shown: Decimal | None, target: Decimal | None, measure: Measure) -> int | None:
    if shown is None or target is None:
        return None
    return progresses.progress(shown, target, measure.direction)
