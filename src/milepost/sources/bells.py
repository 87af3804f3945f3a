"""Bells: secret addresses at which a help desk says that something changed. What it says besides is never believed."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from milepost.account import sealed
from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.connectors import signatures
from milepost.connectors.signatures import Request
from milepost.history import record
from milepost.people.models import User
from milepost.sources.models import Bell, Source

NOT_HERE = gettext_noop("There is no such address here. Its source may have been disconnected.")


def hang(source: Source, *, by: User | None, now: datetime) -> str:
    """A new address at which its help desk says that something changed; shown this once. The one before is gone."""
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        Bell.objects.update_or_create(source=source, defaults={"key_hash": _hash(key)})
        record.record("changed", source, by=by, now=now, after={"notification address": "new"})
    return f"{settings.ADDRESS}/notify/{key}"


def take_down(source: Source, *, by: User | None, now: datetime) -> None:
    """The address is there no more."""
    with transaction.atomic():
        removed, _ = Bell.objects.filter(source=source).delete()
        if removed:
            record.record("changed", source, by=by, now=now, after={"notification address": "removed"})


def sign(source: Source, secret: str, *, by: User | None, now: datetime) -> None:
    """Only what the vendor signed with this secret is heard from now on; with an empty one, all of it."""
    with transaction.atomic():
        Bell.objects.filter(source=source).update(signing=sealed.seal(secret) if secret else "")
        record.record("changed", source, by=by, now=now, after={"signing": "new" if secret else "removed"})


def bell(key: str) -> Bell:
    """The bell of an address, with its source. One of a source that is disconnected is not there."""
    found = Bell.objects.select_related("source")
    bell = found.filter(key_hash=_hash(key), source__disconnected_at__isnull=True).first()
    if bell is None:
        raise NotFound(NOT_HERE)
    return bell


def is_heard(bell: Bell, request: Request, *, now: datetime) -> bool:
    """Whether it is signed by the vendor, where a secret was entered."""
    return not bell.signing or signatures.is_signed(request, sealed.unseal(bell.signing), now=now)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
