"""Sending what is due: first it is noted that it is tried, then it is sent, then it is noted that it was sent.

A process that is killed between the last two sends it once more, with the same message id.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, QuerySet

from milepost.base.errors import MilepostError
from milepost.base.marks import gettext_noop
from milepost.notifications import letters, posts
from milepost.notifications.channels import mail
from milepost.notifications.channels.http import PostRefused
from milepost.notifications.models import Delivery, Hook

Clock = Callable[[], datetime]
# In one run; the next one goes on.
MOST: Final = 200
# What could not be sent for so long is not sent any more; the inbox has it.
GIVEN_UP: Final = timedelta(days=4)
FIRST_WAIT: Final = timedelta(minutes=1)
DOUBLINGS: Final = 8
PERMANENT: Final = 500


class ChannelFailed(MilepostError):
    """Nothing can be sent this way at the moment."""


@dataclass(frozen=True)
class Sent:
    """How many messages left, and whether more are due."""

    sent: int
    more: bool


def send_mail(*, clock: Clock, stopped: Callable[[], bool]) -> Sent:
    """Send the e-mail that is due."""
    due = _due(clock()).filter(user__isnull=False).select_related("user")
    return _send(due, _mail, clock=clock, stopped=stopped)


def post(hook: Hook, *, clock: Clock, stopped: Callable[[], bool]) -> Sent:
    """Post to a hook what is due."""
    return _send(_due(clock()).filter(hook=hook).select_related("hook"), _post, clock=clock, stopped=stopped)


def _due(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(sent_at__isnull=True, dropped_at__isnull=True, due_at__lte=now).order_by(
        "due_at", "pk"
    )


def _send(
    due: QuerySet[Delivery], send: Callable[[Delivery, datetime], bool], *, clock: Clock, stopped: Callable[[], bool]
) -> Sent:
    sent = 0
    for one in due[:MOST]:
        if stopped():
            return Sent(sent, more=True)
        # From here on nothing joins it.
        Delivery.objects.filter(pk=one.pk).update(attempts=F("attempts") + 1)
        if _try(one, send, clock()):
            sent += 1
    return Sent(sent, more=due.exists())


def _try(one: Delivery, send: Callable[[Delivery, datetime], bool], now: datetime) -> bool:
    """Whether it was sent. What the other side refuses is dropped; what it cannot take now is tried later."""
    try:
        had_something = send(one, now)
    except PostRefused as error:
        _drop(one, now, error)
        return False
    except smtplib.SMTPRecipientsRefused as error:
        _refused(one, now, error, min(code for code, _said in error.recipients.values()))
        return False
    except smtplib.SMTPResponseException as error:
        if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError):
            _fail(one, now, error)
        _refused(one, now, error, error.smtp_code)
        return False
    except OSError as error:
        # Nobody answers, or not as a mail server does: what is behind it waits as well.
        _fail(one, now, error)
    column = "sent_at" if had_something else "dropped_at"
    Delivery.objects.filter(pk=one.pk).update(**{column: now, "error": ""})
    return had_something


def _mail(one: Delivery, now: datetime) -> bool:
    user = one.user
    letter = None if user is None or not user.is_active else letters.of(one, user, now=now)
    if letter is not None:
        mail.send(letter)
    return letter is not None


def _post(one: Delivery, now: datetime) -> bool:
    return one.hook is not None and one.hook.switched_off_at is None and posts.post(one, one.hook, now=now)


def _refused(one: Delivery, now: datetime, error: Exception, code: int) -> None:
    if code >= PERMANENT:
        _drop(one, now, error)
    else:
        _later(one, now, error)


def _fail(one: Delivery, now: datetime, error: Exception) -> None:
    _later(one, now, error)
    raise ChannelFailed(
        gettext_noop("Messages cannot be sent: %(error)s. They are kept and tried again."), error=_said(error)
    ) from error


def _later(one: Delivery, now: datetime, error: Exception) -> None:
    if now - one.opened_at > GIVEN_UP:
        _drop(one, now, error)
        return
    wait = FIRST_WAIT * (1 << min(one.attempts, DOUBLINGS))
    Delivery.objects.filter(pk=one.pk).update(due_at=now + wait, error=_said(error))


def _drop(one: Delivery, now: datetime, error: Exception) -> None:
    Delivery.objects.filter(pk=one.pk).update(dropped_at=now, error=_said(error))


def _said(error: Exception) -> str:
    """What went wrong, without an address of a person or a secret of a hook."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__
