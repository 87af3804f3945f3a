"""The page of a target: what was reached, how it went day by day, who else contributes, what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milepost.account.models import Account
from milepost.calendars.working_time import WorkingTime, day_of_share, shares_of_days
from milepost.formats import dates
from milepost.goals.models import Milestone
from milepost.goals.pace import EVERY_HOUR, adds_up
from milepost.goals.status import Status
from milepost.metrics.metric import Aggregate, Direction, Unit
from milepost.progress.goal_queries import Cell, Detail, Line
from milepost.progress.reopening import Wait
from milepost.web.charts.course import CLOCK_STEPS, STEPS, Course, Span, course
from milepost.web.goals import amounts, needed, prorating
from milepost.web.goals.changes import Changes
from milepost.web.goals.final_words import Said, restated, said, tag_of
from milepost.web.goals.goal_page import Rights, edit_address, heard, stopped, target_address
from milepost.web.goals.needed import Figure
from milepost.web.goals.periods import period_name
from milepost.web.goals.prorating import Offer


@dataclass(frozen=True)
class Step:
    """A milestone in the strip above: a link where the contributor has a target in it."""

    name: str
    address: str
    status: Status | None
    current: bool


@dataclass(frozen=True)
class Other:
    """A contributor in the same milestone."""

    line: Line
    cell: Cell
    address: str
    actual: str
    wished: str
    current: bool


class DetailPage:
    """All that the template asks for."""

    def __init__(
        self,
        detail: Detail,
        changes: Changes,
        *,
        account: Account,
        rights: Rights,
        wait: Wait | None,
        now: datetime,
    ) -> None:
        self.detail = detail
        self.goal = detail.goal
        self.cell = detail.cell
        self.line = detail.line
        self.changes = changes
        self.may_edit = rights.edit and detail.goal.archived_at is None
        self._rights = rights
        self._wait = wait
        self._account = account
        self._now = now
        self._today: date = now.astimezone(ZoneInfo(account.zone)).date()

    @property
    def title(self) -> str:
        """What is measured, of whom."""
        return f"{_(self.cell.measure.metric.name)}, {self.line.name}"

    @property
    def period(self) -> str:
        """The milestone."""
        return self._named(self.cell.milestone)

    @property
    def about(self) -> list[str]:
        """Days, pipelines, and since when the person is not measured any more."""
        milestone = self.cell.milestone
        parts = [
            dates.days(milestone.first_day, milestone.after_day, today=self._today),
            ", ".join(self.cell.target.pipelines) or _("All pipelines"),
            stopped(self.cell.stopped_at, ZoneInfo(self._account.zone)),
        ]
        return [part for part in parts if part]

    @property
    def standing(self) -> str:
        """That the result is provisional or reopened."""
        return tag_of(self.cell, self._account)

    @property
    def said(self) -> Said | None:
        """How final the result is, and what may be done about it."""
        return said(self.cell, self._wait, self.goal, account=self._account, may_reopen=self._rights.reopen)

    @property
    def restated(self) -> str:
        """What later changes would make of it."""
        return restated(self.cell)

    @property
    def absence(self) -> str:
        """On how many days the person is absent, and what that asks of the target; empty where on none."""
        return prorating.absence(self.cell)

    @property
    def offer(self) -> Offer | None:
        """A target by the days on which the person is there, where the reader may set it."""
        return prorating.offer(self.line, self.cell) if self.may_edit else None

    @property
    def prorate(self) -> str:
        """Where the offer is taken."""
        place = [self.goal.pk, self.cell.milestone.first_day.isoformat(), self.line.contributor.pk]
        return reverse("prorate", args=place)

    @property
    def revision(self) -> int:
        """Of the goal as it is shown."""
        return self.goal.revision

    @property
    def edit(self) -> str:
        """The panel that edits it."""
        return edit_address(self.goal, self.cell)

    @property
    def steps(self) -> list[Step]:
        """All milestones of the goal."""
        return [self._step(one) for one in self.detail.milestones]

    @property
    def before(self) -> Step | None:
        """The target before this one."""
        return self._beside(-1)

    @property
    def after(self) -> Step | None:
        """The target after this one."""
        return self._beside(1)

    @property
    def figures(self) -> list[Figure]:
        """The key figures that can be told today."""
        found = [self._so_far(), self._pace(), self._needed()]
        return [figure for figure in found if figure is not None]

    @property
    def measured(self) -> str:
        """When it was measured last."""
        if self.cell.reached is None:
            return ""
        moment = dates.moment(self.cell.reached.measured_at, ZoneInfo(self._account.zone))
        return _("Last calculated %(moment)s.") % {"moment": moment}

    @cached_property
    def course(self) -> Course:
        """The chart."""
        milestone = self.cell.milestone
        running = self._today if self.cell.running else None
        days = [(day.date, day.shown) for day in self.detail.days if day.shown is not None]
        zone = ZoneInfo(self.goal.zone)
        versions = [(one.set_at.astimezone(zone).date(), one.value) for one in self.detail.versions]
        return course(
            Span(milestone.first_day, milestone.after_day),
            days,
            versions,
            even=self._adds_up and self.cell.measure.direction is Direction.HIGHER,
            today=running,
            shares=self._shares,
            steps=CLOCK_STEPS if self.cell.measure.unit is Unit.DURATION else STEPS,
        )

    @property
    def course_label(self) -> str:
        """What the chart says, for listeners."""
        return _("Day by day. %(now)s") % {"now": heard(self.cell, self.period, self.line.name)}

    @property
    def marks(self) -> list[tuple[str, str]]:
        """The scale."""
        return [(mark.y, amounts.narrow(mark.value, self.cell.measure)) for mark in self.course.marks]

    @property
    def days(self) -> list[tuple[str, str]]:
        """The table that says what the chart says."""
        return [(dates.day(day.date), amounts.amount(day.shown, self.cell.measure)) for day in self.detail.days]

    @property
    def worked_out(self) -> bool:
        """Whether some days were not measured when they ended."""
        return not all(day.measured for day in self.detail.days)

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last day of the chart."""
        milestone = self.cell.milestone
        last = milestone.after_day - timedelta(days=1)
        return dates.day_of_year(milestone.first_day), dates.day_of_year(last)

    @property
    def wished(self) -> str:
        """The target."""
        return amounts.wished(self.cell.wished, self.cell.measure)

    @property
    def others(self) -> Sequence[Other]:
        """All contributors in this milestone that the reader may see."""
        return [
            Other(
                line=line,
                cell=cell,
                address=target_address(self.goal, cell),
                actual=amounts.amount(cell.shown, cell.measure),
                wished=amounts.wished(cell.wished, cell.measure),
                current=line is self.line,
            )
            for line, cell in self.detail.others
        ]

    @property
    def _adds_up(self) -> bool:
        return adds_up(self.cell.measure)

    @property
    def _clock(self) -> WorkingTime:
        return self.cell.clock or EVERY_HOUR

    @property
    def _shares(self) -> Sequence[Fraction]:
        """How much of the working time has gone at the end of each day: drawn as one line where every day is alike."""
        milestone = self.cell.milestone
        if self.cell.clock is None:
            return [Fraction(1)]
        return shares_of_days(self._clock, milestone.first_day, milestone.after_day, zone=ZoneInfo(self.goal.zone))

    def _so_far(self) -> Figure:
        name = _("Result") if self.cell.ended else _("So far")
        hint = _("Not measured yet") if self.cell.measured is None else self._of_target()
        return Figure(name, amounts.amount(self.cell.shown, self.cell.measure), hint)

    def _of_target(self) -> str:
        if self.cell.wished is None:
            return _("No target set")
        words = {"target": self.wished, "progress": self.cell.progress}
        if self.cell.progress is None:
            return _("Target: %(target)s") % words
        return _("Target: %(target)s. Progress: %(progress)s%%.") % words

    def _pace(self) -> Figure | None:
        if not self.cell.running or self.cell.stopped_at is not None:
            return None
        gone, name = self.cell.gone, _("Against pace")
        if gone is None:
            return Figure(name, amounts.DASH, _("Absent on every working day of the period, so nothing is expected."))
        if self.cell.wished is not None and gone < Fraction(self._account.early, 100):
            return Figure(name, _("Too early to judge"), _("Pace starts on %(day)s.") % {"day": self._pace_starts})
        expected = self.cell.expected
        if expected is None or self.cell.shown is None:
            return None
        by_now = _whole(expected)
        gap = self.cell.shown - by_now
        ahead = gap if self.cell.measure.direction is Direction.HIGHER else -gap
        hint = _("An even pace would be %(amount)s by now.") % {"amount": amounts.amount(by_now, self.cell.measure)}
        amount = {"amount": amounts.amount(abs(gap), self.cell.measure)}
        if ahead == 0:
            return Figure(name, pgettext("distance of a count", "on pace"), hint)
        text = _("%(amount)s ahead of pace") if ahead > 0 else _("%(amount)s behind pace")
        return Figure(name, text % amount, hint)

    @property
    def _pace_starts(self) -> str:
        milestone, early = self.cell.milestone, Fraction(self._account.early, 100)
        days = milestone.first_day, milestone.after_day
        return dates.day_of_year(day_of_share(self._clock, early, *days, zone=ZoneInfo(self.goal.zone)))

    def _needed(self) -> Figure | None:
        """What the rest of the period has to bring."""
        cell = self.cell
        if cell.wished is None or cell.shown is None or not cell.running or cell.stopped_at is not None:
            return None
        if cell.measure.aggregate is Aggregate.AVERAGE:
            return needed.of_an_average(cell)
        higher = self._adds_up and cell.measure.direction is Direction.HIGHER
        return needed.of_a_count(cell) if higher else None

    def _step(self, milestone: Milestone) -> Step:
        cell = self.line.cells.get(milestone.ordinal)
        return Step(
            name=self._named(milestone),
            address="" if cell is None else target_address(self.goal, cell),
            status=None if cell is None else cell.status,
            current=milestone.pk == self.cell.milestone.pk,
        )

    def _beside(self, step: int) -> Step | None:
        cell = self.line.cells.get(self.cell.milestone.ordinal + step)
        return None if cell is None else self._step(cell.milestone)

    def _named(self, milestone: Milestone) -> str:
        return period_name(self.goal, milestone, self._account, today=self._today)

    @property
    def goal_address(self) -> str:
        """The page of the goal."""
        return reverse("goal", args=[self.goal.pk])


def _whole(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
