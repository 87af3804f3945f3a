"""What can be told: the seven kinds of a goal, and that a result was corrected."""

from enum import StrEnum
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.goals.notices import NAMES as NOTICES
from milepost.goals.notices import Notice


class Kind(StrEnum):
    """What a notice tells."""

    KICKOFF = "kickoff"
    WEEKLY_PROGRESS = "weekly_progress"
    BEHIND_PACE = "behind_pace"
    ACHIEVED = "achieved"
    EXCEEDED = "exceeded"
    MISSED = "missed"
    EDITED = "edited"
    # Nobody chooses this one: who heard a result hears that it was another one.
    CORRECTED = "corrected"


NAMES: Final = {Kind(kind.value): name for kind, name in NOTICES.items()} | {
    Kind.CORRECTED: gettext_noop("Result corrected")
}
VERDICTS: Final = frozenset({Kind.ACHIEVED, Kind.EXCEEDED, Kind.MISSED, Kind.CORRECTED})


def chosen_as(kind: Kind) -> Notice | None:
    """The switch of a goal that this kind follows."""
    return None if kind is Kind.CORRECTED else Notice(kind.value)
