"""Writing the digests of the week: for everybody who wants one, once, Mondays from 08:30 on their clocks."""

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils.translation import override

from milepost.notifications import decide, preferences
from milepost.notifications.channels import mail
from milepost.notifications.digest import reading, wording
from milepost.notifications.digest.content import Content
from milepost.notifications.models import Delivery, Digest, Watch
from milepost.notifications.preferences import Wants
from milepost.people.models import User
from milepost.sources import apart

# A machine that slept over Monday still writes it; later in the week it would be no news.
LATEST: Final = timedelta(days=2)


def write_due(*, now: datetime) -> int:
    """Write those that are due and were not written; how many. Of demo data none is written."""
    since = Watch.objects.values_list("since", flat=True).first()
    if since is None or apart.is_demo_here():
        return 0
    recent = dict(Digest.objects.filter(monday__gt=(now - timedelta(days=8)).date()).values_list("user", "monday"))
    users = {one.pk: one for one in User.objects.filter(is_active=True)}
    written = 0
    for key, wants in preferences.wants_of(users).items():
        week = decide.week_of(now, wants.zone)
        begun = max(since, users[key].created_at)
        if wants.digest and begun < week.start and now < week.start + LATEST and recent.get(key) != week.monday:
            written += _write(users[key], wants, week, now)
    return written


def preview(user: User, wants: Wants, *, now: datetime) -> Content | None:
    """What the digest would say now."""
    with override(wants.language):
        return wording.content(reading.read(user, now=now, zone=wants.zone), user, now=now, zone=wants.zone)


@transaction.atomic
def _write(user: User, wants: Wants, week: decide.Week, now: datetime) -> int:
    """An empty one says that there was nothing to say."""
    content = preview(user, wants, now=now)
    delivery = None
    if content is not None and mail.is_set_up():
        due_at = wants.quiet.leaves(max(now, week.start))
        delivery = Delivery.objects.create(user=user, message_id=uuid4(), opened_at=now, due_at=due_at)
    kept = {} if content is None else content.to_json()
    Digest.objects.create(
        user=user, monday=week.monday, content=kept, written_at=now, until=week.end, delivery=delivery
    )
    return int(content is not None)
