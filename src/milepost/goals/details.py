"""The name and the note of a goal."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from milepost.base.errors import Refused
from milepost.goals import actions
from milepost.goals.holding import bump, hold
from milepost.goals.models import Goal
from milepost.history.record import record
from milepost.people.models import User


def problems(goal: Goal, *, name: str, note: str) -> dict[str, Refused]:
    """What is wrong with a name and a note, by the field to mend."""
    found = {}
    checks: dict[str, Callable[[], None]] = {
        "name": lambda: actions.check_name(name, form_key=goal.form_key),
        "note": lambda: actions.check_note(note),
    }
    for field, check in checks.items():
        try:
            check()
        except Refused as refused:
            found[field] = refused
    return found


def change(goal: Goal, *, name: str, note: str, seen: int, by: User, now: datetime) -> None:
    """Give a goal another name and note."""
    with transaction.atomic():
        held = hold(goal, by=by, now=now, seen=seen)
        for problem in problems(held, name=name, note=note).values():
            raise problem
        wished = {"name": name.strip(), "note": note.strip()}
        before = {field: getattr(held, field) for field in wished}
        different = [field for field in wished if before[field] != wished[field]]
        for field in different:
            setattr(held, field, wished[field])
            kept = {field: before[field]}, {field: wished[field]}
            record("renamed" if field == "name" else "noted", held, by=by, now=now, before=kept[0], after=kept[1])
        if different:
            held.save(update_fields=different)
            bump(held)
