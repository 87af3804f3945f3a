"""What a change would show: it is made, measured, and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from milepost.goals.models import Goal, Target
from milepost.goals.pipelines import Move, affected
from milepost.progress.measure import refresh_one
from milepost.progress.models import Measurement
from milepost.tickets.store import Store


@dataclass(frozen=True)
class Preview:
    """The targets that would be different, and what those of the running milestone show before and after."""

    targets: Sequence[Target]
    before: Mapping[int, Decimal | None]
    after: Mapping[int, Decimal | None]


def preview(goal: Goal, move: Move, *, store: Store, now: datetime) -> Preview:
    """What a change of pipelines would do."""
    moved = affected(goal, move, now=now)
    running = [one.pk for one in moved if now >= one.milestone.start]
    before = _shown(running)
    return Preview(moved, before, _as_if(goal, moved, running, move, store=store, now=now))


def _as_if(
    goal: Goal, moved: Sequence[Target], running: Sequence[int], move: Move, *, store: Store, now: datetime
) -> dict[int, Decimal | None]:
    if not running:
        return {}
    with transaction.atomic():
        Target.objects.filter(pk__in=[one.pk for one in moved]).update(pipelines=list(move.pipelines))
        refresh_one(goal, store=store, now=now)
        shown = _shown(running)
        transaction.set_rollback(True)
    return shown


def _shown(targets: Sequence[int]) -> dict[int, Decimal | None]:
    return dict(Measurement.objects.filter(target__in=targets).values_list("target", "shown"))
