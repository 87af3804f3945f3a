"""Stopping e-mail from an e-mail: a signed address that needs no sign-in (RFC 8058)."""

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse

from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.notifications import preferences
from milepost.people.models import User

SALT = "milepost.unsubscribe"


class Mailing(StrEnum):
    """What can be stopped."""

    NOTICES = "notices"
    DIGEST = "digest"


def address(user: User, mailing: Mailing) -> str:
    """Where this mailing is stopped for this user, for as long as the key of the installation stays."""
    token = signing.Signer(salt=SALT).sign(f"{mailing.value}-{user.pk}")
    return settings.ADDRESS + reverse("unsubscribe", args=[token])


def headers(user: User, mailing: Mailing) -> dict[str, str]:
    """What lets a mail program offer it."""
    return {
        "List-Unsubscribe": f"<{address(user, mailing)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def whose(token: str) -> tuple[User, Mailing]:
    """Who stops what by this address; one that we did not make is nothing."""
    try:
        mailing, _, key = signing.Signer(salt=SALT).unsign(token).partition("-")
        return User.objects.get(pk=int(key)), Mailing(mailing)
    except (signing.BadSignature, ValueError, User.DoesNotExist):
        raise NotFound(gettext_noop("Nothing here.")) from None


def stop(token: str, *, now: datetime) -> Mailing:
    """Stop it; twice is once."""
    user, mailing = whose(token)
    wished = {"mail": False} if mailing is Mailing.NOTICES else {"digest": False}
    preferences.change(user, now=now, **wished)
    return mailing
