"""After an agent became another person, or a group another team: the numbers of all of them follow."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from milepost.goals.models import Contributor, Goal
from milepost.progress.measure import Refreshed, refresh
from milepost.tickets.store import Store


def refresh_identities(people: Collection[int], teams: Collection[int], *, store: Store, now: datetime) -> Refreshed:
    """Measure anew the goals of these people, of the teams they belong to, and of these teams."""
    theirs = Q(person__in=people) | Q(team__memberships__person__in=people) | Q(team__in=teams)
    contributors = Contributor.objects.filter(theirs, removed_at__isnull=True)
    goals = Goal.objects.filter(archived_at__isnull=True, pk__in=contributors.values("goal"))
    return refresh(store=store, now=now, goals=goals)
