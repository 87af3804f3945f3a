"""The name and the note of a goal, and what makes a ticket a team's in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from milepost.base.errors import Refused
from milepost.goals import actions
from milepost.goals.editing import LONG_REASON, NO_REASON, REASON_LENGTH
from milepost.goals.holding import bump, hold
from milepost.goals.models import Goal
from milepost.history.record import record
from milepost.people.models import User

VERBS: Final = {"name": "renamed", "note": "noted", "team_by": "regrouped"}


@dataclass(frozen=True)
class Details:
    """What is wished; `team_by` None leaves that as it is."""

    name: str
    note: str
    team_by: Goal.TeamBy | None = None
    reason: str = ""

    def fields(self, goal: Goal) -> dict[str, str]:
        """As the goal keeps them."""
        return {"name": self.name.strip(), "note": self.note.strip(), "team_by": self.team_by or goal.team_by}


def problems(goal: Goal, wished: Details, *, now: datetime) -> dict[str, Refused]:
    """What is wrong, by the field to mend."""
    found = {}
    checks: dict[str, Callable[[], None]] = {
        "name": lambda: actions.check_name(wished.name, form_key=goal.form_key),
        "note": lambda: actions.check_note(wished.note),
        "reason": lambda: _check_reason(goal, wished, now),
    }
    for field, check in checks.items():
        try:
            check()
        except Refused as refused:
            found[field] = refused
    return found


def change(goal: Goal, wished: Details, *, seen: int, by: User, now: datetime) -> None:
    """Give a goal another name and note, and let something else make its teams.

    The numbers of its teams are then others: all but final ones are measured anew.
    """
    with transaction.atomic():
        held = hold(goal, by=by, now=now, seen=seen)
        for problem in problems(held, wished, now=now).values():
            raise problem
        fields = wished.fields(held)
        before = {field: getattr(held, field) for field in fields}
        different = [field for field in fields if before[field] != fields[field]]
        for field in different:
            setattr(held, field, fields[field])
            kept = {field: before[field]}, {field: fields[field]}
            reason = wished.reason.strip() if field == "team_by" else ""
            record(VERBS[field], held, by=by, now=now, before=kept[0], after=kept[1], reason=reason)
        if different:
            held.save(update_fields=different)
            bump(held)


def _check_reason(goal: Goal, wished: Details, now: datetime) -> None:
    """Once a goal has begun there are numbers that change, and people who ask why."""
    count = len(wished.reason.strip())
    if count > REASON_LENGTH:
        raise Refused(LONG_REASON, count=count)
    begun = goal.milestones.filter(start__lte=now).exists()
    if begun and not count and wished.fields(goal)["team_by"] != goal.team_by:
        raise Refused(NO_REASON)
