"""The inbox: what a user was told, and that they have read it."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from milepost.notifications.letters import SHOWN
from milepost.notifications.models import Notice
from milepost.people.models import User

# More unread ones are not counted out.
MOST: Final = 99


def notices(user: User, *, now: datetime) -> QuerySet[Any, Any]:
    """The newest first, ready to be put into words."""
    return Notice.objects.inbox_of(user, now=now).select_related(*SHOWN)


def unread(user: User, *, now: datetime) -> int:
    """How many were not read, up to one more than are counted out."""
    return Notice.objects.inbox_of(user, now=now).filter(read_at__isnull=True).order_by()[: MOST + 1].count()


def read(user: User, keys: list[int], *, now: datetime) -> None:
    """Mark these as read, as far as they are the user's own."""
    _unread(user, now).filter(pk__in=keys).update(read_at=now)


def read_all(user: User, *, now: datetime) -> None:
    """Mark everything that has come so far as read."""
    _unread(user, now).update(read_at=now)


def _unread(user: User, now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, visible_at__lte=now, read_at__isnull=True)
