"""Changing the settings with all that follows from them, at once or not at all. No goal is deleted or rewritten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from milepost.account import actions
from milepost.account.models import Account
from milepost.account.queries import the_account
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.goals import recutting
from milepost.goals.recutting import Recut
from milepost.history.record import Actor
from milepost.progress import rejudging
from milepost.progress.judging import rules_of
from milepost.progress.rejudging import Effect

NO_REASON = gettext_noop("Say why, so that the change can be understood.")


@dataclass(frozen=True)
class Consequences:
    """What a change of settings would do: to verdicts, and to milestones to come where the zone changes."""

    effect: Effect
    recut: Recut | None

    @property
    def needs_reason(self) -> bool:
        """Whether somebody sees a difference and will ask why."""
        return self.effect.targets > 0 or bool(self.recut and self.recut.milestones)


def consequences(changed: Account, *, now: datetime) -> Consequences:
    """What would follow if the account were `changed`; nothing is saved."""
    new_zone = changed.zone != the_account().zone
    return Consequences(
        effect=rejudging.effect(rules_of(changed), now=now),
        recut=recutting.recut(ZoneInfo(changed.zone), now=now) if new_zone else None,
    )


@transaction.atomic
def change(settings: dict[str, Any], *, reason: str, by: Actor | None, now: datetime) -> Account:
    """Save the settings, judge again by them, and cut what is to come in the new zone."""
    before = the_account()
    changed = {name: value for name, value in settings.items() if value != getattr(before, name)}
    if not changed:
        return before
    after = the_account()
    for name, value in changed.items():
        setattr(after, name, value)
    if not reason.strip() and consequences(after, now=now).needs_reason:
        raise Refused(NO_REASON)
    account = actions.change(by=by, now=now, reason=reason.strip(), **changed)
    if "zone" in changed:
        recutting.move(ZoneInfo(account.zone), by=by, now=now)
    rejudging.rejudge(rules_of(account), now=now)
    return account
