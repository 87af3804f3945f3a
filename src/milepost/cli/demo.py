"""An installation that is nothing but the demo desk, with a user to look at it."""

import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from milepost.account import actions as account
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files.reading import Progress
from milepost.demo import loading
from milepost.demo.goals import set_goals
from milepost.demo.loading import EMAIL, ZONE
from milepost.people.models import User
from milepost.progress import only_added
from milepost.progress.filters import Filters
from milepost.progress.measure import refresh
from milepost.progress.queries import Overview, overview
from milepost.sources import apart, sync
from milepost.sources.models import Demo, Source

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
    # A load that was killed has left no source, and begins again.
    if not Source.objects.filter(slug=apart.slug(today)).exists():
        _clear()
        account.change(by=None, now=now, zone=ZONE.key)
        loading.load(by=None, now=now, progress=progress)
        return User.objects.get(email=EMAIL)
    manager = User.objects.get(email=EMAIL)
    set_goals(today, zone=ZONE, by=manager, now=now)
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


def _refuse_real_facts() -> None:
    """A look at the facts needs no database, which may be one that only another version reads."""
    if any(not apart.is_demo(slug) for slug in sync.store().manifest().sources):
        raise Refused(REAL_DATA, folder=settings.DATA_FOLDER)


def _refuse_real_rows() -> None:
    """Real is a source that is no demo, whoever was there before any source, and who asked for the demo on a page."""
    demo = Source.objects.filter(make=Source.Make.DEMO)
    others = User.objects.exclude(email=EMAIL)
    asked = Demo.objects.filter(asked_by__isnull=False)
    if apart.is_real_here() or asked.exists() or (others.exists() and not demo.exists()):
        raise Refused(REAL_DATA, folder=settings.DATA_FOLDER)


def _clear() -> None:
    """Take away a demo desk of another day: its days are no longer those of today."""
    with only_added.emptying(connection):
        call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(settings.FACTS_FOLDER, ignore_errors=True)
