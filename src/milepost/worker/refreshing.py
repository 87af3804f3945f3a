"""Calculating all goals: the days that have ended since the last time, each as of its end, and then the present."""

from datetime import datetime
from zoneinfo import ZoneInfo

from milepost.goals.models import Goal
from milepost.notifications import watch
from milepost.progress import days, measure
from milepost.sources import sync
from milepost.tickets.store import upgrade
from milepost.worker.runs import Outcome, Run


def refresh(run: Run) -> Outcome:
    """Measure all goals as of now, and tell what is new of them. Facts of an earlier version are made anew first.

    Before that, for every day that ended meanwhile in the zone of a goal, as of the end of the day: so its snapshot is
    the same on a machine that ran and on one that slept.
    """
    now = run.now()
    upgrade(sync.store())
    for moment, zone in _ended(since=run.job.done_at, now=now):
        if run.stopping.is_set():
            run.give_back()
            return Outcome()
        goals = Goal.objects.filter(zone=zone, archived_at__isnull=True, created_at__lte=moment)
        measure.refresh(store=sync.store(), now=moment, goals=goals)
    measure.refresh(store=sync.store(), now=now, then=lambda goals: watch.look(goals, now=now))
    return Outcome()


def _ended(*, since: datetime | None, now: datetime) -> list[tuple[datetime, str]]:
    """The ends of days, oldest first, each with its zone; none before the first calculation."""
    if since is None:
        return []
    zones = Goal.objects.filter(archived_at__isnull=True).order_by().values_list("zone", flat=True).distinct()
    return sorted((moment, zone) for zone in zones for moment in days.ended(ZoneInfo(zone), since=since, now=now))
