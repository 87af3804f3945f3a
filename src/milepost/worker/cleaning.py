"""Cleaning up: what is kept for a while and has had its while."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from milepost.goals import drafts
from milepost.goals.models import Draft
from milepost.notifications import forgetting
from milepost.sources import accepting
from milepost.sources.models import Arrival, Sync
from milepost.sources.sync import LEFT_OVER, remove_older
from milepost.worker.runs import Outcome, Run

REJECTS: Final = timedelta(days=90)
SYNCS: Final = timedelta(days=90)


def clean(run: Run) -> Outcome:
    """Remove refused rows after 90 days, leftovers of imports and uploads after one, drafts after 30.

    Sessions go when they are over. Notices and digests go after a year, messages that were sent after 90 days,
    and what tells events that were sent to us from new ones after 30.
    """
    now = run.now()
    remove_older(settings.DATA_FOLDER / "rejects", now - REJECTS)
    remove_older(settings.DATA_FOLDER / "staging", now - LEFT_OVER)
    remove_older(settings.DATA_FOLDER / "uploads", now - LEFT_OVER)
    Draft.objects.filter(saved_at__lt=now - drafts.KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    _forget_syncs(now - SYNCS)
    Arrival.objects.filter(taken_at__lt=now - accepting.KNOWN).delete()
    forgetting.forget(now=now)
    return Outcome()


def _forget_syncs(before: datetime) -> None:
    """The newest one of each source stays: it tells when the source was read last."""
    newer = Sync.objects.filter(source=OuterRef("source"), started_at__gt=OuterRef("started_at"))
    Sync.objects.filter(Exists(newer), started_at__lt=before).delete()
