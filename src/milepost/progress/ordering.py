"""The order of the overview: goals first, then the rows of each, page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Value, When
from django.db.models.functions import Coalesce

from milepost.goals.models import Goal, TargetVersion
from milepost.progress.filters import Filters, Sort, Targets


@dataclass(frozen=True)
class Listed:
    """A goal in the order of the page, with how many rows of it are asked for."""

    pk: int
    rows: int
    newest: datetime | None


def listed(asked: Targets, filters: Filters, now: datetime) -> list[Listed]:
    """The goals in order: so many rows are ordered by their goals alone, however many targets there are."""
    found = list(
        asked.order_by()
        .values(key=F("contributor__goal"), name=F("contributor__goal__name"))
        .annotate(
            rows=Count("pk"),
            newest=Max("measurement__measured_at"),
            next_end=Min("milestone__end", filter=Q(milestone__end__gt=now)),
            last_end=Max("milestone__end"),
            least=Min("progress"),
        )
    )
    changed = _changed(found) if filters.sort is Sort.CHANGED else {}
    found.sort(key=lambda goal: (*_key(goal, filters.sort, changed), goal["name"].casefold(), goal["key"]))
    return [Listed(goal["key"], goal["rows"], goal["newest"]) for goal in found]


def _key(goal: Mapping[str, Any], sort: Sort, changed: Mapping[int, datetime]) -> tuple[float, ...]:
    """What a goal is sorted by, the smallest first: who ends soonest, by the milestone that is going on or is next."""
    match sort:
        case Sort.ENDS:
            return ((goal["next_end"] or goal["last_end"]).timestamp(),)
        case Sort.NAME:
            return ()
        case Sort.PROGRESS:
            return (goal["least"] is None, goal["least"] or 0)
        case Sort.CHANGED:
            return (-changed[goal["key"]].timestamp(),)


def _changed(found: Iterable[Mapping[str, Any]]) -> dict[int, datetime]:
    """When each goal was made or a target of it set, whichever came last."""
    keys = [goal["key"] for goal in found]
    versions = TargetVersion.objects.filter(target__contributor__goal__in=keys).order_by()
    set_at = dict(versions.values_list("target__contributor__goal").annotate(Max("set_at")))
    made = Goal.objects.filter(pk__in=keys).values_list("pk", "created_at")
    return {key: max(at, set_at.get(key, at)) for key, at in made}


def page(asked: Targets, goals: Sequence[Listed], filters: Filters, *, first: int, size: int) -> list[int]:
    """The keys of so many rows from the first on; only goals that have some of them are looked at."""
    shown: list[int] = []
    before, skipped = 0, 0
    for goal in goals:
        if before + goal.rows <= first:
            skipped += goal.rows
        elif before < first + size:
            shown.append(goal.pk)
        before += goal.rows
    places = [When(contributor__goal=key, then=Value(place)) for place, key in enumerate(shown)]
    ordered = (
        asked.filter(contributor__goal__in=shown)
        .annotate(
            place=Case(*places, default=Value(0), output_field=IntegerField()),
            is_person=Case(When(contributor__person__isnull=False, then=Value(1)), default=Value(0)),
            contributor_order=Coalesce("contributor__team__order", "contributor__person__order"),
        )
        .order_by("place", "milestone__ordinal", *_within_goal(filters.sort), "pk")
    )
    return list(ordered.values_list("pk", flat=True)[first - skipped : first - skipped + size])


def _within_goal(sort: Sort) -> list[Any]:
    """The order of the rows of one goal in one milestone."""
    by_name = ["is_person", "contributor_order"]
    return [F("progress").asc(nulls_last=True), *by_name] if sort is Sort.PROGRESS else by_name
