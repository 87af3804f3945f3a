"""After memberships, absences or who is who were changed: the numbers follow."""

from collections.abc import Collection
from datetime import datetime

from milepost.progress import timing
from milepost.progress.measure import refresh_people, refresh_teams
from milepost.progress.regrouping import refresh_identities
from milepost.sources import sync
from milepost.worker import queue


def remeasure(teams: Collection[int], *, now: datetime) -> None:
    """Measure the goals of these teams: at once, or, where that may take long, by the next worker that is free."""
    if timing.is_quick():
        refresh_teams(teams, store=sync.store(), now=now)
    else:
        queue.ask("refresh", "refresh", now=now)


def rejudge(people: Collection[int], *, now: datetime) -> None:
    """Judge the pace of these people and their teams by their absences: at once, or by the next worker that is free."""
    if timing.is_quick():
        refresh_people(people, store=sync.store(), now=now)
    else:
        queue.ask("refresh", "refresh", now=now)


def regroup(people: Collection[int], teams: Collection[int], *, now: datetime) -> None:
    """Measure the goals of people and teams who are other agents and groups now, timed by the hours of the teams."""
    if not timing.is_quick():
        queue.ask("refresh", "refresh", now=now)
    elif teams and timing.is_stale():
        timing.retime(now=now)
    else:
        refresh_identities(people, teams, store=sync.store(), now=now)
