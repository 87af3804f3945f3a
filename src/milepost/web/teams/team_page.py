"""The report of a team as its template shows it: goal by goal, contributors by milestones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.account.models import Account
from milepost.formats import dates
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.status import Status
from milepost.people.models import Team
from milepost.progress.filters import Filters
from milepost.progress.rows import Row
from milepost.progress.teams import TeamGoals
from milepost.web.avatars import Avatar, of_person
from milepost.web.goals import address, links
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.wording import actual, wished, wished_spoken


@dataclass(frozen=True)
class Cell:
    """Actual over target."""

    actual: str
    wished: str
    wished_spoken: str
    status: Status


@dataclass(frozen=True)
class Line:
    """A contributor, with a cell for every milestone; None where there is no target."""

    name: str
    is_team: bool
    avatar: Avatar
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class TeamGoal:
    """A goal with its milestones and contributors."""

    name: str
    icon: str
    about: str
    details: str
    milestones: Sequence[str]
    lines: Sequence[Line]


class TeamPage:
    """What the template asks for."""

    def __init__(self, team: Team, found: TeamGoals, filters: Filters, *, account: Account, now: datetime) -> None:
        self.team = team
        self._found = found
        self._filters = filters
        self._account = account
        self._today = now.astimezone(ZoneInfo(account.zone)).date()

    @property
    def year(self) -> str:
        """The year by name."""
        if self._account.fiscal_month == 1:
            return str(self._filters.first_day.year)
        return dates.days(self._filters.first_day, self._filters.after_day, today=self._today)

    @property
    def before(self) -> str:
        """The address of the year before."""
        return self._address(self._filters.first_day.year - 1)

    @property
    def after(self) -> str:
        """The address of the year after."""
        return self._address(self._filters.first_day.year + 1)

    @property
    def overview(self) -> str:
        """The same targets on the overview."""
        return address.of(self._filters)

    @property
    def as_csv(self) -> str:
        """The report as comma-separated values."""
        return address.of(self._filters, at="export-goals-csv")

    @property
    def as_xlsx(self) -> str:
        """The report as a workbook."""
        return address.of(self._filters, at="export-goals-xlsx")

    @property
    def goals(self) -> list[TeamGoal]:
        """Goal by goal."""
        return [self._goal(rows) for rows in self._found.goals]

    @property
    def pages(self) -> list[tuple[int, str, bool]]:
        """Number, address and whether it is this one."""
        if self._found.pages == 1:
            return []
        here = self._address(self._filters.first_day.year)
        return [(one, f"{here}&page={one}", one == self._found.page) for one in range(1, self._found.pages + 1)]

    def _goal(self, rows: Sequence[Row]) -> TeamGoal:
        first = rows[0]
        template = TEMPLATES.get(first.template)
        milestones = {row.ordinal: self._period(row) for row in sorted(rows, key=lambda row: row.ordinal)}
        by_contributor: dict[int, dict[int, Row]] = {}
        for row in sorted(rows, key=lambda row: (not row.is_team, row.contributor.casefold(), row.contributor_id)):
            by_contributor.setdefault(row.contributor_id, {})[row.ordinal] = row
        return TeamGoal(
            name=first.goal_name,
            icon=first.template if template else "flag",
            about=f"{_(template.name if template else first.measure.metric.name)} · {DURATIONS[first.duration]}",
            details=links.goal(first.goal),
            milestones=list(milestones.values()),
            lines=[_line(found, list(milestones)) for found in by_contributor.values()],
        )

    def _period(self, row: Row) -> str:
        week_start = self._account.week_start
        return dates.milestone(row.duration, row.first_day, row.after_day, today=self._today, week_start=week_start)

    def _address(self, year: int) -> str:
        return f"{reverse('team', args=[self.team.pk])}?year={year}"


def _line(found: dict[int, Row], ordinals: Sequence[int]) -> Line:
    row = next(iter(found.values()))
    return Line(
        name=row.contributor,
        is_team=row.is_team,
        avatar=of_person(row.contributor, row.contributor_id),
        cells=[_cell(found[ordinal]) if ordinal in found else None for ordinal in ordinals],
    )


def _cell(row: Row) -> Cell:
    return Cell(actual(row), wished(row), wished_spoken(row), row.status)
