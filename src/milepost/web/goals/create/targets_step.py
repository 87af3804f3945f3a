"""The third step: the grid of contributors × periods, from the plan and back into it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milepost.calendars.periods import Duration, Period
from milepost.formats import dates
from milepost.people.models import Team
from milepost.web.avatars import of_person
from milepost.web.goals.create.desk import Contributor, Desk, key_of
from milepost.web.goals.create.plan import Plan, rows_of
from milepost.web.goals.grid import Cell, Column, Grid, Kind, Pipeline, Place, Row

QUARTER: Final = 3


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
        return Column(ordinal, date_format(period.first_day, "M"), name, group=_quarter(period))
    if duration is Duration.WEEKLY:
        return Column(ordinal, dates.day_of_year(period.first_day), name, group=dates.month(period.first_day))
    return Column(ordinal, name, name)


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
