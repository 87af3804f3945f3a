"""Changing a goal that others may be changing: it is held until the end of the transaction, and says what was seen."""

from datetime import datetime

from django.db.models import QuerySet

from milepost.base.errors import NotAllowed, Refused
from milepost.base.marks import gettext_noop
from milepost.goals.models import Goal
from milepost.people.models import User

NOT_TO_CHANGE = gettext_noop("You can see this but not change it.")
CHANGED = gettext_noop("This goal was changed while you were editing it. Look at what changed, then save again.")
ARCHIVED = gettext_noop("This goal is archived. Restore it first.")


class Changed(Refused):
    """The goal is not the one that the editor saw: nothing was saved."""


def hold(goal: Goal, *, by: User, now: datetime, seen: int | None = None) -> Goal:
    """The goal, held until the end of the transaction. `seen` is the revision that the editor looked at.

    Refuses whoever may not edit it, an archived goal, and a revision that is not the newest.
    """
    held = _held(goal, Goal.objects.editable_by(by, now=now))
    if seen is not None and seen != held.revision:
        raise Changed(CHANGED)
    return held


def hold_to_reopen(goal: Goal, *, by: User, now: datetime) -> Goal:
    """The same for whoever may open its final results again."""
    return _held(goal, Goal.objects.reopenable_by(by, now=now))


def _held(goal: Goal, allowed: QuerySet[Goal]) -> Goal:
    held = Goal.objects.select_for_update().get(pk=goal.pk)
    if not allowed.filter(pk=goal.pk).exists():
        raise NotAllowed(NOT_TO_CHANGE)
    if held.archived_at is not None:
        raise Refused(ARCHIVED)
    return held


def bump(held: Goal) -> None:
    """The goal is another one now: whoever saw it before is told."""
    held.revision += 1
    held.save(update_fields=["revision"])
