"""Reading how it goes: the rows of the overview and the counts above them, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from milepost.calendars.periods import Duration
from milepost.goals import pace as paces
from milepost.goals.models import Milestone, Target, TargetVersion
from milepost.goals.pace import Pace
from milepost.goals.status import Span, Status
from milepost.goals.stopped import stopped, stopped_since
from milepost.metrics.question import Measure
from milepost.people.models import Membership, User

PAGE: Final = 200
LAST: Final = 6
MET: Final = frozenset({Status.ACHIEVED, Status.EXCEEDED})
JUDGED: Final = MET | {Status.MISSED}
STOPPED: Final = stopped()
NEEDS_ATTENTION: Final = frozenset({Pace.BEHIND, Pace.AT_RISK})

# Targets with what these queries add to them, which the model does not know.
Targets = QuerySet[Any, Any]


@dataclass(frozen=True)
class Filters:
    """Which targets are asked for: of milestones that overlap the days `[first_day, after_day)`, and any of each set.

    An empty set, and an empty name, ask for all.
    """

    first_day: date
    after_day: date
    templates: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    paces: frozenset[Pace] = frozenset()
    teams: frozenset[int] = frozenset()
    name: str = ""
    page: int = 1


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
    # The six milestones before this one, oldest first; None where there was none or it is not judged.
    last: tuple[Past | None, ...] = (None,) * LAST

    def expected(self, now: datetime) -> Fraction | None:
        """What a count should have reached by now at an even pace; None where that says nothing."""
        running = self.span.start <= now < self.span.end
        if self.wished is None or not running or self.measure.aggregate not in paces.SUMS:
            return None
        return paces.expected(self.wished, paces.elapsed(self.span, now=now))


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


@dataclass(frozen=True)
class Counts:
    """How many targets have which status and pace, whatever status and pace are asked for."""

    by_status: Mapping[Status, int]
    by_pace: Mapping[Pace, int]
    goals: int

    @property
    def all(self) -> int:
        """All targets."""
        return sum(self.by_status.values())

    @property
    def attention(self) -> int:
        """Targets in progress that need somebody."""
        return sum(self.by_pace.get(pace, 0) for pace in NEEDS_ATTENTION)


@dataclass(frozen=True)
class Overview:
    """A page of rows in the order of the page, and the counts over all pages."""

    rows: Sequence[Row]
    counts: Counts
    found: int
    page: int
    calculated_at: datetime | None
    now: datetime = field(repr=False)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.found // PAGE))

    @cached_property
    def groups(self) -> list[Group]:
        """The rows by goal and milestone."""
        groups: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in self.rows:
            groups[row.goal, row.milestone].append(row)
        return [Group(rows) for rows in groups.values()]


def overview(user: User, filters: Filters, *, now: datetime) -> Overview:
    """What the user may see of the targets that the filters ask for. Goals come by who ends soonest, teams first."""
    scope = _scope(user, filters, now)
    asked = _with_status(scope, filters)
    totals = asked.aggregate(found=Count("pk"), newest=Max("measurement__measured_at"))
    page = min(max(filters.page, 1), max(1, -(-totals["found"] // PAGE)))
    rows = [_row(found) for found in _ordered(asked, filters, now)[(page - 1) * PAGE : page * PAGE]]
    return Overview(
        rows=_with_last(rows, now),
        counts=_counts(scope),
        found=totals["found"],
        page=page,
        calculated_at=totals["newest"],
        now=now,
    )


def _scope(user: User, filters: Filters, now: datetime) -> Targets:
    """The targets that all filters but status and pace ask for, each with its status and pace at this moment."""
    found = Target.objects.visible_to(user, now=now).filter(
        contributor__goal__archived_at__isnull=True,
        milestone__first_day__lt=filters.after_day,
        milestone__after_day__gt=filters.first_day,
    )
    if filters.templates:
        found = found.filter(contributor__goal__template__in=filters.templates)
    if filters.name:
        found = found.filter(contributor__goal__name__icontains=filters.name)
    if filters.teams:
        found = found.filter(_of_teams(filters.teams))
    return found.annotate(status=_status(now)).annotate(pace=_pace())


def _of_teams(teams: frozenset[int]) -> Q:
    """The rows of these teams, and of those who were members at any time of the milestone."""
    members = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=OuterRef("milestone__start")),
        person=OuterRef("contributor__person"),
        team__in=teams,
        since__lt=OuterRef("milestone__end"),
    )
    return Q(contributor__team__in=teams) | Q(Exists(members))


def _status(now: datetime) -> Case:
    """What changes with the clock alone is which of the two kept statuses is shown."""
    return Case(
        When(Q(milestone__start__gt=now) | Q(measurement__isnull=True), then=Value(Status.PENDING.value)),
        When(milestone__end__gt=now, then=F("measurement__status_running")),
        default=F("measurement__status_ended"),
    )


def _pace() -> Case:
    """Only while in progress; who was deactivated has none."""
    return Case(
        When(STOPPED, then=Value(None)),
        When(status=Status.IN_PROGRESS.value, then=F("measurement__pace")),
        default=Value(None),
    )


def _with_status(scope: Targets, filters: Filters) -> Targets:
    """Any of the statuses or any of the paces: a pace is a part of a status."""
    if not filters.statuses and not filters.paces:
        return scope
    statuses = [status.value for status in filters.statuses]
    return scope.filter(Q(status__in=statuses) | Q(pace__in=[pace.value for pace in filters.paces]))


def _counts(scope: Targets) -> Counts:
    by_status: dict[Status, int] = defaultdict(int)
    by_pace: dict[Pace, int] = defaultdict(int)
    for status, pace, targets in scope.order_by().values_list("status", "pace").annotate(targets=Count("pk")):
        by_status[Status(status)] += targets
        if pace is not None:
            by_pace[Pace(pace)] += targets
    goals = scope.aggregate(goals=Count("contributor__goal", distinct=True))["goals"]
    return Counts(by_status=dict(by_status), by_pace=dict(by_pace), goals=goals)


def _ordered(asked: Targets, filters: Filters, now: datetime) -> Targets:
    """Goals by the end of the milestone that is going on or comes next, else of the last; then teams, then A to Z."""
    shown = (
        Milestone.objects.filter(
            goal=OuterRef("milestone__goal"), first_day__lt=filters.after_day, after_day__gt=filters.first_day
        )
        .order_by()
        .values("goal")
    )
    next_end = shown.filter(end__gt=now).annotate(moment=Min("end")).values("moment")
    last_end = shown.annotate(moment=Max("end")).values("moment")
    moment = DateTimeField()
    later = TargetVersion.objects.filter(
        Q(set_at__gt=OuterRef("milestone__start")) & Q(set_at__gt=OuterRef("milestone__goal__created_at")),
        target=OuterRef("pk"),
    )
    ordered: Targets = (
        asked.annotate(
            goal_ends=Coalesce(Subquery(next_end, output_field=moment), Subquery(last_end, output_field=moment)),
            is_person=Case(When(contributor__person__isnull=False, then=Value(1)), default=Value(0)),
            contributor_name=Coalesce("contributor__team__name", "contributor__person__name"),
            contributor_order=Coalesce("contributor__team__order", "contributor__person__order"),
            stopped_at=stopped_since(),
            adjusted=Exists(later),
        )
        .select_related("milestone__goal", "contributor", "measurement")
        .order_by(
            "goal_ends",
            "milestone__goal",
            "milestone__ordinal",
            "is_person",
            "contributor_order",
            "pk",
        )
    )
    return ordered


def _row(found: Any) -> Row:
    milestone, goal = found.milestone, found.milestone.goal
    measured = getattr(found, "measurement", None)
    status = Status(found.status)
    reached = None if status is Status.PENDING else measured
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
        stopped_at=found.stopped_at,
        adjusted=found.adjusted,
    )


def _with_last(rows: Sequence[Row], now: datetime) -> list[Row]:
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
    found = Target.objects.filter(
        contributor__in={row.contributor_id for row in rows},
        milestone__ordinal__gte=min(ordinals, default=0) - LAST,
        milestone__ordinal__lt=max(ordinals, default=0),
        milestone__end__lte=now,
        measurement__status_ended__in=[status.value for status in JUDGED],
    ).values_list("contributor", "milestone__ordinal", "measurement__status_ended", "measurement__progress")
    return {(contributor, ordinal): Past(Status(status), reached) for contributor, ordinal, status, reached in found}
