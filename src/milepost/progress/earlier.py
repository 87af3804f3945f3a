"""What contributors did, and what was wished of them, in periods before a goal began."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from milepost.calendars.periods import Duration
from milepost.goals.models import Goal, Target
from milepost.metrics import engine
from milepost.metrics.question import By, Measure, Window
from milepost.metrics.rounding import rounded
from milepost.metrics.stints import Stint
from milepost.people.models import Person, Team, User
from milepost.sources import memberships
from milepost.sources.models import Identity
from milepost.tickets.store import Store

Contributor = Person | Team
# Contributor and number of a window.
Place = tuple[Contributor, int]


def actuals(
    store: Store,
    measure: Measure,
    contributors: Sequence[Contributor],
    windows: Sequence[Window],
    *,
    team_by: Goal.TeamBy,
    now: datetime,
) -> dict[Place, Decimal]:
    """What each did in each window, rounded as shown; nothing where nothing was done or no source tells it."""
    if not engine.told(store, measure):
        return {}
    found: dict[Place, Decimal] = {}
    persons, teams = _numbers(contributors)
    by_group = team_by == Goal.TeamBy.GROUP
    pools = (By.AGENT, persons, () if by_group else _stints(contributors)), (By.TEAM, teams if by_group else {}, ())
    for by, members, pooled in (pool for pool in pools if pool[1] or pool[2]):
        for amount in engine.measure(store, measure, windows, by=by, now=now, members=members, stints=pooled):
            if amount.group is not None and amount.value is not None:
                shown = rounded(amount.value, measure.unit, target=None)
                found[contributors[amount.group], amount.window] = shown
    return found


def targets(
    user: User,
    measure: Measure,
    duration: Duration,
    contributors: Sequence[Contributor],
    days: Mapping[date, int],
    *,
    now: datetime,
) -> dict[Place, Decimal]:
    """What was wished of each in the milestones that begin on these days, in goals of the same measure and duration."""
    known: dict[tuple[int | None, int | None], Contributor] = {
        (one.pk, None) if isinstance(one, Person) else (None, one.pk): one for one in contributors
    }
    persons = [one.pk for one in contributors if isinstance(one, Person)]
    teams = [one.pk for one in contributors if isinstance(one, Team)]
    rows = (
        Target.objects.visible_to(user, now=now)
        .filter(Q(contributor__person__in=persons) | Q(contributor__team__in=teams))
        .filter(milestone__first_day__in=days, milestone__goal__duration=duration.value, value__isnull=False)
        .filter(milestone__goal__measure=measure.to_json(), milestone__goal__archived_at__isnull=True)
        .order_by("milestone__goal__created_at", "pk")
        .values_list("contributor__person", "contributor__team", "milestone__first_day", "value")
    )
    return {(known[person, team], days[day]): value for person, team, day, value in rows if value is not None}


def _numbers(contributors: Sequence[Contributor]) -> tuple[dict[int, int], dict[int, int]]:
    """Numbers in the facts → place in the list, of persons and of teams as groups of the help desk."""
    persons = {one.pk: place for place, one in enumerate(contributors) if isinstance(one, Person)}
    teams = {one.pk: place for place, one in enumerate(contributors) if isinstance(one, Team)}
    agents, groups = {}, {}
    for number, person, team in Identity.objects.filter(
        Q(kind=Identity.Kind.AGENT, person__in=persons) | Q(kind=Identity.Kind.TEAM, team__in=teams)
    ).values_list("number", "person", "team"):
        if person in persons:
            agents[number] = persons[person]
        elif team in teams:
            groups[number] = teams[team]
    return agents, groups


def _stints(contributors: Sequence[Contributor]) -> tuple[Stint, ...]:
    """Who belongs to the teams in the list, by place in it."""
    places = {one.pk: place for place, one in enumerate(contributors) if isinstance(one, Team)}
    return tuple(replace(one, group=places[one.group]) for one in memberships.stints() if one.group in places)
