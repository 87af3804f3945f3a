"""All recurring work."""

from datetime import datetime, timedelta
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.notifications.models import Hook
from milepost.people.models import AbsenceFeed
from milepost.sources.models import Source
from milepost.worker import queue
from milepost.worker.absences import follow
from milepost.worker.cleaning import clean
from milepost.worker.demo import load_demo
from milepost.worker.kinds import Kind, Kinds
from milepost.worker.refreshing import refresh
from milepost.worker.syncing import sync
from milepost.worker.telling import mail, notice, post

KINDS: Final[Kinds] = {
    kind.key: kind
    for kind in (
        # Also after every sync that changed something, and when somebody asks.
        Kind("refresh", gettext_noop("Calculate all goals"), refresh, every=timedelta(hours=1)),
        # One job for each source that can be asked.
        Kind("sync", gettext_noop("Read “%(source)s”"), sync, every=timedelta(minutes=5)),
        # Once, when an administrator wants to look at it.
        Kind("demo", gettext_noop("Load the demo data"), load_demo),
        Kind("absences", gettext_noop("Follow the calendars of absences"), follow, every=timedelta(hours=1)),
        Kind("notice", gettext_noop("Tell people what is new"), notice, every=timedelta(minutes=5)),
        Kind("mail", gettext_noop("Send e-mail"), mail, every=timedelta(minutes=1)),
        # One job for each channel that results of teams are posted to.
        Kind("post", gettext_noop("Post to “%(source)s”"), post, every=timedelta(minutes=1)),
        Kind("clean", gettext_noop("Remove what is no longer needed"), clean, every=timedelta(days=1)),
    )
}


def plan(now: datetime) -> None:
    """Have a job for all that is to be done, every source that can be asked, and every channel that is posted to."""
    wanted = {name: name for name in ("refresh", "notice", "mail", "clean")}
    asked = Source.objects.filter(disconnected_at__isnull=True).exclude(make__in=Source.READ_BY_HAND)
    wanted |= {f"sync:{slug}": "sync" for slug in asked.values_list("slug", flat=True)}
    if AbsenceFeed.objects.exists():
        wanted["absences"] = "absences"
    hooks = Hook.objects.filter(switched_off_at__isnull=True).values_list("pk", flat=True)
    wanted |= {f"post:{hook}": "post" for hook in hooks}
    queue.keep(wanted, KINDS, now=now)
