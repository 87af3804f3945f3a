"""A goal that is being made: what its draft holds, and what follows from it. Nothing typed is lost, right or wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import Duration, Period, horizon, tile
from milepost.goals import notices, team_ways
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.models import Goal
from milepost.metrics.question import Measure
from milepost.people.models import Team
from milepost.web.goals.create.desk import Desk

CHOOSE_A_DATE: Final = gettext_noop("Choose a date.")
# From this share of a year on, a new goal is for the next one.
MOSTLY_GONE: Final = 0.6
USUAL_DAYS: Final = 30
YEARS_BACK: Final = 2
YEARS_ON: Final = 3


class TeamMode(StrEnum):
    """Who contributes where a team is chosen."""

    BOTH = "both"
    TEAM = "team"
    PEOPLE = "people"


@dataclass(frozen=True)
class Plan:
    """What a draft holds. Days and values are text as they were kept; keys of contributors are `team-1`, `person-2`."""

    template: str = ""
    measure: Mapping[str, Any] = field(default_factory=dict)
    # What was typed for a measure from scratch, right or wrong.
    scratch: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    contributors: Sequence[str] = ()
    team_mode: str = TeamMode.BOTH.value
    # What makes a ticket a team's; empty is as usual.
    team_by: str = ""
    duration: str = Duration.MONTHLY.value
    year: str = ""
    align: bool = False
    # For a span of one's own.
    first_day: str = ""
    last_day: str = ""
    # The first and the last period of a shortened horizon, by their first days.
    first_period: str = ""
    last_period: str = ""
    pipelines: Sequence[str] = ()
    forecast: bool = True
    note: str = ""
    # Contributor → first day of the period → value, as a decimal in seconds, tickets or percent.
    targets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # Pipelines of contributors for whom they differ from those of the goal.
    pipelines_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notices: Mapping[str, Sequence[str]] = field(default_factory=notices.usual)

    @classmethod
    def new(cls, *, template: str, name: str, desk: Desk) -> "Plan":
        """The plan that a template begins with; without one, that of a measure from scratch."""
        year = usual_year(desk.today, desk.fiscal_month)
        return cls(
            template=template,
            measure=TEMPLATES[template].measure.on(desk.hours).to_json() if template in TEMPLATES else {},
            name=f"{name} {year}" if name else "",
            year=str(year),
            align=desk.fiscal_month != 1,
            first_day=desk.today.isoformat(),
            last_day=(desk.today + timedelta(days=USUAL_DAYS)).isoformat(),
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Plan":
        """As made by `to_json`; a later version's parts are left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def to_json(self) -> dict[str, Any]:
        """As kept in the draft."""
        return asdict(self)

    def with_template(self, template: str, desk: Desk) -> "Plan":
        """The same plan for another template. Targets go when their unit is another one."""
        measure = TEMPLATES[template].measure.on(desk.hours)
        unit_stays = bool(self.measure) and Measure.from_json(self.measure).unit is measure.unit
        targets = self.targets if unit_stays else {}
        return replace(self, template=template, scratch={}, measure=measure.to_json(), targets=targets)

    def chosen_teams(self, desk: Desk) -> list[Team]:
        """The teams that get targets."""
        return [one for one in desk.found(rows_of(self, desk)) if isinstance(one, Team)]

    def made_by(self, teams: Sequence[Team]) -> Goal.TeamBy:
        """What makes a ticket a team's: as chosen where there is a choice, else as is usual."""
        if self.team_by in set(Goal.TeamBy) and team_ways.are_both(teams):
            return Goal.TeamBy(self.team_by)
        return team_ways.usual(teams)

    @property
    def measured(self) -> Measure:
        """What is measured; refuses a plan that does not say."""
        return Measure.from_json(self.measure)

    def whole_horizon(self, desk: Desk) -> tuple[date, date]:
        """The first day and the day after the last, before it is shortened; refuses days that cannot be read."""
        duration = Duration(self.duration)
        if duration is Duration.CUSTOM:
            first, last = _day(self.first_day), _day(self.last_day)
            return first, last + timedelta(days=1)
        month = desk.fiscal_month if self.align else 1
        usual = usual_year(desk.today, month)
        year = int(self.year) if self.year in map(str, years(desk.today)) else usual
        return horizon(duration, year, week_start=desk.week_start, fiscal_month=month)

    def all_periods(self, desk: Desk) -> list[Period]:
        """Every period of the horizon, before it is shortened."""
        return tile(Duration(self.duration), *self.whole_horizon(desk), zone=desk.zone)

    def periods(self, desk: Desk) -> list[Period]:
        """The periods of the goal."""
        whole = self.all_periods(desk)
        days = [period.first_day.isoformat() for period in whole]
        start = days.index(self.first_period) if self.first_period in days else 0
        end = days.index(self.last_period) if self.last_period in days else len(days) - 1
        return whole[start : end + 1] if start <= end else whole


def rows_of(plan: Plan, desk: Desk) -> list[str]:
    """The keys of all who get targets, each once: teams with their people after them, as the mode says, then others.

    Whoever was chosen but can no longer be, is still among them: the rules of the goal say what is wrong.
    """
    rows: dict[str, None] = {}
    for key in plan.contributors:
        members = desk.members.get(key, [])
        if not key.startswith("team-") or not members or plan.team_mode != TeamMode.PEOPLE:
            rows[key] = None
        if plan.team_mode != TeamMode.TEAM:
            rows |= dict.fromkeys(members)
    return list(rows)


def years(today: date) -> range:
    """The years for which a goal may be made."""
    return range(today.year - YEARS_BACK, today.year + YEARS_ON + 1)


def usual_year(today: date, fiscal_month: int) -> int:
    """The (fiscal) year of today, or the next one when most of it is gone."""
    year = today.year if today.month >= fiscal_month else today.year - 1
    first, after = horizon(Duration.YEARLY, year, week_start=0, fiscal_month=fiscal_month)
    return year + 1 if (today - first) / (after - first) > MOSTLY_GONE else year


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(CHOOSE_A_DATE) from error
