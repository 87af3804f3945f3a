"""What may make a ticket a team's: the memberships of its agent, or its group in the help desk."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.goals.models import Goal
from milepost.metrics.stints import overlapping
from milepost.people.models import Membership, Team
from milepost.sources import memberships
from milepost.sources.models import Identity

Ways = Goal.TeamBy
OVERLAP: Final = gettext_noop(
    "These teams overlap: %(teams)s. What a person of several does counts in each of them, and once in a total."
)


def usual(teams: Collection[Team]) -> Ways:
    """Memberships once all these teams have some; without a team, once there are any. Groups otherwise."""
    if not teams:
        return Ways.MEMBERSHIP if Membership.objects.exists() else Ways.GROUP
    return (
        Ways.MEMBERSHIP if with_members([one.pk for one in teams]).issuperset(one.pk for one in teams) else Ways.GROUP
    )


def are_both(teams: Iterable[Team]) -> bool:
    """Whether all these teams have memberships and are groups of a help desk too, so that somebody may choose."""
    asked = {one.pk for one in teams}
    return bool(asked) and asked <= with_members(asked) and asked <= with_groups(asked)


def sharing(teams: Collection[Team], *, since: datetime, until: datetime) -> list[Team]:
    """Those of the teams that some person is in at the same moment as in another of them, within the span."""
    if len(teams) <= 1:
        return []
    stints = memberships.of_persons([one.pk for one in teams])
    found = overlapping(stints, since=int(since.timestamp()), until=int(until.timestamp()))
    return [one for one in teams if one.pk in found]


def with_members(teams: Collection[int]) -> set[int]:
    """Those of the teams that somebody belongs to at some time."""
    return set(Membership.objects.filter(team__in=teams).values_list("team", flat=True))


def with_groups(teams: Collection[int]) -> set[int]:
    """Those of the teams that are groups of a help desk."""
    return {
        team
        for team in Identity.objects.filter(kind=Identity.Kind.TEAM, team__in=teams).values_list("team", flat=True)
        if team is not None
    }
