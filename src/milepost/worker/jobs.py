"""All recurring work."""

from datetime import datetime, timedelta
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.sources.models import Source
from milepost.worker import queue
from milepost.worker.cleaning import clean
from milepost.worker.kinds import Kind, Kinds
from milepost.worker.refreshing import refresh
from milepost.worker.syncing import sync

KINDS: Final[Kinds] = {
    kind.key: kind
    for kind in (
        # Also after every sync that changed something, and when somebody asks.
        Kind("refresh", gettext_noop("Calculate all goals"), refresh, every=timedelta(hours=1)),
        # One job for each source that can be asked.
        Kind("sync", gettext_noop("Read “%(source)s”"), sync, every=timedelta(minutes=5)),
        Kind("clean", gettext_noop("Remove what is no longer needed"), clean, every=timedelta(days=1)),
    )
}


def plan(now: datetime) -> None:
    """Have a job for all that is to be done: the calculation, the cleaning, and every source that can be asked."""
    wanted = {"refresh": "refresh", "clean": "clean"}
    asked = Source.objects.filter(disconnected_at__isnull=True).exclude(make__in=Source.READ_BY_HAND)
    wanted |= {f"sync:{slug}": "sync" for slug in asked.values_list("slug", flat=True)}
    queue.keep(wanted, KINDS, now=now)
