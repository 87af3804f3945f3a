"""Entrances: the addresses at which others send events to us. Of a token a hash is kept, never the token."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from milepost.account import sealed
from milepost.base.errors import NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import settings as asked
from milepost.connectors import signatures
from milepost.history import record
from milepost.people.models import User
from milepost.sources import apart, help_desks
from milepost.sources.models import HEARTBEAT, Entrance, Source

# So that programs that look for secrets in code know one of ours.
TOKEN_PREFIX: Final = "milepost_in_"  # noqa: S105 - what a token begins with
# How long the token before a new one lets in: time to enter the new one where it is used.
CHANGING: Final = timedelta(days=1)

NOT_HERE: Final = gettext_noop("There is no such address here. Its source may have been disconnected.")


@dataclass(frozen=True)
class Opened:
    """A source with an entrance, and the token that is shown this once."""

    source: Source
    token: str


def open_(slug: str, *, name: str, by: User | None, now: datetime) -> Opened:
    """Make a source to which others send, with an address and a token; asked again, it gets a new token."""
    with transaction.atomic():
        apart.check_no_demo(slug)
        source, new = Source.objects.get_or_create(
            slug=slug,
            defaults={"name": name, "make": Source.Make.INBOUND, "connected_at": now, "complete_from": now},
        )
        if not source.is_inbound:
            raise Refused(
                gettext_noop("“%(source)s” is a source of another kind. Choose another name with --source."),
                source=slug,
            )
        entrance, _ = Entrance.objects.get_or_create(source=source, defaults={"key": secrets.token_hex(16)})
        if new:
            record.record("connected", source, by=by, now=now)
            return Opened(source, _give(entrance))
        if source.disconnected_at is not None:
            # Whoever sends now may send no heartbeats.
            source.disconnected_at, source.settings = None, {**source.settings}
            source.settings.pop(HEARTBEAT, None)
            source.save(update_fields=["disconnected_at", "settings"])
            record.record("reconnected", source, by=by, now=now)
            return Opened(source, _give(entrance))
        return Opened(source, renew(source, by=by, now=now))


def renew(source: Source, *, by: User | None, now: datetime) -> str:
    """A new token. The one before it lets in for a day yet, so that nothing is lost while it is changed elsewhere."""
    with transaction.atomic():
        entrance = _locked(source)
        if entrance.token_hash:
            entrance.earlier_hash, entrance.earlier_until = entrance.token_hash, now + CHANGING
        token = _give(entrance)
        record.record("changed", source, by=by, now=now, after={"token": "new"})
    return token


def revoke(source: Source, *, by: User | None, now: datetime) -> None:
    """No token lets in any more, and no signature, until a new one is made."""
    with transaction.atomic():
        _shut(_locked(source))
        record.record("changed", source, by=by, now=now, after={"token": "revoked"})


def sign(source: Source, *, by: User | None, now: datetime) -> str:
    """A new secret by which requests are signed instead of bringing the token; shown this once."""
    secret = signatures.PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        entrance = _locked(source)
        entrance.signing = sealed.seal(secret)
        entrance.save(update_fields=["signing"])
        record.record("changed", source, by=by, now=now, after={"signing": "new"})
    return secret


def change(source: Source, *, name: str, statuses: str, by: User | None, now: datetime) -> None:
    """What the source is called, and what the sender's own statuses mean, for what comes from now on."""
    asked.statuses(statuses)
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source.pk)
        before = {"name": source.name, "statuses": source.settings.get("statuses", "")}
        after = {"name": name, "statuses": statuses}
        if before == after:
            return
        source.name, source.settings = name, source.settings | {"statuses": statuses}
        source.save(update_fields=["name", "settings"])
        record.record("changed", source, by=by, now=now, before=before, after=after)


def close(source: Source, *, by: User | None, now: datetime) -> None:
    """Take nothing any more, and forget what lets in. What still waits is read once it is connected again."""
    with transaction.atomic():
        _shut(_locked(source))
        help_desks.disconnect(source, by=by, now=now)


def entrance(key: str) -> Entrance:
    """The entrance of an address, with its source. One of a source that is disconnected is not there."""
    found = Entrance.objects.select_related("source").filter(key=key, source__disconnected_at__isnull=True).first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def address(entrance: Entrance) -> str:
    """Where others send to."""
    return f"{settings.ADDRESS}/inbound/{entrance.key}"


def lets_in(entrance: Entrance, token: str, *, now: datetime) -> bool:
    """Whether this is its token, or the one before it while that still lets in."""
    found = _hash(token)
    is_token = secrets.compare_digest(found, entrance.token_hash)
    is_earlier = secrets.compare_digest(found, entrance.earlier_hash)
    return is_token or (is_earlier and entrance.earlier_until is not None and now < entrance.earlier_until)


def is_signed(entrance: Entrance, request: signatures.Request, *, now: datetime) -> bool:
    """Whether the request was signed by its secret just now. A signature that tells no moment does not let in."""
    if not entrance.signing:
        return False
    return signatures.is_signed_just_now(request, sealed.unseal(entrance.signing), now=now)


def _locked(source: Source) -> Entrance:
    return Entrance.objects.select_for_update().get(source=source)


def _give(entrance: Entrance) -> str:
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    entrance.token_hash = _hash(token)
    entrance.save(update_fields=["token_hash", "earlier_hash", "earlier_until"])
    return token


def _shut(entrance: Entrance) -> None:
    entrance.token_hash = entrance.earlier_hash = entrance.signing = ""
    entrance.earlier_until = None
    entrance.save(update_fields=["token_hash", "earlier_hash", "earlier_until", "signing"])


def _hash(token: str) -> str:
    """Tokens are random and long: no salt and no slow hash is needed to keep them from being guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
