"""Reading one goal: its contributors × milestones, and one target with its days. A constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.calendars.working_time import DaysWorked, WorkingTime, days_worked
from milepost.goals import pace as paces
from milepost.goals import team_ways
from milepost.goals.finality import Moment
from milepost.goals.models import Contributor, Goal, Milestone, Target, TargetVersion
from milepost.goals.pace import Pace
from milepost.goals.status import Span, Status
from milepost.goals.targets import easier
from milepost.metrics.question import Measure
from milepost.metrics.rounding import rounded
from milepost.people.models import Team, User
from milepost.progress.clocks import Clocks
from milepost.progress.course import worked_out
from milepost.progress.models import Measurement, Snapshot, Verdict
from milepost.progress.rows import restated, standing
from milepost.tickets.store import Store

NOTHING_HERE = gettext_noop("Nothing here.")


@dataclass(frozen=True)
class Cell:
    """One contributor in one milestone: what is wished, what was reached, and how that stands at this moment."""

    target: Target
    milestone: Milestone
    measure: Measure
    status: Status
    pace: Pace | None
    measured: Measurement | None
    moment: Moment
    stopped_at: datetime | None
    adjusted: bool
    # Of a prorated target: what it is a share of.
    whole: Decimal | None
    # The contributor's working time; None where every hour counts.
    clock: WorkingTime | None = field(repr=False)
    now: datetime = field(repr=False)

    @property
    def wished(self) -> Decimal | None:
        """The target; None where it is not set."""
        return self.target.value

    @property
    def verdict(self) -> Verdict | None:
        """What it came to, once that is final."""
        return None if self.measured is None else self.measured.verdict

    @property
    def reached(self) -> Verdict | Measurement | None:
        """What is shown: the verdict, and before there is one the newest measurement."""
        return self.verdict or self.measured

    @property
    def restated(self) -> Decimal | None:
        """What later changes would make of the verdict; None where they change nothing that is seen."""
        return restated(self.measured)

    @property
    def reopened(self) -> bool:
        """Whether its verdict is open again."""
        return self.target.reopened_at is not None

    @property
    def locked(self) -> bool:
        """Whether nothing of the target may be changed any more."""
        return self.ended and not self.reopened

    @property
    def shown(self) -> Decimal | None:
        """The value as shown and judged."""
        return None if self.reached is None else self.reached.shown

    @property
    def progress(self) -> int | None:
        """Whole percent."""
        return None if self.reached is None else self.reached.progress

    @property
    def running(self) -> bool:
        """Whether the milestone has begun and not ended."""
        return self.milestone.start <= self.now < self.milestone.end

    @property
    def ended(self) -> bool:
        """Whether the milestone is over."""
        return self.now >= self.milestone.end

    @property
    def gone(self) -> Fraction | None:
        """The share of the milestone's working time that has gone; None where there is no such time."""
        return paces.elapsed(Span(self.milestone.start, self.milestone.end), now=self.now, clock=self.clock)

    @cached_property
    def days(self) -> DaysWorked:
        """The working days of the milestone, and on which of them the contributor is there."""
        milestone, now = self.milestone, int(self.now.timestamp())
        zone = ZoneInfo(milestone.goal.zone)
        return days_worked(self.clock or paces.EVERY_HOUR, milestone.first_day, milestone.after_day, zone=zone, now=now)

    @property
    def expected(self) -> Fraction | None:
        """What a count should have reached by now at an even pace; None where that says nothing."""
        gone = self.gone
        if self.wished is None or not self.running or not paces.adds_up(self.measure) or gone is None:
            return None
        return paces.expected(self.wished, gone)


@dataclass(frozen=True)
class Line:
    """A contributor and their cells by the ordinal of the milestone; earlier than they joined there is none."""

    contributor: Contributor
    cells: Mapping[int, Cell]

    @property
    def name(self) -> str:
        """Who."""
        return str(self.contributor)

    @property
    def is_team(self) -> bool:
        """Whether it is a team."""
        return self.contributor.team_id is not None


@dataclass(frozen=True)
class GoalTable:
    """A goal as the reader may see it: teams first, then A to Z. `hidden` contributors are not shown."""

    goal: Goal
    measure: Measure
    milestones: Sequence[Milestone]
    lines: Sequence[Line]
    hidden: int
    now: datetime = field(repr=False)

    @cached_property
    def teams(self) -> list[Team]:
        """The teams among the contributors."""
        return [line.contributor.team for line in self.lines if line.contributor.team is not None]

    @cached_property
    def sharing(self) -> list[Team]:
        """The teams that overlap while the goal runs, where memberships make the teams."""
        if self.goal.team_by != Goal.TeamBy.MEMBERSHIP or not self.teams:
            return []
        return team_ways.sharing(self.teams, since=self.milestones[0].start, until=self.milestones[-1].end)

    @cached_property
    def current(self) -> Milestone:
        """The running milestone; else the one that comes next, else the last."""
        return next((one for one in self.milestones if one.end > self.now), self.milestones[-1])


def goal_table(user: User, goal: Goal, *, now: datetime) -> GoalTable:
    """All contributors and milestones of a goal that the user may see."""
    measure = Measure.from_json(goal.measure)
    targets = list(_targets(user, goal, now))
    eased = _eased([target.pk for target in targets], measure, goal)
    clocks = Clocks.load(now)
    cells: dict[Contributor, dict[int, Cell]] = defaultdict(dict)
    for target in targets:
        cells[target.contributor][target.milestone.ordinal] = _cell(target, measure, eased, clocks, now)
    lines = sorted((Line(one, found) for one, found in cells.items()), key=_order)
    there = goal.contributors.filter(removed_at__isnull=True).count()
    return GoalTable(goal, measure, list(goal.milestones.all()), lines, hidden=there - len(lines), now=now)


@dataclass(frozen=True)
class Day:
    """What a chart shows of a day: as it was measured then, else as it is worked out from the tickets of now."""

    date: date
    shown: Decimal | None
    measured: bool


@dataclass(frozen=True)
class Detail:
    """One target: its cell, the row it belongs to, the others of its milestone, its days and its versions."""

    goal: Goal
    cell: Cell
    line: Line
    milestones: Sequence[Milestone]
    others: Sequence[tuple[Line, Cell]]
    days: Sequence[Day]
    versions: Sequence[TargetVersion]


def detail(user: User, goal: Goal, contributor: int, first_day: str, *, store: Store, now: datetime) -> Detail:
    """One target that the user may see, by contributor and the first day of the milestone."""
    table = goal_table(user, goal, now=now)
    milestone = next((one for one in table.milestones if one.first_day.isoformat() == first_day), None)
    line = next((one for one in table.lines if one.contributor.pk == contributor), None)
    if milestone is None or line is None or milestone.ordinal not in line.cells:
        raise NotFound(NOTHING_HERE)
    cell = line.cells[milestone.ordinal]
    others = [(one, one.cells[milestone.ordinal]) for one in table.lines if milestone.ordinal in one.cells]
    return Detail(
        goal=goal,
        cell=cell,
        line=line,
        milestones=table.milestones,
        others=others,
        days=_days(cell, store=store, now=now),
        versions=list(cell.target.versions.all()),
    )


def _targets(user: User, goal: Goal, now: datetime) -> QuerySet[Any]:
    newest = TargetVersion.objects.filter(target=OuterRef("pk")).order_by("-set_at", "-pk")
    seen = Target.objects.visible_to(user, now=now).filter(contributor__goal=goal)
    seen = seen.annotate(whole=Subquery(newest.values("whole")[:1]))
    return seen.select_related("milestone__goal", "contributor__person", "contributor__team", "measurement__verdict")


def _eased(targets: Iterable[int], measure: Measure, goal: Goal) -> set[int]:
    """The targets that were made easier while their milestone ran."""
    later = TargetVersion.objects.filter(
        Q(set_at__gt=F("target__milestone__start")) & Q(set_at__gt=goal.created_at), target=OuterRef("target")
    )
    versions = TargetVersion.objects.filter(Exists(later), target__contributor__goal=goal)
    asked, eased = set(targets), set()
    before: dict[int, Decimal | None] = {}
    rows = versions.order_by("target", "set_at", "pk").values_list(
        "target", "value", "set_at", "target__milestone__start"
    )
    for target, value, set_at, start in rows:
        made_easier = easier(before.get(target), value, measure.direction)
        if target in asked and set_at > start and made_easier:
            eased.add(target)
        before[target] = value
    return eased


def _cell(target: Any, measure: Measure, eased: set[int], clocks: Clocks, now: datetime) -> Cell:
    milestone = target.milestone
    measured: Measurement | None = getattr(target, "measurement", None)
    status = _status(measured, milestone, now)
    verdict = None if measured is None else measured.verdict
    stopped_at = _stopped_at(target) if verdict is None else verdict.stopped_at
    reached = None if status is Status.PENDING else measured
    in_progress = status is Status.IN_PROGRESS and stopped_at is None
    pace = None if reached is None or reached.pace is None or not in_progress else Pace(reached.pace)
    return Cell(
        target=target,
        milestone=milestone,
        measure=measure,
        status=status,
        pace=pace,
        measured=reached,
        moment=standing(milestone.end, verdict, reopened_at=target.reopened_at, now=now),
        stopped_at=stopped_at,
        adjusted=target.pk in eased,
        whole=target.whole,
        clock=clocks.of(target.contributor),
        now=now,
    )


def _stopped_at(target: Target) -> datetime | None:
    person = target.contributor.person
    left_at = None if person is None else person.deactivated_at
    return left_at if left_at is not None and left_at < target.milestone.end else None


def _status(measured: Measurement | None, milestone: Milestone, now: datetime) -> Status:
    """That of the verdict; before it, what changes with the clock alone is which of the two kept ones is shown."""
    if measured is not None and measured.verdict is not None:
        return Status(measured.verdict.status)
    if measured is None or now < milestone.start:
        return Status.PENDING
    return Status(measured.status_running if now < milestone.end else measured.status_ended)


def _order(line: Line) -> tuple[bool, str, int]:
    return not line.is_team, line.name.casefold(), line.contributor.pk


def _days(cell: Cell, *, store: Store, now: datetime) -> list[Day]:
    kept = {one.day: one for one in cell.target.snapshots.all()}
    earlier = worked_out(cell.target, kept, store=store, now=now)
    values = {day: _value(one) for day, one in kept.items()} | {day: one.value for day, one in earlier.items()}
    return [
        Day(day, None if value is None else rounded(value, cell.measure.unit, target=cell.wished), day in kept)
        for day, value in sorted(values.items())
    ]


def _value(snapshot: Snapshot) -> Fraction | None:
    if snapshot.numerator is None or snapshot.denominator is None:
        return None
    return Fraction(snapshot.numerator, snapshot.denominator)
