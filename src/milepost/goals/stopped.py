"""Targets of persons who were deactivated before the end of the milestone, and not reactivated before it.

A leaving moves nothing that could be final before it was entered, and a return nothing that had ended before: a stopped
milestone is final at its end. So a machine that slept comes to the same results as one that ran.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from milepost.account.models import THE_ACCOUNT, Account
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


def due(end: Any, days: Any) -> Combinable:
    """When a milestone may be final at the earliest: `days` after its end, and the grace of the account on top."""
    grace = Account.objects.filter(pk=THE_ACCOUNT).values("grace_hours")[:1]
    usual = Account._meta.get_field("grace_hours").default
    hours = Cast(days, IntegerField()) * 24 + Coalesce(Subquery(grace), Value(usual), output_field=IntegerField())
    wait = ExpressionWrapper(hours * Value(timedelta(hours=1)), output_field=DurationField())
    return ExpressionWrapper(end + wait, output_field=DateTimeField())


def _over_the_end(target: str) -> QuerySet[Deactivation]:
    end = OuterRef(f"{target}milestone__end")
    final = due(end, OuterRef(f"{target}milestone__goal__measure__days"))
    return Deactivation.objects.filter(
        Q(until__isnull=True) | Q(until__gte=end) | Q(until_entered_at__gte=end),
        person=OuterRef(f"{target}contributor__person"),
        since__lt=end,
        since_entered_at__lt=final,
    )
