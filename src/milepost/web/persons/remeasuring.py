"""After memberships were changed: the numbers of their teams follow."""

from collections.abc import Collection
from datetime import datetime

from milepost.progress import timing
from milepost.progress.measure import refresh_teams
from milepost.sources import sync
from milepost.worker import queue


def remeasure(teams: Collection[int], *, now: datetime) -> None:
    """Measure the goals of these teams: at once, or, where that may take long, by the next worker that is free."""
    if timing.is_quick():
        refresh_teams(teams, store=sync.store(), now=now)
    else:
        queue.ask("refresh", "refresh", now=now)
