"""Adding and changing the places that results of teams are posted to."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from milepost.account.sealed import seal
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import addresses
from milepost.history.record import record
from milepost.notifications.channels.formats import PREFIX
from milepost.notifications.kinds import Kind
from milepost.notifications.models import Hook
from milepost.people.models import Team, User

# Whoever was posted a result is posted its correction, too.
POSTED: Final = tuple(kind for kind in Kind if kind is not Kind.CORRECTED)
KEY_BYTES: Final = 32
NAME_TAKEN: Final = gettext_noop("There is already a channel called “%(name)s”. Use another name.")


@dataclass(frozen=True)
class NewHook:
    """What a hook is made from. An empty address leaves the one that there is."""

    name: str
    make: Hook.Make
    address: str
    kinds: Sequence[Kind]
    teams: Sequence[Team]
    language: str


@transaction.atomic
def create(new: NewHook, *, by: User, now: datetime) -> tuple[Hook, str]:
    """A hook, and the key that its posts are signed with: empty where they are not."""
    addresses.check(new.address, private=settings.PRIVATE_ADDRESSES)
    _check_name(new.name)
    key = f"{PREFIX}{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"
    signed = new.make is Hook.Make.WEBHOOK
    hook = Hook.objects.create(
        name=new.name,
        make=new.make.value,
        address=seal(new.address),
        key=seal(key) if signed else "",
        kinds=[kind.value for kind in new.kinds],
        language=new.language,
        created_at=now,
    )
    hook.teams.set(new.teams)
    record("created", hook, by=by, now=now, after=_told(hook, new))
    return hook, key if signed else ""


@transaction.atomic
def change(hook: Hook, new: NewHook, *, by: User, now: datetime) -> None:
    """Another name, other kinds, teams or language; another address where one is given."""
    _check_name(new.name, besides=hook.pk)
    if new.address:
        addresses.check(new.address, private=settings.PRIVATE_ADDRESSES)
        hook.address = seal(new.address)
    hook.name, hook.kinds, hook.language = new.name, [kind.value for kind in new.kinds], new.language
    hook.save()
    hook.teams.set(new.teams)
    record("changed", hook, by=by, now=now, after=_told(hook, new) | {"address": bool(new.address)})


@transaction.atomic
def switch_off(hook: Hook, *, by: User, now: datetime) -> None:
    """Nothing is posted any more; what was on its way is not sent."""
    Hook.objects.filter(pk=hook.pk).update(switched_off_at=now)
    hook.deliveries.filter(sent_at__isnull=True, dropped_at__isnull=True).update(dropped_at=now)
    record("switched off", hook, by=by, now=now)


@transaction.atomic
def switch_on(hook: Hook, *, by: User, now: datetime) -> None:
    """What is new from now on is posted."""
    Hook.objects.filter(pk=hook.pk).update(switched_off_at=None)
    record("switched on", hook, by=by, now=now)


def _check_name(name: str, *, besides: int | None = None) -> None:
    if Hook.objects.filter(name__iexact=name).exclude(pk=besides or 0).exists():
        raise Refused(NAME_TAKEN, name=name)


def _told(hook: Hook, new: NewHook) -> dict[str, object]:
    """Without the address, which is a secret."""
    return {"make": hook.make, "kinds": list(hook.kinds), "teams": [team.name for team in new.teams]}
