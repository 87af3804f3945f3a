"""A digest as a letter."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from milepost.notifications import unsubscribe
from milepost.notifications.channels.mail import Letter
from milepost.notifications.digest.content import Content
from milepost.notifications.unsubscribe import Mailing
from milepost.people.models import User


def letter(content: Content, user: User, *, message_id: str) -> Letter:
    """To its reader, with the ways to stop it."""
    return Letter(
        to=user.email,
        subject=content.headline,
        text=_rendered("notifications/digest.txt", content, user),
        html=html(content, user),
        message_id=message_id,
        headers=unsubscribe.headers(user, Mailing.DIGEST),
    )


def html(content: Content, user: User) -> str:
    """As a mail program shows it, and the preview."""
    return _rendered("notifications/digest.html", content, user)


def _rendered(template: str, content: Content, user: User) -> str:
    page = {
        "digest": content,
        "root": settings.ADDRESS,
        "preferences": settings.ADDRESS + reverse("preferences"),
        "stop": unsubscribe.address(user, Mailing.DIGEST),
    }
    with override(content.language):
        return render_to_string(template, page)
