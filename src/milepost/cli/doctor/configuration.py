"""The settings: the key, debugging, names and TLS, e-mail."""

import smtplib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core import mail

from milepost.base.marks import gettext_noop
from milepost.cli.doctor.findings import Finding, failure, ok, warning

SHORTEST_KEY: Final = 50
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


def findings() -> Iterator[Finding]:
    """All of it."""
    yield _key(settings.SECRET_KEY, settings.DATA_FOLDER / "secret_key")
    yield _debug()
    yield _hosts(settings.ALLOWED_HOSTS)
    yield _https(settings.ALLOWED_HOSTS)
    # Where nobody is set to take e-mail, none is sent.
    if settings.is_overridden("EMAIL_HOST") and settings.EMAIL_HOST:  # type: ignore[misc]  # of LazySettings
        yield _mail()


def _key(key: str, file: Path) -> Finding:
    if len(key) < SHORTEST_KEY:
        return failure(
            "secret key",
            gettext_noop(
                "The secret key is shorter than 50 characters and can be guessed. Set a longer MILEPOST_SECRET_KEY."
            ),
        )
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        return failure(
            "secret key", gettext_noop("Others than its owner can read %(file)s. Run: chmod 600 %(file)s"), file=file
        )
    return ok("secret key", gettext_noop("The secret key is set."))


def _debug() -> Finding:
    if settings.DEBUG:
        return failure(
            "debug",
            gettext_noop("Debugging is on and shows the inside of the program to everybody. Take MILEPOST_DEBUG away."),
        )
    return ok("debug", gettext_noop("Debugging is off."))


def _hosts(hosts: list[str]) -> Finding:
    if "*" in hosts:
        return failure(
            "hosts",
            gettext_noop("Pages are served under any name. Set MILEPOST_HOSTS to the names that people use."),
        )
    if set(hosts) <= LOCAL:
        return warning(
            "hosts",
            gettext_noop("Pages are served to this machine only. Set MILEPOST_HOSTS to the name that people use."),
        )
    return ok("hosts", gettext_noop("Pages are served under: %(hosts)s."), hosts=", ".join(hosts))


def _https(hosts: list[str]) -> Finding:
    if settings.HTTPS:
        return ok("https", gettext_noop("Pages are served by HTTPS only."))
    if set(hosts) <= LOCAL:
        return ok("https", gettext_noop("Pages are served without HTTPS, to this machine only."))
    return failure(
        "https",
        gettext_noop(
            "Passwords travel unencrypted. Put a proxy that ends TLS before Milepost and set MILEPOST_HTTPS=yes."
        ),
    )


def _mail() -> Finding:
    values: dict[str, object] = {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT}
    try:
        with mail.get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=10):
            pass
    except smtplib.SMTPAuthenticationError:
        return failure(
            "e-mail",
            gettext_noop("%(host)s, port %(port)s, refuses the user or the password of MILEPOST_SMTP. Correct them."),
            **values,
        )
    except (OSError, smtplib.SMTPException) as error:
        return failure(
            "e-mail",
            gettext_noop(
                "No e-mail can be sent: %(host)s, port %(port)s, does not answer (%(error)s). Check MILEPOST_SMTP."
            ),
            **values,
            error=type(error).__name__,
        )
    return ok("e-mail", gettext_noop("%(host)s, port %(port)s, takes e-mail."), **values)
