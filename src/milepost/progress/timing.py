"""After the working hours were changed: facts timed by them, and goals measured on those facts."""

from datetime import datetime
from typing import Final

from milepost.goals.models import Goal
from milepost.metrics.metric import Hours
from milepost.progress.measure import Refreshed, refresh
from milepost.sources import sync, timing

MOST_WHILE_WAITING: Final = 50_000


def is_stale() -> bool:
    """Whether the facts were timed by other working hours than are set now."""
    return sync.store().manifest().calendars != timing.business().calendars


def is_quick() -> bool:
    """Whether the facts are few enough to be made anew while somebody waits: half a minute for the most."""
    return sync.store().manifest().next_ticket <= MOST_WHILE_WAITING


def business_goals() -> int:
    """How many goals are measured in business hours."""
    return Goal.objects.filter(archived_at__isnull=True, measure__hours=Hours.BUSINESS.value).count()


def retime(*, now: datetime) -> Refreshed:
    """Time the facts by the working hours of now, and measure all goals anew."""
    sync.retime()
    return refresh(store=sync.store(), now=now)
