"""What the edit panel saves: the targets of one contributor, and who is told of them. All or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.goals import notices, targets
from milepost.goals.holding import bump, hold
from milepost.goals.models import Contributor, Target, TargetVersion
from milepost.goals.notices import Choices
from milepost.history.record import record
from milepost.metrics.question import Measure
from milepost.people.models import User

REASON_LENGTH: Final = 500

NO_REASON = gettext_noop("Say why, so that the change can be understood.")
LONG_REASON = gettext_noop("Use 500 characters or fewer (now %(count)s).")
ENDED = gettext_noop("The period has ended, so its target is locked.")


@dataclass(frozen=True)
class Edit:
    """What is wished of a contributor: values, and who is told, by the key of the target; what is not named stays.

    Without choices a target's notices are as the goal says.
    """

    values: Mapping[int, Decimal | None] = field(default_factory=dict)
    notices: Mapping[int, Choices | None] = field(default_factory=dict)
    reason: str = ""
    # Of values that are prorated: what they are a share of.
    wholes: Mapping[int, Decimal] = field(default_factory=dict)


def problems(contributor: Contributor, edit: Edit, *, now: datetime) -> dict[int | str, Refused]:
    """What is wrong with an edit, by the key of the target to mend, or "reason"."""
    held = _targets(contributor, edit)
    measure = Measure.from_json(contributor.goal.measure)
    found: dict[int | str, Refused] = {}
    for target in _changed(held, edit):
        try:
            targets.check(edit.values[target.pk], measure)
            _check_running(target, now)
        except Refused as refused:
            found[target.pk] = refused
    reason = edit.reason.strip()
    if len(reason) > REASON_LENGTH:
        found["reason"] = Refused(LONG_REASON, count=len(reason))
    elif not reason and any(now >= target.milestone.start for target in _changed(held, edit)):
        found["reason"] = Refused(NO_REASON)
    return found


def save(contributor: Contributor, edit: Edit, *, seen: int | None = None, by: User, now: datetime) -> bool:
    """Save an edit, of what the editor saw at revision `seen`. Whether anything is different now."""
    with transaction.atomic():
        goal = hold(contributor.goal, by=by, now=now, seen=seen)
        for problem in problems(contributor, edit, now=now).values():
            raise problem
        held = _targets(contributor, edit)
        different = [
            *(_set(target, edit, by=by, now=now) for target in _changed(held, edit)),
            *(_notify(target, edit, by=by, now=now) for target in held if target.pk in edit.notices),
        ]
        if any(different):
            bump(goal)
    return any(different)


def _targets(contributor: Contributor, edit: Edit) -> list[Target]:
    asked = {*edit.values, *edit.notices}
    return list(contributor.targets.filter(pk__in=asked).select_related("milestone", "contributor__goal"))


def _changed(held: list[Target], edit: Edit) -> list[Target]:
    return [target for target in held if target.pk in edit.values and target.value != edit.values[target.pk]]


def _check_running(target: Target, now: datetime) -> None:
    if now >= target.milestone.end and target.reopened_at is None:
        raise Refused(ENDED)


def _set(target: Target, edit: Edit, *, by: User, now: datetime) -> bool:
    before, target.value = target.value, edit.values[target.pk]
    reason = edit.reason.strip()
    target.save(update_fields=["value"])
    whole = edit.wholes.get(target.pk)
    TargetVersion.objects.create(target=target, value=target.value, whole=whole, set_at=now, set_by=by, reason=reason)
    record("set", target, by=by, now=now, before=_kept(before), after=_kept(target.value), reason=reason)
    return True


def _notify(target: Target, edit: Edit, *, by: User, now: datetime) -> bool:
    choices = edit.notices[target.pk]
    wished = None if choices is None else notices.to_json(choices)
    if now >= target.milestone.end or wished == target.notices:
        return False
    before, target.notices = target.notices, wished
    target.save(update_fields=["notices"])
    kept = {"notices": before}, {"notices": wished}
    record("notified", target, by=by, now=now, before=kept[0], after=kept[1], reason=edit.reason.strip())
    return True


def _kept(value: Decimal | None) -> dict[str, str | None]:
    return {"value": None if value is None else str(value)}
