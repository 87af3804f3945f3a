"""A row of the overview: one contributor in one milestone, and what was reached before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.db.models.functions import Coalesce

from milepost.calendars.periods import Duration
from milepost.calendars.working_time import WorkingTime
from milepost.goals import pace as paces
from milepost.goals.finality import Moment
from milepost.goals.models import Target
from milepost.goals.pace import Pace
from milepost.goals.status import Span, Status
from milepost.goals.stopped import stopped_since
from milepost.metrics.question import Measure
from milepost.progress.clocks import Clocks
from milepost.progress.filters import Targets, adjusted, shown, stated
from milepost.progress.models import Measurement, Verdict

LAST: Final = 6
MET: Final = frozenset({Status.ACHIEVED, Status.EXCEEDED})
JUDGED: Final = MET | {Status.MISSED}


@dataclass(frozen=True)
class Past:
    """A milestone before the one of a row: what its contributor reached of the target, and whether that was enough."""

    status: Status
    progress: int | None

    @property
    def met(self) -> bool:
        """Whether the target was reached."""
        return self.status in MET


@dataclass(frozen=True)
class Row:
    """One contributor in one milestone, with all that the page shows of it."""

    target: int
    contributor: str
    contributor_id: int
    is_team: bool
    goal: int
    goal_name: str
    template: str
    measure: Measure
    duration: Duration
    milestone: int
    ordinal: int
    first_day: date
    after_day: date
    span: Span
    pipelines: tuple[str, ...]
    wished: Decimal | None
    status: Status
    pace: Pace | None
    shown: Decimal | None
    progress: int | None
    sample: int
    measured_at: datetime | None
    stopped_at: datetime | None
    adjusted: bool
    moment: Moment = Moment.RUNNING
    reopened: bool = False
    # The sources that keep it from being final, where it is time.
    behind: tuple[str, ...] = ()
    # What later changes would make of it, where that is something else than its verdict says.
    restated: Decimal | None = None
    # That of the contributor's working time; None where every hour counts.
    clock: WorkingTime | None = None
    # The six milestones before this one, oldest first; None where there was none or it is not judged.
    last: tuple[Past | None, ...] = (None,) * LAST

    def expected(self, now: datetime) -> Fraction | None:
        """What a count should have reached by now at an even pace; None where that says nothing."""
        running = self.span.start <= now < self.span.end
        gone = paces.elapsed(self.span, now=now, clock=self.clock)
        if self.wished is None or not running or self.measure.aggregate not in paces.SUMS or gone is None:
            return None
        return paces.expected(self.wished, gone)


@dataclass(frozen=True)
class Group:
    """The rows of one goal in one milestone."""

    rows: Sequence[Row]

    @property
    def first(self) -> Row:
        """Any row: what it says of goal and milestone holds for all."""
        return self.rows[0]

    @property
    def pipelines(self) -> frozenset[tuple[str, ...]]:
        """The different choices of pipelines among the rows."""
        return frozenset(row.pipelines for row in self.rows)


def rows(asked: Targets, keys: Sequence[int], clocks: Clocks, *, now: datetime) -> list[Row]:
    """The rows of these targets, in this order, with what costs too much to ask of all."""
    found = (
        asked.annotate(
            contributor_name=Coalesce("contributor__team__name", "contributor__person__name"),
            stopped_at=stopped_since(),
            adjusted=adjusted(),
        )
        .select_related("milestone__goal", "contributor", "measurement__verdict")
        .in_bulk(keys)
    )
    return [_row(found[key], clocks, now) for key in keys]


def _row(found: Any, clocks: Clocks, now: datetime) -> Row:
    milestone, goal = found.milestone, found.milestone.goal
    measured = getattr(found, "measurement", None)
    verdict = None if measured is None else measured.verdict
    status = Status(found.status)
    reached = None if status is Status.PENDING else verdict or measured
    return Row(
        target=found.pk,
        contributor=found.contributor_name,
        contributor_id=found.contributor_id,
        is_team=found.contributor.team_id is not None,
        goal=goal.pk,
        goal_name=goal.name,
        template=goal.template,
        measure=Measure.from_json(goal.measure),
        duration=Duration(goal.duration),
        milestone=milestone.pk,
        ordinal=milestone.ordinal,
        first_day=milestone.first_day,
        after_day=milestone.after_day,
        span=Span(milestone.start, milestone.end),
        pipelines=tuple(found.pipelines),
        wished=found.value,
        status=status,
        pace=None if found.pace is None else Pace(found.pace),
        shown=None if reached is None else reached.shown,
        progress=None if reached is None else reached.progress,
        sample=0 if reached is None else reached.sample,
        measured_at=None if reached is None else reached.measured_at,
        stopped_at=found.stopped_at if verdict is None else verdict.stopped_at,
        adjusted=found.adjusted,
        moment=standing(milestone.end, verdict, reopened_at=found.reopened_at, now=now),
        reopened=found.reopened_at is not None,
        restated=restated(measured),
        clock=clocks.of(found.contributor),
    )


def standing(end: datetime, verdict: Verdict | None, *, reopened_at: datetime | None, now: datetime) -> Moment:
    """Which of its three moments a target is in, by what was decided of it."""
    if verdict is not None:
        return Moment.FINAL
    return Moment.RUNNING if now < end and reopened_at is None else Moment.PROVISIONAL


def restated(measured: Measurement | None) -> Decimal | None:
    """What later changes would make of a final value; None where they change nothing that is seen."""
    if measured is None or measured.verdict is None or measured.shown == measured.verdict.shown:
        return None
    return measured.shown


def with_last(rows: Sequence[Row], now: datetime) -> list[Row]:
    """Each row with what was reached in the six milestones before it; one query for all."""
    past = _past(rows, now)
    return [
        replace(
            row,
            last=tuple(past.get((row.contributor_id, row.ordinal - back)) for back in range(LAST, 0, -1)),
        )
        for row in rows
    ]


def _past(rows: Iterable[Row], now: datetime) -> dict[tuple[int, int], Past]:
    ordinals = [row.ordinal for row in rows]
    ended = Target.objects.filter(
        contributor__in={row.contributor_id for row in rows},
        milestone__ordinal__gte=min(ordinals, default=0) - LAST,
        milestone__ordinal__lt=max(ordinals, default=0),
        milestone__end__lte=now,
    ).annotate(status=stated(now), progress=shown("progress"))
    judged = ended.filter(status__in=[status.value for status in JUDGED])
    found = judged.values_list("contributor", "milestone__ordinal", "status", "progress")
    return {(contributor, ordinal): Past(Status(status), reached) for contributor, ordinal, status, reached in found}
