"""The e-mail of a delivery: its notices, or its digest, in the language and on the clocks of the reader."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext, override

from milepost.account.queries import the_account
from milepost.formats.numbers import number
from milepost.notifications import preferences, unsubscribe, wording
from milepost.notifications.channels.mail import Letter
from milepost.notifications.digest import letter
from milepost.notifications.digest.content import Content
from milepost.notifications.kinds import Kind
from milepost.notifications.models import Delivery, Notice
from milepost.notifications.unsubscribe import Mailing
from milepost.people.models import User

# So many are written out; the rest is in the inbox.
MOST = 20
SHOWN = (
    "milestone",
    "target__milestone",
    "target__contributor__goal",
    "target__contributor__person",
    "target__contributor__team",
)


def of(delivery: Delivery, user: User, *, now: datetime) -> Letter | None:
    """What is written to a user; None where nothing is left to say."""
    for digest in delivery.digests.all():
        wanted = preferences.wants_of([user.pk])[user.pk].digest and digest.until > now
        content = Content.from_json(digest.content)
        return letter.letter(content, user, message_id=message_id(delivery)) if wanted else None
    notices = notices_to_send(delivery, now=now)
    return of_notices(user, notices, message_id=message_id(delivery), now=now) if notices else None


def notices_to_send(delivery: Delivery, *, now: datetime) -> Sequence[Notice]:
    """What the message still has to say: what is no news any more, or may not be seen any more, is left out."""
    user = delivery.user
    told = Notice.objects.filter(delivery=delivery)
    if user is not None:
        told = told.inbox_of(user, now=now)
    fresh = [one for one in told.select_related(*SHOWN).order_by("pk") if one.until is None or one.until > now]
    return fresh if user is None else _wished(fresh, user)


def of_notices(user: User, notices: Sequence[Notice], *, message_id: str, now: datetime) -> Letter:
    """One letter for all of them."""
    account, wants = the_account(), preferences.wants_of([user.pk])[user.pk]
    with override(wants.language):
        today = now.astimezone(wants.zone).date()
        told = [wording.worded(one, account=account, today=today) for one in notices[:MOST]]
        subject = _subject(told, len(notices))
        page = {
            "language": wants.language,
            "name": user.name,
            "account": account.name,
            "subject": subject,
            "notices": told,
            "more": max(len(notices) - MOST, 0),
            "inbox": settings.ADDRESS + reverse("inbox"),
            "preferences": settings.ADDRESS + reverse("preferences"),
            "stop": unsubscribe.address(user, Mailing.NOTICES),
            "because": list(dict.fromkeys(wording.because(one.audience) for one in notices)),
        }
        return Letter(
            to=user.email,
            subject=subject,
            text=render_to_string("notifications/letter.txt", page),
            html=render_to_string("notifications/letter.html", page),
            message_id=message_id,
            headers=unsubscribe.headers(user, Mailing.NOTICES),
        )


def message_id(delivery: Delivery) -> str:
    """The same at every try."""
    return f"<{delivery.message_id}@{urlsplit(settings.ADDRESS).hostname}>"


def _wished(notices: Sequence[Notice], user: User) -> list[Notice]:
    """Unless the reader has stopped it meanwhile."""
    wants = preferences.wants_of([user.pk])[user.pk]
    return [one for one in notices if wants.mail and Kind(one.kind) not in wants.not_mailed]


def _subject(told: Sequence[wording.Worded], count: int) -> str:
    if count == 1:
        # A header has one line.
        return " ".join(told[0].title.split())
    text = ngettext("%(count)s notice about your goals", "%(count)s notices about your goals", count)
    return text % {"count": number(count)}
