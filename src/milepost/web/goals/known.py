"""What the filters can be chosen from: no more than the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Lower

from milepost.goals.models import Contributor, Goal, Target
from milepost.goals.visibility import rows_seen_by
from milepost.people.models import Person, Team, User
from milepost.progress.filters import pipeline_choices
from milepost.sources.models import Identity

# More than a list for the eye can hold; the name of a goal can be typed as well.
MOST: Final = 500


@dataclass(frozen=True)
class Known:
    """Goals, teams and persons by key and name, in the order of their lists; pipelines by name."""

    goals: Sequence[tuple[int, str]]
    teams: Sequence[tuple[int, str]]
    persons: Sequence[tuple[int, str]]
    pipelines: Sequence[str]


def known(user: User, *, now: datetime) -> Known:
    """A to Z; who was deactivated comes at the end."""
    goals = Goal.objects.visible_to(user, now=now).filter(archived_at__isnull=True)
    return Known(
        goals=list(goals.order_by(Lower("name"), "pk").values_list("pk", "name")[:MOST]),
        teams=list(Team.objects.values_list("pk", "name")[:MOST]),
        persons=_persons(user, now),
        pipelines=_pipelines(user, now),
    )


def _persons(user: User, now: datetime) -> list[tuple[int, str]]:
    rows = Contributor.objects.filter(rows_seen_by(user, now=now, contributor=""), removed_at__isnull=True)
    seen = Person.objects.filter(Exists(rows.filter(person=OuterRef("pk"))))
    ordered = seen.order_by(F("deactivated_at").asc(nulls_first=True), "order", "pk")
    return list(ordered.values_list("pk", "name")[:MOST])


def _pipelines(user: User, now: datetime) -> list[str]:
    """Those of the help desks, and those that targets name."""
    here = Identity.objects.filter(kind=Identity.Kind.PIPELINE, source__disconnected_at__isnull=True)
    chosen = pipeline_choices(Target.objects.visible_to(user, now=now))
    names = {*here.values_list("key", flat=True)[:MOST], *(name for choice in chosen for name in choice)}
    return sorted(names, key=str.casefold)[:MOST]
