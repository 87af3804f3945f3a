"""What makes a ticket a team's, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.goals.models import Goal
from milepost.goals.team_ways import OVERLAP
from milepost.people.models import Team

NAMES: Final = {
    Goal.TeamBy.MEMBERSHIP: gettext_noop("The team of the person"),
    Goal.TeamBy.GROUP: gettext_noop("The group in the help desk"),
}
MEANINGS: Final = {
    Goal.TeamBy.MEMBERSHIP: gettext_noop(
        "A ticket counts for the teams that its agent is in at that moment. "
        "When a membership is corrected, the results follow."
    ),
    Goal.TeamBy.GROUP: gettext_noop("A ticket counts for the group that it has in the help desk at that moment."),
}


@dataclass(frozen=True)
class TeamWay:
    """Something to choose."""

    key: str
    name: str
    meaning: str
    chosen: bool


def choices(chosen: str) -> list[TeamWay]:
    """Both ways."""
    return [TeamWay(way.value, _(name), _(MEANINGS[way]), way.value == chosen) for way, name in NAMES.items()]


def meaning(team_by: str) -> str:
    """What it means, in a sentence."""
    return _(MEANINGS[Goal.TeamBy(team_by)])


def overlap(teams: Sequence[Team]) -> str:
    """That these teams share people; empty without any."""
    if not teams:
        return ""
    return _(OVERLAP) % {"teams": ", ".join(one.name for one in teams)}
