"""The demo desk: the log of a real help desk, moved in time, with goals over its busiest teams and people."""

import secrets
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from milepost.account import actions as account
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import midnight
from milepost.cli import demo_goals
from milepost.connectors.demo import log
from milepost.connectors.files.reading import Progress
from milepost.connectors.table import mapping
from milepost.people import actions as people
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.progress import only_added
from milepost.progress.filters import Filters
from milepost.progress.measure import refresh
from milepost.progress.queries import Overview, overview
from milepost.sources import sync
from milepost.sources.models import Source
from milepost.sources.sync import Span

# The log's clock has no zone.
ZONE: Final = ZoneInfo("UTC")
NAME: Final = gettext_noop("Demo desk")
EMAIL: Final = "demo@milepost.example"
SLUG: Final = "demo-"
# Above 110 % a goal is exceeded, so that the demo shows achieved and exceeded apart.
EXCEEDED_ABOVE: Final = 110
BEFORE: Final = timedelta(weeks=2)
# What begins today in a week is shown too.
AFTER: Final = timedelta(weeks=1, days=1)
REAL_DATA: Final = gettext_noop(
    "There is real data in %(folder)s. Set MILEPOST_DATA to another folder to look at the demo desk."
)


@dataclass(frozen=True)
class SignIn:
    """What a person types to see the demo."""

    email: str
    password: str


def load(*, now: datetime, progress: Progress | None = None) -> User:
    """Load the demo desk as of today, with its goals, measured; the user who manages it.

    A second time on a day nothing is loaded again; a desk of an earlier day is taken away and loaded anew. Refuses an
    installation with real data before it changes anything there.
    """
    today = now.astimezone(ZONE).date()
    _refuse_real_facts()
    call_command("migrate", verbosity=0)
    _refuse_real_rows()
    # The source is saved last: a load that was killed before that begins again.
    if not Source.objects.filter(slug=_slug(today)).exists():
        _clear()
        account.change(by=None, now=now, zone=ZONE.key, exceeded_above=EXCEEDED_ABOVE)
        people.create_user(EMAIL, None, name="Demo", role=Role.MANAGER, by=None, now=now)
        _import(today, now=now, progress=progress)
    manager = User.objects.get(email=EMAIL)
    demo_goals.set_goals(today, zone=ZONE, by=manager, now=now)
    refresh(store=sync.store(), now=now)
    return manager


def let_in(manager: User) -> SignIn:
    """Give the manager a new password. It is shown once and kept nowhere."""
    password = secrets.token_urlsafe(9)
    manager.set_password(password)
    manager.save(update_fields=["password"])
    return SignIn(manager.email, password)


def around(manager: User, *, now: datetime) -> Overview:
    """What ended in the last two weeks, what is going on, and what begins within a week."""
    today = now.astimezone(ZONE).date()
    return overview(manager, Filters(today - BEFORE, today + AFTER), now=now)


def _slug(today: date) -> str:
    return f"{SLUG}{today:%Y%m%d}"


def _refuse_real_facts() -> None:
    """A look at the facts needs no database, which may be one that only another version reads."""
    if any(not slug.startswith(SLUG) for slug in sync.store().manifest().sources):
        raise Refused(REAL_DATA, folder=settings.DATA_FOLDER)


def _refuse_real_rows() -> None:
    """Real is a source that is no demo, and whoever was there before any source."""
    demo = Source.objects.filter(make=Source.Make.DEMO)
    others = User.objects.exclude(email=EMAIL)
    if Source.objects.exclude(make=Source.Make.DEMO).exists() or (others.exists() and not demo.exists()):
        raise Refused(REAL_DATA, folder=settings.DATA_FOLDER)


def _clear() -> None:
    """Take away a demo desk of another day: its days are no longer those of today."""
    with only_added.emptying(connection):
        call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(settings.FACTS_FOLDER, ignore_errors=True)


def _import(today: date, *, now: datetime, progress: Progress | None) -> None:
    moved = settings.DATA_FOLDER / "demo-log.csv"
    try:
        log.write_moved(moved, today)
        sync.import_file(
            moved,
            mapping.load(log.MAPPING),
            slug=_slug(today),
            name=NAME,
            make=Source.Make.DEMO,
            zone=ZONE,
            now=now,
            # The log is whole up to the end of its last day, which is yesterday.
            span=Span(complete_until=midnight(today, ZONE)),
            progress=progress,
        )
    finally:
        moved.unlink(missing_ok=True)
