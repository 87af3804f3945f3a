"""Everything that writes saved views."""

from datetime import datetime
from typing import Final

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.goals.models import SavedView
from milepost.history.record import record
from milepost.people.models import User

NAME_LENGTH: Final = 40
MOST: Final = 20

NO_NAME: Final = gettext_noop("Give the view a name.")
LONG_NAME: Final = gettext_noop("Use 40 characters or fewer (now %(count)s).")
NAME_TAKEN: Final = gettext_noop("There is already a view called “%(name)s”. Use another name.")
TOO_MANY: Final = gettext_noop("You have %(count)s views, which is as many as there can be. Delete one first.")


def save(name: str, query: str, *, by: User, now: datetime) -> SavedView:
    """Keep filters, as the query of an address, under a name."""
    with transaction.atomic():
        views = SavedView.objects.select_for_update().filter(user=by)
        if len(views) >= MOST:
            raise Refused(TOO_MANY, count=len(views))
        view = SavedView.objects.create(user=by, name=_free(name, by), query=query, created_at=now)
        record("saved", view, by=by, now=now, after={"query": query})
    return view


def rename(view: SavedView, name: str, *, by: User, now: datetime) -> None:
    """Give a view another name."""
    with transaction.atomic():
        before, view.name = view.name, _free(name, by, but=view)
        view.save(update_fields=["name"])
        record("renamed", view, by=by, now=now, before={"name": before}, after={"name": view.name})


def delete(view: SavedView, *, by: User, now: datetime) -> None:
    """Forget a view; the goals it shows stay as they are."""
    with transaction.atomic():
        record("deleted", view, by=by, now=now, before={"query": view.query})
        view.delete()


def _free(name: str, user: User, *, but: SavedView | None = None) -> str:
    """The name, if it can be that of a view and no other view of the user has it."""
    name = name.strip()
    if not name:
        raise Refused(NO_NAME)
    if len(name) > NAME_LENGTH:
        raise Refused(LONG_NAME, count=len(name))
    others = SavedView.objects.filter(user=user, name__iexact=name)
    if any(other != but for other in others):
        raise Refused(NAME_TAKEN, name=name)
    return name
