"""What users want, and changing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from milepost.account.queries import the_account
from milepost.history.record import record
from milepost.notifications.kinds import Kind
from milepost.notifications.models import Preference
from milepost.notifications.quiet import QuietHours
from milepost.people.models import User

CHANGEABLE: Final = ("language", "zone", "quiet_from", "quiet_until", "mail", "not_mailed", "digest")


@dataclass(frozen=True)
class Wants:
    """What a user wants, with the account's where they said nothing."""

    language: str
    quiet: QuietHours
    mail: bool
    not_mailed: frozenset[Kind]
    digest: bool

    @property
    def zone(self) -> ZoneInfo:
        """The zone of their messages."""
        return self.quiet.zone


def wants_of(users: Iterable[int]) -> dict[int, Wants]:
    """What these users want, by key; in two queries."""
    zone, asked = the_account().zone, set(users)
    kept = {one.user_id: one for one in Preference.objects.filter(user__in=asked)}
    return {user: _wants(kept.get(user, Preference(user_id=user)), zone) for user in asked}


def preference_of(user: User) -> Preference:
    """What a user said, or the row they would begin with."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


@transaction.atomic
def change(user: User, *, now: datetime, **wished: Any) -> None:
    """Let messages come as the user wishes. A stop from an e-mail is one, too."""
    kept = Preference.objects.select_for_update().filter(user=user).first() or Preference(user=user)
    changed = {name: value for name, value in wished.items() if name in CHANGEABLE and getattr(kept, name) != value}
    if not changed and kept.pk:
        return
    before = {name: _plain(getattr(kept, name)) for name in changed}
    for name, value in changed.items():
        setattr(kept, name, value)
    kept.save()
    record(
        "preferred",
        user,
        by=user,
        now=now,
        before=before,
        after={name: _plain(value) for name, value in changed.items()},
    )


def _wants(kept: Preference, zone: str) -> Wants:
    return Wants(
        language=kept.language or settings.LANGUAGE_CODE,
        quiet=QuietHours(kept.quiet_from, kept.quiet_until, ZoneInfo(kept.zone or zone)),
        mail=kept.mail,
        not_mailed=frozenset(Kind(one) for one in kept.not_mailed),
        digest=kept.digest,
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | list | str) else str(value)
