"""E-mail: text and HTML, one message at a time, over the server of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMultiAlternatives


@dataclass(frozen=True)
class Letter:
    """What is written to one reader. Its id is the same at every try."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


def is_set_up() -> bool:
    """Whether there is a server that takes our e-mail."""
    return bool(settings.EMAIL_HOST)


def send(letter: Letter) -> None:
    """Hand it to the server; an answer other than "taken" is an error of SMTP or of the connection."""
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.to],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated", **letter.headers},
    )
    message.attach_alternative(letter.html, "text/html")
    message.send()
