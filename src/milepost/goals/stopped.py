"""Targets of persons who were deactivated before the end of the milestone, and not reactivated before it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from milepost.goals.models import Goal, Target
from milepost.people.models import Deactivation


def stopped(target: str = "") -> Q:
    """Targets that are measured no further. `target` is the path to it, with underscores."""
    return Q(Exists(_over_the_end(target)))


def stopped_since(target: str = "") -> Subquery:
    """Since when a target is measured no further; null where it is."""
    return Subquery(_over_the_end(target).values("since")[:1])


def stops(goals: QuerySet[Goal]) -> dict[int, datetime]:
    """Since when the targets of these goals that have stopped are measured no further, by key."""
    of_goals = Target.objects.filter(stopped(), contributor__goal__in=goals)
    return dict(of_goals.values_list("pk", stopped_since()))


def _over_the_end(target: str) -> QuerySet[Deactivation]:
    end = OuterRef(f"{target}milestone__end")
    return Deactivation.objects.filter(
        Q(until__isnull=True) | Q(until__gte=end),
        person=OuterRef(f"{target}contributor__person"),
        since__lt=end,
    )
