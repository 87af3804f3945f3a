"""The database: it answers, is of this version, and agrees with us on the time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from milepost.base.marks import gettext_noop
from milepost.cli.doctor.findings import Finding, failure, ok, warning
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.worker import readiness

# As far as the clocks of workers may be apart.
APART: Final = timedelta(seconds=30)
VENDORS: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def findings(*, now: datetime) -> Iterator[Finding]:
    """All of it; after the first failure the rest could not be told."""
    for look in (_answers, _migrated, lambda: _clock(now), _administrator):
        try:
            finding = look()
        except DatabaseError as error:
            finding = failure(
                "database",
                gettext_noop("The database does not answer: %(error)s Check MILEPOST_DATABASE and that it runs."),
                error=f"{error}".strip().partition("\n")[0].rstrip(".") + ".",
            )
        yield finding
        if finding.is_failure:
            return


def _answers() -> Finding:
    connection.ensure_connection()
    return ok("database", gettext_noop("The database (%(vendor)s) answers."), vendor=VENDORS[connection.vendor])


def _migrated() -> Finding:
    if not connection.introspection.table_names():
        return failure("migrations", gettext_noop("There is no installation yet. Start one with: milepost up"))
    if newer := readiness.unknown():
        return failure(
            "migrations",
            gettext_noop(
                "The database is of a newer version (%(migration)s). Install that version, or restore a backup."
            ),
            migration=".".join(newer[0]),
        )
    if readiness.pending():
        return failure(
            "migrations",
            gettext_noop("The database is of an older version. Make a backup, then run: milepost migrate"),
        )
    return ok("migrations", gettext_noop("The database is of this version."))


def _clock(now: datetime) -> Finding:
    """SQLite has no clock of its own."""
    theirs = User.objects.annotate(moment=Now()).values_list("moment", flat=True).first()
    if connection.vendor == "sqlite" or theirs is None or abs(theirs - now) <= APART:
        return ok("clock", gettext_noop("The clocks of this machine and of the database agree."))
    return failure(
        "clock",
        gettext_noop("The clocks of this machine and of the database are %(seconds)s s apart. Set them by NTP."),
        seconds=round(abs(theirs - now).total_seconds()),
    )


def _administrator() -> Finding:
    if User.objects.filter(role=Role.ADMIN, is_active=True).exists():
        return ok("administrator", gettext_noop("There is an administrator."))
    return warning(
        "administrator",
        gettext_noop("There is no administrator. Make one: milepost create-admin you@example.org"),
    )
