"""What history tells of a goal: the changes of the goal itself, and of the rows that the reader may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from milepost.goals.models import Contributor, Goal, Target
from milepost.goals.visibility import rows_seen_by
from milepost.history.models import Change
from milepost.people.models import User


def changes_of(
    goal: Goal, *, reader: User, now: datetime, contributor: Contributor | None = None
) -> QuerySet[Change, Change]:
    """The changes, the newest first; those of one contributor alone, if asked for."""
    contributors = Contributor.objects.filter(rows_seen_by(reader, now=now, contributor=""), goal=goal)
    targets = Target.objects.filter(rows_seen_by(reader, now=now, contributor="contributor__"), contributor__goal=goal)
    if contributor is not None:
        contributors, targets = contributors.filter(pk=contributor.pk), targets.filter(contributor=contributor)
    told = Q(thing_kind="contributor", thing_id__in=_keys(contributors)) | Q(
        thing_kind="target", thing_id__in=_keys(targets)
    )
    if contributor is None:
        told |= Q(thing_kind="goal", thing_id=str(goal.pk))
    return Change.objects.filter(told)


@dataclass(frozen=True)
class Things:
    """The targets and contributors that changes are about, by key."""

    targets: Mapping[int, Target]
    contributors: Mapping[int, Contributor]


def things_of(changes: Iterable[Change]) -> Things:
    """What these changes are about, in two queries."""
    keys: dict[str, list[int]] = {"target": [], "contributor": []}
    for change in changes:
        if change.thing_kind in keys:
            keys[change.thing_kind].append(int(change.thing_id))
    targets = Target.objects.filter(pk__in=keys["target"])
    contributors = Contributor.objects.filter(pk__in=keys["contributor"]).select_related("person", "team")
    return Things(
        targets=targets.select_related("milestone", "contributor__person", "contributor__team").in_bulk(),
        contributors=contributors.in_bulk(),
    )


def _keys(things: QuerySet[Contributor] | QuerySet[Target]) -> QuerySet[Contributor, str] | QuerySet[Target, str]:
    return things.order_by().annotate(key=Cast("pk", CharField(max_length=50))).values_list("key", flat=True)
