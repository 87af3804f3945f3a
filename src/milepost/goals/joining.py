"""Adding contributors to a goal that exists, from one of its milestones on."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.goals import actions, targets
from milepost.goals.holding import bump, hold
from milepost.goals.models import Contributor, Goal, Milestone, Target, TargetVersion
from milepost.history.record import record
from milepost.metrics.question import Measure
from milepost.people.models import Person, Team, User

ENDED = gettext_noop("This period has ended. Choose the running one or a later one.")
THERE = gettext_noop("%(name)s has targets in this goal already.")
NO_MILESTONE = gettext_noop("Choose the period from which on they contribute.")


def joinable(goal: Goal, *, now: datetime) -> list[Milestone]:
    """The milestones from which on somebody may contribute: the running one and those to come."""
    return list(goal.milestones.filter(end__gt=now).order_by("ordinal"))


def add(
    goal: Goal, joining: Sequence[Person | Team], *, since: Milestone, value: Decimal | None, by: User, now: datetime
) -> list[Contributor]:
    """Let them contribute from a milestone on. `value` is their target in every milestone that has not begun.

    Earlier milestones have no row. In the running one the target starts empty, and the whole of it is measured. Who
    was removed from the goal has their row again.
    """
    with transaction.atomic():
        held = hold(goal, by=by, now=now)
        actions.check_contributors(joining, by=by, now=now)
        targets.check(value, Measure.from_json(held.measure))
        if now >= since.end:
            raise Refused(ENDED)
        milestones = [one for one in joinable(held, now=now) if one.ordinal >= since.ordinal]
        pipelines = _usual_pipelines(since)
        added = [_contributor(held, one, now) for one in joining]
        for contributor in added:
            _give_targets(contributor, milestones, value, pipelines, by=by, now=now)
            record("added", contributor, by=by, now=now, after={"from": since.first_day.isoformat()})
        bump(held)
    return added


def _contributor(goal: Goal, one: Person | Team, now: datetime) -> Contributor:
    who: dict[str, Person | Team] = {"person" if isinstance(one, Person) else "team": one}
    found, made = Contributor.objects.get_or_create(goal=goal, **who, defaults={"joined_at": now})
    if made:
        return found
    if found.removed_at is None:
        raise Refused(THERE, name=one.name)
    found.removed_at = None
    found.save(update_fields=["removed_at"])
    return found


def _give_targets(
    contributor: Contributor,
    milestones: Sequence[Milestone],
    value: Decimal | None,
    pipelines: Sequence[str],
    *,
    by: User,
    now: datetime,
) -> None:
    has = set(contributor.targets.values_list("milestone", flat=True))
    cells = Target.objects.bulk_create(
        Target(
            contributor=contributor,
            milestone=milestone,
            value=value if now < milestone.start else None,
            pipelines=list(pipelines),
        )
        for milestone in milestones
        if milestone.pk not in has
    )
    TargetVersion.objects.bulk_create(
        TargetVersion(target=cell, value=cell.value, set_at=now, set_by=by) for cell in cells if cell.value is not None
    )


def _usual_pipelines(milestone: Milestone) -> list[str]:
    """Those of most rows of the milestone."""
    chosen = Counter(
        tuple(one)
        for one in Target.objects.filter(milestone=milestone, contributor__removed_at__isnull=True).values_list(
            "pipelines", flat=True
        )
    )
    return list(chosen.most_common(1)[0][0]) if chosen else []
