"""Changing which pipelines count, in milestones that have not ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.goals.editing import LONG_REASON, NO_REASON, REASON_LENGTH
from milepost.goals.holding import bump, hold
from milepost.goals.models import Goal, Milestone, Target
from milepost.history.record import record
from milepost.people.models import User
from milepost.sources.models import Identity

ENDED = gettext_noop("This period has ended, so its pipelines are locked.")
UNKNOWN = gettext_noop("There is no pipeline called “%(name)s”.")


@dataclass(frozen=True)
class Move:
    """From a milestone on, these pipelines count for these contributors; none means all pipelines."""

    contributors: frozenset[int]
    since: Milestone
    pipelines: tuple[str, ...]
    reason: str = ""


def known() -> list[str]:
    """The pipelines of all sources, A to Z."""
    kept = Identity.objects.filter(kind=Identity.Kind.PIPELINE, source__disconnected_at__isnull=True)
    return sorted(set(kept.values_list("key", flat=True)))


def affected(goal: Goal, move: Move, *, now: datetime) -> list[Target]:
    """The targets that would be different. A milestone that runs, or is reopened, is measured anew as a whole."""
    there = Target.objects.filter(
        contributor__goal=goal,
        contributor__in=move.contributors,
        contributor__removed_at__isnull=True,
        milestone__ordinal__gte=move.since.ordinal,
    )
    there = there.filter(_open(now)).select_related("milestone", "contributor__person", "contributor__team")
    return [one for one in there.order_by("contributor", "milestone__ordinal") if not _same(one, move.pipelines)]


def problems(goal: Goal, move: Move, *, now: datetime) -> dict[str, Refused]:
    """What is wrong with a move, by the field to mend."""
    found: dict[str, Refused] = {}
    if now >= move.since.end and not _reopened(move).exists():
        found["since"] = Refused(ENDED)
    for name in set(move.pipelines) - set(known()):
        found["pipelines"] = Refused(UNKNOWN, name=name)
    reason = move.reason.strip()
    if len(reason) > REASON_LENGTH:
        found["reason"] = Refused(LONG_REASON, count=len(reason))
    elif not reason and any(now >= one.milestone.start for one in affected(goal, move, now=now)):
        found["reason"] = Refused(NO_REASON)
    return found


def change(goal: Goal, move: Move, *, seen: int, by: User, now: datetime) -> list[Target]:
    """Let these pipelines count; gives back the targets that are different now."""
    with transaction.atomic():
        held = hold(goal, by=by, now=now, seen=seen)
        for problem in problems(held, move, now=now).values():
            raise problem
        moved = affected(held, move, now=now)
        for rows in _by_contributor(moved):
            before = sorted({", ".join(one.pipelines) for one in rows})
            after = {"pipelines": list(move.pipelines), "from": rows[0].milestone.first_day.isoformat()}
            record(
                "moved",
                rows[0].contributor,
                by=by,
                now=now,
                before={"pipelines": before},
                after=after,
                reason=move.reason.strip(),
            )
        for one in moved:
            one.pipelines = list(move.pipelines)
        Target.objects.bulk_update(moved, ["pipelines"], batch_size=500)
        if moved:
            bump(held)
    return moved


def _reopened(move: Move) -> QuerySet[Target]:
    return Target.objects.filter(milestone=move.since, contributor__in=move.contributors, reopened_at__isnull=False)


def _open(now: datetime) -> Q:
    """Targets that may be changed: of milestones that have not ended, and those whose verdict is open again."""
    return Q(milestone__end__gt=now) | Q(reopened_at__isnull=False)


def _same(target: Target, pipelines: Sequence[str]) -> bool:
    return set(target.pipelines) == set(pipelines)


def _by_contributor(moved: Iterable[Target]) -> list[list[Target]]:
    rows: dict[int, list[Target]] = {}
    for one in moved:
        rows.setdefault(one.contributor_id, []).append(one)
    return list(rows.values())
