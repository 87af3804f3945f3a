"""Whether this installation can answer: its database, brought up to this version, and its facts."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from milepost.base.errors import MilepostError
from milepost.sources import sync
from milepost.tickets.store import manifest

Name = tuple[str, str]


def is_ready() -> bool:
    """Whether the database answers and is of this version, and the facts can be read and are."""
    try:
        return not pending() and not outdated()
    except (DatabaseError, MilepostError, OSError, ValueError, KeyError):
        return False


def pending() -> list[Name]:
    """The migrations that this version brings and the database has not seen."""
    return sorted(_brought() - MigrationRecorder(connection).applied_migrations().keys())


def unknown() -> list[Name]:
    """The migrations of our apps that the database has seen and this version does not know: those of a newer one."""
    ours = {app for app, _name in _brought()}
    seen = MigrationRecorder(connection).applied_migrations().keys()
    return sorted(name for name in seen - _brought() if name[0] in ours)


def outdated() -> list[str]:
    """The sources whose facts an earlier version made. Refuses facts that a newer one wrote."""
    held = sync.store().manifest().sources
    return sorted(slug for slug, source in held.items() if source.version < manifest.FACTS)


@cache
def _brought() -> frozenset[Name]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
