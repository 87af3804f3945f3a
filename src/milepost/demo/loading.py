"""Loading the demo desk: all of it or nothing, and never beside real tickets."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from milepost.account import actions as account
from milepost.account.queries import the_account
from milepost.base.errors import MilepostError, Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import midnight
from milepost.connectors.demo import log
from milepost.connectors.files.reading import Progress
from milepost.connectors.table import mapping
from milepost.demo.goals import set_goals
from milepost.history.record import record
from milepost.metrics import engine
from milepost.people import actions as people
from milepost.people.models import Person, Team, User
from milepost.people.roles import Role
from milepost.progress.measure import refresh
from milepost.sources import apart, sync
from milepost.sources.models import Demo, Source
from milepost.sources.sync import Span
from milepost.tickets import store as tickets

# The log's clock has no zone.
ZONE: Final = ZoneInfo("UTC")
NAME: Final = gettext_noop("Demo desk")
THE_DEMO: Final = 1
# Who manages the desk of `milepost demo`.
EMAIL: Final = "demo@milepost.example"
# What it changes of the settings. Above 110 % a goal is exceeded, so that achieved and exceeded can be told apart.
CHANGES: Final[Mapping[str, Any]] = {"exceeded_above": 110}
WHOLE: Final = 100
CALLED_OFF: Final = gettext_noop("The demo data were called off while they were loaded.")
GONE: Final = gettext_noop("Whoever wanted the demo data is no user here any more.")


def wish(*, by: User, now: datetime) -> None:
    """Ask for the demo desk; once more after it was not loaded. Asked twice is once."""
    with transaction.atomic():
        apart.check_no_real()
        if apart.is_demo_here():
            return
        Demo.objects.exclude(error="").delete()
        Demo.objects.bulk_create([Demo(pk=THE_DEMO, asked_at=now, asked_by=by.pk)], ignore_conflicts=True)


def withdraw() -> bool:
    """Take back the wish for it, or why it was not loaded; whether there was one. What is loaded stays."""
    removed, _ = Demo.objects.filter(loaded_at__isnull=True).delete()
    return removed > 0


def wished() -> Demo | None:
    """The wish that waits to be fulfilled, if there is one."""
    return Demo.objects.filter(loaded_at__isnull=True, error="").first()


def who_asked(demo: Demo) -> User:
    """The user who asked for it."""
    found = User.objects.filter(pk=demo.asked_by or 0, is_active=True).first()
    if found is None:
        raise Refused(GONE)
    return found


def give_up(error: MilepostError) -> bool:
    """Nothing was loaded, and it is not tried again; why is kept for whoever looks. Whether anybody still asks."""
    values = {name: str(value) for name, value in error.values.items()}
    waiting = Demo.objects.filter(loaded_at__isnull=True)
    return waiting.update(error=error.message, error_values=values, percent=0) > 0


def note(done: float) -> None:
    """Keep how much of the log was read, from 0 to 1."""
    percent = int(done * WHOLE)
    Demo.objects.filter(percent__lt=percent, loaded_at__isnull=True).update(percent=percent)


def load(*, by: User | None, now: datetime, progress: Progress | None = None) -> None:
    """Load the demo desk as of today with its goals, measured. Readers see all of it or nothing.

    `by` is who asked for it; None where it is the whole of an installation. A load that fails or is killed leaves
    nothing but facts of no source, which `clear` takes away.
    """
    today = now.astimezone(ZONE).date()
    moved = _moved()
    teams = set(Team.objects.values_list("pk", flat=True))

    def finish(source: Source) -> None:
        apart.check_no_real()
        if by is not None:
            _check_wished()
        before = {name: getattr(the_account(), name) for name in CHANGES}
        account.change(by=by, now=now, **CHANGES)
        manager = _manager(by, now)
        brought = {
            "persons": _keys(Person.objects.filter(identities__source=source)),
            "teams": _keys(Team.objects.filter(identities__source=source).exclude(pk__in=teams)),
            "users": [manager.pk],
            "goals": [goal.pk for goal in set_goals(today, zone=ZONE, by=manager, now=now)],
        }
        refresh(store=sync.store(), now=now)
        if by is not None:
            # It is somebody else's installation: nobody signs in as the demo's manager, who takes nobody's seat.
            User.objects.filter(pk=manager.pk).update(is_active=False, seat=False)
        kept = {"asked_by": by and by.pk, "percent": WHOLE, "loaded_at": now, "brought": brought, "before": before}
        demo, _ = Demo.objects.update_or_create(pk=THE_DEMO, defaults=kept, create_defaults=kept | {"asked_at": now})
        record("loaded", demo, by=by, now=now)

    try:
        log.write_moved(moved, today)
        sync.import_file(
            moved,
            mapping.load(log.MAPPING),
            slug=apart.slug(today),
            name=NAME,
            make=Source.Make.DEMO,
            zone=ZONE,
            now=now,
            # The log is whole up to the end of its last day, which is yesterday.
            span=Span(complete_until=midnight(today, ZONE)),
            progress=progress,
            then=finish,
        )
    finally:
        moved.unlink(missing_ok=True)


def clear() -> None:
    """Take away facts of a demo desk that is not there, and its log: of a load that did not come to its end."""
    _moved().unlink(missing_ok=True)
    held = {slug for slug in sync.store().manifest().sources if apart.is_demo(slug)}
    left = held - set(Source.objects.filter(slug__in=held).values_list("slug", flat=True))
    if left:
        forget(left)


def forget(slugs: set[str]) -> None:
    """Take facts away, and the sums that are kept of them."""
    tickets.forget(sync.store(), slugs)
    engine.forget(sync.store())
    for slug in slugs:
        for file in (settings.DATA_FOLDER / "rejects").glob(f"{slug}-*"):
            file.unlink(missing_ok=True)


def _moved() -> Path:
    """Where the log lies, moved in time, while it is read."""
    folder: Path = settings.DATA_FOLDER
    return folder / "demo-log.csv"


def _check_wished() -> None:
    """Refuse what was called off meanwhile; from here on it is held, and is not called off any more."""
    if not Demo.objects.select_for_update().filter(loaded_at__isnull=True).exists():
        raise Refused(CALLED_OFF)


def _manager(by: User | None, now: datetime) -> User:
    """Who sets the goals of the demo, for which whoever asked may have no right; without a password."""
    manager = people.create_user(EMAIL, None, name="Demo", role=Role.MANAGER, by=by, now=now)
    manager.seat = True
    manager.save(update_fields=["seat"])
    return manager


def _keys(found: QuerySet[Any]) -> list[int]:
    return list(found.values_list("pk", flat=True).distinct())
