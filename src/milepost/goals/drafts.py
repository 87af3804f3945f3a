"""Goals that are being made. A draft is its user's alone, and is kept for 30 days after it was last touched."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from milepost.base.errors import NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.models import Draft, Goal
from milepost.people.models import User

KEPT: Final = timedelta(days=30)
MOST: Final = 50

TOO_MANY: Final = gettext_noop("You have %(count)s drafts. Finish or discard some of them first.")


def start(data: Mapping[str, Any], *, user: User, now: datetime) -> Draft:
    """A new draft; those that nobody touched for 30 days go."""
    drafts = Draft.objects.filter(user=user)
    drafts.filter(saved_at__lt=now - KEPT).delete()
    if drafts.count() >= MOST:
        raise Refused(TOO_MANY, count=MOST)
    return Draft.objects.create(key=uuid4(), user=user, data=dict(data), saved_at=now)


def of(user: User, *, now: datetime) -> list[Draft]:
    """The user's drafts, the newest first."""
    return list(Draft.objects.filter(user=user, saved_at__gte=now - KEPT)[:MOST])


def find(key: UUID, *, user: User) -> Draft:
    """The user's own draft."""
    for draft in Draft.objects.filter(key=key, user=user):
        return draft
    raise NotFound(gettext_noop("Nothing here."))


def save(draft: Draft, data: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what the form holds by now."""
    draft.data, draft.saved_at = dict(data), now
    draft.save(update_fields=["data", "saved_at"])


def publish(draft: Draft, new: NewGoal, *, now: datetime) -> Goal:
    """Make the goal of a draft, which goes. All or nothing."""
    with transaction.atomic():
        goal = actions.create(new, by=draft.user, now=now)
        draft.delete()
    return goal
