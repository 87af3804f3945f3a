"""A new time zone for goals: what runs keeps its days' clocks, what is to come takes the new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F

from milepost.calendars.periods import midnight
from milepost.goals.models import Goal, Milestone
from milepost.history.record import Actor, record

CHUNK: Final = 1_000


@dataclass(frozen=True)
class Recut:
    """The milestones to come, as they would be in the new zone, and the goal that is concerned first."""

    milestones: Sequence[Milestone]
    goals: int

    @property
    def next(self) -> Milestone | None:
        """The one that begins first."""
        return min(self.milestones, key=attrgetter("start"), default=None)


def recut(zone: ZoneInfo, *, now: datetime) -> Recut:
    """How the milestones to come would lie. The first of them begins where the running one ends."""
    coming = (
        Milestone.objects.filter(start__gt=now, goal__archived_at__isnull=True)
        .exclude(goal__zone=zone.key)
        .select_related("goal")
        .order_by("goal", "ordinal")
    )
    running = dict(
        Milestone.objects.filter(start__lte=now, end__gt=now, goal__archived_at__isnull=True).values_list("goal", "end")
    )
    moved: list[Milestone] = []
    goals = 0
    for goal, milestones in groupby(coming, key=attrgetter("goal_id")):
        goals += 1
        moved += _moved(list(milestones), zone, running.get(goal))
    return Recut(moved, goals)


def move(zone: ZoneInfo, *, by: Actor | None, now: datetime) -> None:
    """Cut the milestones to come anew, and remember which zone they had."""
    moved = recut(zone, now=now).milestones
    Milestone.objects.bulk_update(moved, ["start", "end"], batch_size=CHUNK)
    for goal in {one.goal_id: one.goal for one in moved}.values():
        record("moved", goal, by=by, now=now, before={"zone": goal.zone}, after={"zone": zone.key})
    Goal.objects.filter(pk__in={one.goal_id for one in moved}).update(zone=zone.key, revision=F("revision") + 1)


def _moved(milestones: Sequence[Milestone], zone: ZoneInfo, running_until: datetime | None) -> Sequence[Milestone]:
    start = running_until
    for one in milestones:
        one.start = start or midnight(one.first_day, zone)
        one.end = start = midnight(one.after_day, zone)
    return milestones
