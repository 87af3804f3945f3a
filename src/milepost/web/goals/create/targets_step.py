"""The third step: the grid of contributors × periods, from the plan and back into it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from milepost.calendars.periods import MONTHS, Duration, Period, add_months, midnight
from milepost.formats import dates
from milepost.metrics.question import Window
from milepost.people.models import Team
from milepost.progress import earlier
from milepost.sources import sync
from milepost.web.avatars import of_person
from milepost.web.goals.create.desk import Contributor, Desk, key_of
from milepost.web.goals.create.plan import Plan, rows_of
from milepost.web.goals.grid import Cell, Column, Earlier, Grid, Kind, Pipeline, Place, Row

QUARTER: Final = 3
WEEKS: Final = 52


def grid(plan: Plan, desk: Desk) -> Grid:
    """What the plan holds, as a grid."""
    periods = plan.periods(desk)
    contributors = desk.found(rows_of(plan, desk))
    return Grid(
        measure=plan.measured,
        rows=[_row(one, plan, desk) for one in contributors],
        columns=[_column(plan, desk, ordinal, one) for ordinal, one in enumerate(periods)],
        cells=_cells(plan, contributors, periods),
        pipelines=[Pipeline(key, key) for key in desk.pipelines],
        earlier=_earlier(plan, desk, contributors, periods),
    )


def read(plan: Plan, shown: Grid, desk: Desk, form: QueryDict) -> tuple[Plan, Grid]:
    """The plan with the values of the form that can be read, and the grid with all of them as typed."""
    posted = shown.posted(form)
    days = [period.first_day.isoformat() for period in plan.periods(desk)]
    targets = {key: dict(values) for key, values in plan.targets.items()}
    for (row, ordinal), value in posted.values.items():
        cells = targets.setdefault(row, {})
        cells.pop(days[ordinal], None)
        if value is not None:
            cells[days[ordinal]] = str(value)
    differing = {row.key: sorted(row.pipelines) for row in posted.rows if row.pipelines != frozenset(plan.pipelines)}
    return replace(plan, targets=targets, pipelines_of=differing), posted


def empty(shown: Grid) -> int:
    """How many cells have no target."""
    return sum(shown.cell(row.key, column.ordinal).value is None for row in shown.rows for column in shown.columns)


def _row(one: Contributor, plan: Plan, desk: Desk) -> Row:
    key = key_of(one)
    avatar = of_person(one.name, one.pk)
    return Row(
        key=key,
        name=one.name,
        kind=Kind.TEAM if isinstance(one, Team) else Kind.PERSON,
        initials=avatar.initials,
        colour=avatar.colour,
        teams=tuple(team for team, members in desk.members.items() if key in members),
        pipelines=frozenset(plan.pipelines_of.get(key, plan.pipelines)),
    )


def _column(plan: Plan, desk: Desk, ordinal: int, period: Period) -> Column:
    duration = Duration(plan.duration)
    name = dates.milestone(duration, period.first_day, period.after_day, today=desk.today, week_start=desk.week_start)
    if duration is Duration.MONTHLY:
        return Column(ordinal, dates.short_month(period.first_day), name, group=_quarter(period))
    if duration is Duration.WEEKLY:
        return Column(ordinal, dates.day_of_year(period.first_day), name, group=dates.month(period.first_day))
    return Column(ordinal, name, name)


def _earlier(
    plan: Plan, desk: Desk, contributors: Sequence[Contributor], periods: Sequence[Period]
) -> dict[Earlier, dict[Place, Decimal]]:
    """What was done and wished in the same periods a year before; of spans of one's own nothing is the same."""
    duration = Duration(plan.duration)
    if duration is Duration.CUSTOM:
        return {}
    days = {_a_year_before(one.first_day, duration): ordinal for ordinal, one in enumerate(periods)}
    windows = [
        Window(ordinal, *(int(midnight(day, desk.zone).timestamp()) for day in (start, _step(start, one))))
        for (start, ordinal), one in zip(days.items(), periods, strict=True)
    ]
    measure, store = plan.measured, sync.store()
    team_by = plan.made_by([one for one in contributors if isinstance(one, Team)])
    done = earlier.actuals(store, measure, contributors, windows, team_by=team_by, now=desk.now)
    wished = earlier.targets(desk.user, measure, duration, contributors, days, now=desk.now)
    return {Earlier.TARGETS: _places(wished), Earlier.ACTUALS: _places(done)}


def _a_year_before(day: date, duration: Duration) -> date:
    """The same month a year before; of weeks the 52nd before, which begins on the same day of the week."""
    return day - timedelta(weeks=WEEKS) if duration is Duration.WEEKLY else add_months(day, -MONTHS)


def _step(start: date, period: Period) -> date:
    """The day after a period of the same kind that begins then."""
    if period.first_day.day == period.after_day.day:
        months = (period.after_day.year - period.first_day.year) * MONTHS
        return add_months(start, months + period.after_day.month - period.first_day.month)
    return start + (period.after_day - period.first_day)


def _places(found: Mapping[tuple[Contributor, int], Decimal]) -> dict[Place, Decimal]:
    return {(key_of(one), ordinal): value for (one, ordinal), value in found.items()}


def _quarter(period: Period) -> str:
    quarter = (period.first_day.month - 1) // QUARTER + 1
    return _("Q%(quarter)s %(year)s") % {"quarter": quarter, "year": period.first_day.year}


def _cells(plan: Plan, contributors: Sequence[Contributor], periods: Sequence[Period]) -> Mapping[Place, Cell]:
    kept = {
        (key_of(one), ordinal): plan.targets.get(key_of(one), {}).get(period.first_day.isoformat())
        for one in contributors
        for ordinal, period in enumerate(periods)
    }
    return {place: Cell(Decimal(value)) for place, value in kept.items() if value is not None}
