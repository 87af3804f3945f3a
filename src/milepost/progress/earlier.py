"""What contributors did, and what was wished of them, in periods before a goal began."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from milepost.calendars.periods import Duration
from milepost.goals.models import Target
from milepost.metrics import engine
from milepost.metrics.question import By, Measure, Window
from milepost.metrics.rounding import rounded
from milepost.people.models import Person, Team, User
from milepost.sources.models import Identity
from milepost.tickets.store import Store

Contributor = Person | Team
# Contributor and number of a window.
Place = tuple[Contributor, int]


def actuals(
    store: Store, measure: Measure, contributors: Sequence[Contributor], windows: Sequence[Window], *, now: datetime
) -> dict[Place, Decimal]:
    """What each did in each window, rounded as shown; nothing where nothing was done or no source tells it."""
    if not engine.told(store, measure):
        return {}
    found: dict[Place, Decimal] = {}
    for by, members in _members(contributors).items():
        numbered = {number: place for number, (place, _one) in members.items()}
        named = dict(members.values())
        for amount in engine.measure(store, measure, windows, by=by, now=now, members=numbered):
            if amount.group is not None and amount.value is not None:
                found[named[amount.group], amount.window] = rounded(amount.value, measure.unit, target=None)
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


def _members(contributors: Sequence[Contributor]) -> dict[By, dict[int, tuple[int, Contributor]]]:
    """By kind of contributor: number in the facts → place in the list, and the contributor."""
    persons = {one.pk: (place, one) for place, one in enumerate(contributors) if isinstance(one, Person)}
    teams = {one.pk: (place, one) for place, one in enumerate(contributors) if isinstance(one, Team)}
    found: dict[By, dict[int, tuple[int, Contributor]]] = {}
    for number, person, team in Identity.objects.filter(
        Q(kind=Identity.Kind.AGENT, person__in=persons) | Q(kind=Identity.Kind.TEAM, team__in=teams)
    ).values_list("number", "person", "team"):
        if person in persons:
            found.setdefault(By.AGENT, {})[number] = persons[person]
        elif team in teams:
            found.setdefault(By.TEAM, {})[number] = teams[team]
    return found
