"""The same goal over the next year: dates go on where this one ends, targets are copied."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from milepost.account.models import Account
from milepost.calendars.periods import MONTHS, STEPS, Duration, add_months, horizon, tile
from milepost.goals import actions, notices
from milepost.goals.actions import NAME_LENGTH, NewGoal
from milepost.goals.models import Contributor, Goal
from milepost.metrics.question import Measure
from milepost.people.models import Person, Team, User

WEEK: Final = timedelta(weeks=1)


def duplicate(goal: Goal, *, account: Account, form_key: UUID, by: User, now: datetime) -> Goal:
    """Make the goal of the next year. Whoever was removed or deactivated is left out; twice with a key is once."""
    return actions.create(following(goal, account=account, form_key=form_key), by=by, now=now)


def following(goal: Goal, *, account: Account, form_key: UUID) -> NewGoal:
    """The goal that comes after this one, in the account's zone of today."""
    duration = Duration(goal.duration)
    first_day, after_day = next_horizon(
        duration,
        goal.first_day,
        goal.after_day,
        periods=goal.milestones.count(),
        week_start=account.week_start,
        fiscal_month=account.fiscal_month,
    )
    zone = ZoneInfo(account.zone)
    milestones = len(tile(duration, first_day, after_day, zone=zone))
    contributors = _contributors(goal)
    return NewGoal(
        name=next_name(goal.name, goal.first_day, first_day),
        measure=Measure.from_json(goal.measure),
        duration=duration,
        first_day=first_day,
        after_day=after_day,
        zone=zone,
        form_key=form_key,
        persons=[one for one in contributors if isinstance(one, Person)],
        teams=[one for one in contributors if isinstance(one, Team)],
        values=_values(contributors, milestones),
        pipelines_of={one: _last_pipelines(contributor) for one, contributor in contributors.items()},
        template=goal.template,
        forecast=goal.forecast,
        notices=notices.from_json(goal.notices),
        note=goal.note,
        team_by=Goal.TeamBy(goal.team_by),
    )


def next_horizon(
    duration: Duration, first_day: date, after_day: date, *, periods: int, week_start: int, fiscal_month: int
) -> tuple[date, date]:
    """The next (fiscal) year of a goal over a whole one; as many periods again after any other; a span a year later."""
    if duration is Duration.CUSTOM:
        return add_months(first_day, MONTHS), add_months(after_day, MONTHS)
    for year in range(first_day.year - 1, first_day.year + 2):
        if horizon(duration, year, week_start=week_start, fiscal_month=fiscal_month) == (first_day, after_day):
            return horizon(duration, year + 1, week_start=week_start, fiscal_month=fiscal_month)
    if duration is Duration.WEEKLY:
        return after_day, after_day + WEEK * periods
    return after_day, add_months(after_day, STEPS[duration] * periods)


def next_name(name: str, first_day: date, next_first_day: date) -> str:
    """The name with the year moved on; where it has none, the year is added."""
    year, next_year = str(first_day.year), str(next_first_day.year)
    if year in name and year != next_year:
        return name.replace(year, next_year)
    return f"{name[: NAME_LENGTH - len(next_year) - 1]} {next_year}"


def _contributors(goal: Goal) -> dict[Person | Team, Contributor]:
    there = goal.contributors.filter(removed_at__isnull=True, person__deactivated_at__isnull=True)
    there = there.select_related("person", "team").prefetch_related("targets__milestone")
    return {one.person or one.team: one for one in there}  # type: ignore[misc]


def _values(
    contributors: Mapping[Person | Team, Contributor], milestones: int
) -> dict[tuple[Person | Team, int], Decimal | None]:
    """Each period has the target of the same period before; one that had no row has that of the last."""
    values: dict[tuple[Person | Team, int], Decimal | None] = {}
    for one, contributor in contributors.items():
        before = {target.milestone.ordinal: target.value for target in contributor.targets.all()}
        last = before[max(before)] if before else None
        values |= {(one, ordinal): before.get(ordinal, last) for ordinal in range(milestones)}
    return values


def _last_pipelines(contributor: Contributor) -> list[str]:
    rows = sorted(contributor.targets.all(), key=lambda target: target.milestone.ordinal)
    return list(rows[-1].pipelines) if rows else []
