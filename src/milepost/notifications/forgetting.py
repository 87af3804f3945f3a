"""How long what was told is kept."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from milepost.notifications import edits
from milepost.notifications.models import Delivery, Digest, Notice

NOTICES: Final = timedelta(days=366)
DELIVERIES: Final = timedelta(days=90)


def forget(*, now: datetime) -> None:
    """Remove old notices whose milestone is long over, old digests, and messages that left long ago."""
    old = now - NOTICES
    Notice.objects.filter(visible_at__lt=old, milestone__end__lt=old).delete()
    Digest.objects.filter(written_at__lt=old).delete()
    left = now - DELIVERIES
    Delivery.objects.filter(Q(sent_at__lt=left) | Q(dropped_at__lt=left)).delete()
    edits.forget(now=now)
