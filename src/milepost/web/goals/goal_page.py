"""The page of a goal: contributors × milestones, what may be done with it, and what was changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.calendars.periods import Duration
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals import pace as paces
from milepost.goals import status as statuses
from milepost.goals.finality import Moment
from milepost.goals.models import Goal, Milestone
from milepost.progress.goal_queries import Cell, GoalTable, Line
from milepost.progress.reopening import Wait
from milepost.web.avatars import Avatar, of_person
from milepost.web.goals import amounts
from milepost.web.goals.changes import Changes
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.final_words import Said, tag_of, waiting
from milepost.web.goals.periods import period_name
from milepost.web.goals.team_ways import meaning, overlap


class Show(StrEnum):
    """What the cells show."""

    RESULTS = "results"
    TARGETS = "targets"


@dataclass(frozen=True)
class Column:
    """A milestone."""

    name: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """A cell in words."""

    cell: Cell
    address: str
    actual: str
    wished: str
    heard: str
    # That it is provisional or reopened.
    standing: str
    current: bool

    @property
    def final(self) -> bool:
        """Whether its verdict stands."""
        return self.cell.moment is Moment.FINAL


@dataclass(frozen=True)
class Row:
    """A contributor."""

    line: Line
    avatar: Avatar
    cells: tuple[Shown | None, ...]
    stopped: str
    adjusted: bool
    edit: str


@dataclass(frozen=True)
class Rights:
    """What the reader may do with the goal."""

    edit: bool
    reopen: bool


class GoalPage:
    """All that the template asks for."""

    def __init__(
        self,
        table: GoalTable,
        changes: Changes,
        *,
        account: Account,
        show: str,
        rights: Rights,
        waits: Mapping[int, Wait],
        now: datetime,
    ) -> None:
        self.table = table
        self.goal: Goal = table.goal
        self.changes = changes
        self.may_edit = rights.edit and table.goal.archived_at is None
        self.show = Show(show) if show in set(Show) else Show.RESULTS
        self.key: UUID = uuid4()
        self._rights = rights
        self._waits = waits
        self._now = now
        self._account = account
        self._zone = ZoneInfo(account.zone)
        self._today: date = now.astimezone(self._zone).date()

    @property
    def shows(self) -> list[tuple[str, str, bool]]:
        """The switch: address, name, whether it is on."""
        names = {Show.RESULTS: _("Results"), Show.TARGETS: _("Targets")}
        return [(f"?show={one.value}", name, one is self.show) for one, name in names.items()]

    @property
    def is_results(self) -> bool:
        """Whether results are shown beside targets."""
        return self.show is Show.RESULTS

    @property
    def about(self) -> str:
        """Metric, duration and days in a line."""
        days = dates.days(self.goal.first_day, self.goal.after_day, today=self._today)
        return " · ".join((measured(self.table), str(DURATIONS[Duration(self.goal.duration)]), days))

    @property
    def owner(self) -> str:
        """Who made it."""
        return "" if self.goal.created_by is None else _("Made by %(who)s") % {"who": self.goal.created_by.name}

    @property
    def team_way(self) -> str:
        """What makes a ticket a team's, where there are teams."""
        return meaning(self.goal.team_by) if self.table.teams else ""

    @property
    def overlap(self) -> str:
        """That the teams share people, where that matters."""
        return overlap(self.table.sharing)

    @property
    def hidden(self) -> str:
        """How many contributors the reader does not see."""
        count = self.table.hidden
        text = ngettext(
            "%(count)s other, whose results you may not see.", "%(count)s others, whose results you may not see.", count
        )
        return text % {"count": number(count)} if count else ""

    @cached_property
    def columns(self) -> list[Column]:
        """The milestones."""
        return [
            Column(
                period_name(self.goal, one, self._account, today=self._today), current=one.pk == self.table.current.pk
            )
            for one in self.table.milestones
        ]

    @property
    def waiting(self) -> list[tuple[str, Said]]:
        """The milestones that wait for a source and can be finalised without it, by name."""
        return [
            (column.name, self._said(one, self._waits[one.pk]))
            for one, column in zip(self.table.milestones, self.columns, strict=True)
            if one.pk in self._waits and self._waits[one.pk].may_be_finalised
        ]

    def _said(self, milestone: Milestone, wait: Wait) -> Said:
        day, may_reopen = milestone.first_day.isoformat(), self._rights.reopen
        return waiting(wait, self.goal, day, zone=self._zone, may_reopen=may_reopen, now=self._now)

    @property
    def rows(self) -> list[Row]:
        """The contributors."""
        return [self._row(line) for line in self.table.lines]

    def _row(self, line: Line) -> Row:
        stopped_at = next((cell.stopped_at for cell in line.cells.values() if cell.stopped_at is not None), None)
        return Row(
            line=line,
            avatar=of_person(line.name, line.contributor.pk),
            cells=tuple(self._shown(line, one.ordinal) for one in self.table.milestones),
            stopped=stopped(stopped_at, self._zone),
            adjusted=any(cell.adjusted for cell in line.cells.values()),
            edit=edit_address(self.goal, self._opened(line)),
        )

    def _opened(self, line: Line) -> Cell:
        """The cell to begin with: of the running milestone, else the next of this contributor, else the last."""
        cells = [line.cells[ordinal] for ordinal in sorted(line.cells)]
        return next((cell for cell in cells if not cell.ended), cells[-1])

    def _shown(self, line: Line, ordinal: int) -> Shown | None:
        cell = line.cells.get(ordinal)
        if cell is None:
            return None
        measure = self.table.measure
        return Shown(
            cell=cell,
            address=target_address(self.goal, cell),
            actual=amounts.narrow(cell.shown, measure),
            wished=amounts.wished(cell.wished, measure),
            heard=heard(cell, self.columns[ordinal].name, line.name),
            standing=tag_of(cell, self._account),
            current=self.columns[ordinal].current,
        )


def measured(table: GoalTable) -> str:
    """What is measured."""
    return _(table.measure.metric.name)


def stopped(at: datetime | None, zone: ZoneInfo) -> str:
    """From when on a person is not measured any more."""
    return "" if at is None else _("Stopped on %(day)s") % {"day": dates.day(at.astimezone(zone).date())}


def heard(cell: Cell, period: str, name: str) -> str:
    """A cell for listeners."""
    parts = {
        "name": name,
        "period": period,
        "actual": amounts.spoken(cell.shown, cell.measure),
        "target": amounts.wished_spoken(cell.wished, cell.measure),
        "status": _(statuses.NAMES[cell.status]) if cell.pace is None else _(paces.NAMES[cell.pace]),
    }
    return _("%(name)s, %(period)s. Actual: %(actual)s. Target: %(target)s. %(status)s.") % parts


def target_address(goal: Goal, cell: Cell) -> str:
    """The page of a target."""
    return reverse("target", args=[goal.pk, cell.milestone.first_day.isoformat(), cell.target.contributor_id])


def edit_address(goal: Goal, cell: Cell, tab: str = "targets") -> str:
    """The panel that edits it."""
    return f"{reverse('edit-goal', args=[goal.pk])}?{urlencode({'target': cell.target.pk, 'tab': tab})}"
