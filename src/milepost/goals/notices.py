"""Who is told what about a goal: seven kinds of notice, each for any of three audiences."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from milepost.base.marks import gettext_noop


class Notice(StrEnum):
    """What can be told."""

    KICKOFF = "kickoff"
    WEEKLY_PROGRESS = "weekly_progress"
    BEHIND_PACE = "behind_pace"
    ACHIEVED = "achieved"
    EXCEEDED = "exceeded"
    MISSED = "missed"
    EDITED = "edited"


class Audience(StrEnum):
    """Who can be told: the contributor, who leads them, who made the goal."""

    PERSON = "person"
    LEAD = "lead"
    MANAGER = "manager"


NAMES: Final = {
    Notice.KICKOFF: gettext_noop("Goal starts"),
    Notice.WEEKLY_PROGRESS: gettext_noop("Weekly progress"),
    Notice.BEHIND_PACE: gettext_noop("Falls behind pace"),
    Notice.ACHIEVED: gettext_noop("Achieved"),
    Notice.EXCEEDED: gettext_noop("Exceeded"),
    Notice.MISSED: gettext_noop("Missed"),
    Notice.EDITED: gettext_noop("Target or notes edited"),
}

AUDIENCES: Final = {
    Audience.PERSON: gettext_noop("Person"),
    Audience.LEAD: gettext_noop("Lead"),
    Audience.MANAGER: gettext_noop("Manager"),
}

Choices = Mapping[Notice, frozenset[Audience]]

USUAL: Final[Choices] = {
    Notice.KICKOFF: frozenset({Audience.PERSON}),
    Notice.WEEKLY_PROGRESS: frozenset({Audience.PERSON, Audience.LEAD}),
    Notice.BEHIND_PACE: frozenset({Audience.PERSON}),
    Notice.ACHIEVED: frozenset({Audience.PERSON, Audience.LEAD}),
    Notice.EXCEEDED: frozenset({Audience.PERSON, Audience.LEAD}),
    Notice.MISSED: frozenset({Audience.PERSON, Audience.LEAD}),
    Notice.EDITED: frozenset({Audience.PERSON}),
}


def to_json(choices: Choices) -> dict[str, list[str]]:
    """The choices as they are kept: kind to audiences, in order."""
    return {kind.value: [one.value for one in Audience if one in choices.get(kind, ())] for kind in Notice}


def from_json(kept: Mapping[str, list[str]]) -> Choices:
    """The choices that were kept; nobody is told of a kind that is not there."""
    return {kind: frozenset(Audience(one) for one in kept.get(kind.value, ())) for kind in Notice}


def usual() -> dict[str, list[str]]:
    """What a goal begins with, as it is kept."""
    return to_json(USUAL)
