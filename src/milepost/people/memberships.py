"""Who is in which team at a moment, and who leads it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from milepost.people.models import Membership, Team


def running(*, now: datetime) -> QuerySet[Membership]:
    """The memberships of this moment."""
    return Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now)


def teams_without_lead(*, now: datetime) -> QuerySet[Team]:
    """Teams that have active members and no lead among them, each with these members as `running`."""
    active = running(now=now).filter(person__deactivated_at=None)
    theirs = active.filter(team=OuterRef("pk"))
    members = active.select_related("person").order_by("person__order", "pk")
    return Team.objects.filter(Exists(theirs), ~Exists(theirs.filter(leads=True))).prefetch_related(
        Prefetch("memberships", members, to_attr="running")
    )
