"""The last removal of a reader, kept in the session so that it can be undone after a reload."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.utils.translation import ngettext

from milepost.formats.numbers import number
from milepost.goals.models import Contributor

KEY: Final = "removed"
# So long the page offers to undo; who removed it stays in the history.
OFFERED: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Removed:
    """Who was removed, in a sentence."""

    contributors: Sequence[int]
    text: str


def remember(request: HttpRequest, contributors: Sequence[Contributor], *, now: datetime) -> None:
    """Offer to undo this."""
    keys = [one.pk for one in contributors]
    request.session[KEY] = {"contributors": keys, "text": _text(contributors), "at": now.isoformat()}


def recall(request: HttpRequest, *, now: datetime) -> Removed | None:
    """What can be undone."""
    kept = request.session.get(KEY)
    if kept is None or now - datetime.fromisoformat(kept["at"]) > OFFERED:
        return None
    return Removed(kept["contributors"], kept["text"])


def forget(request: HttpRequest) -> None:
    """Offer it no longer."""
    request.session.pop(KEY, None)


def _text(contributors: Sequence[Contributor]) -> str:
    count = len(contributors)
    goals = sorted({one.goal.name for one in contributors})
    if len(goals) > 1:
        text = ngettext(
            "Removed %(count)s contributor from several goals.",
            "Removed %(count)s contributors from several goals.",
            count,
        )
        return text % {"count": number(count)}
    text = ngettext(
        "Removed %(count)s contributor from %(goal)s.", "Removed %(count)s contributors from %(goal)s.", count
    )
    return text % {"count": number(count), "goal": goals[0]}
