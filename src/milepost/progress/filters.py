"""Which targets are asked for: the filters of the overview, and what they mean in a query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from milepost.calendars.periods import Duration
from milepost.goals.models import Target, TargetVersion
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.goals.stopped import stopped
from milepost.people.models import Membership, User

# A verdict says whether the person had left when it was given.
STOPPED: Final = Q(measurement__verdict__stopped_at__isnull=False) | (Q(measurement__verdict__isnull=True) & stopped())
NEEDS_ATTENTION: Final = frozenset({Pace.BEHIND, Pace.AT_RISK})

# Targets with what these queries add to them, which the model does not know.
Targets = QuerySet[Any, Any]


class Tag(StrEnum):
    """What is said of a target beside its status."""

    PROVISIONAL = "provisional"
    STOPPED = "stopped"
    ADJUSTED = "adjusted"


class Match(StrEnum):
    """How the pipelines of a target meet those asked for: some of them, or no others."""

    ANY = "any"
    ONLY = "only"


class Ends(StrEnum):
    """Whether a milestone overlaps the days asked for, or ends in them."""

    ANYWHERE = "anywhere"
    WITHIN = "within"


class Sort(StrEnum):
    """What comes first."""

    ENDS = "ends"
    NAME = "name"
    PROGRESS = "progress"
    CHANGED = "changed"


@dataclass(frozen=True)
class Range:
    """Whole percent of progress, both ends included; without an upper end there is none."""

    least: int
    most: int | None = None


@dataclass(frozen=True)
class Filters:
    """Which targets are asked for: of milestones that overlap the days `[first_day, after_day)`, and any of each set.

    An empty set, and an empty name, ask for all. Statuses, paces and tags are one set: a pace is a part of a status.
    """

    first_day: date
    after_day: date
    templates: frozenset[str] = frozenset()
    goals: frozenset[int] = frozenset()
    name: str = ""
    durations: frozenset[Duration] = frozenset()
    teams: frozenset[int] = frozenset()
    persons: frozenset[int] = frozenset()
    pipelines: frozenset[str] = frozenset()
    match: Match = Match.ANY
    ends: Ends = Ends.ANYWHERE
    milestones: frozenset[Duration] = frozenset()
    statuses: frozenset[Status] = frozenset()
    paces: frozenset[Pace] = frozenset()
    tags: frozenset[Tag] = frozenset()
    progress: Range | None = None
    sort: Sort = Sort.ENDS
    page: int = 1


def scope(user: User, filters: Filters, *, now: datetime) -> Targets:
    """What the user may see of the targets that all filters but status ask for, each with its status and pace."""
    overlapping = Q(milestone__first_day__lt=filters.after_day, milestone__after_day__gt=filters.first_day)
    found = Target.objects.visible_to(user, now=now).filter(overlapping, contributor__goal__archived_at__isnull=True)
    for condition in _conditions(filters):
        found = found.filter(condition)
    if filters.pipelines:
        found = found.filter(pipelines__in=_choices_that_match(found, filters))
    standing = found.annotate(status=stated(now), progress=shown("progress")).annotate(pace=_pace())
    return standing if filters.progress is None else standing.filter(_within(filters.progress))


def with_status(targets: Targets, filters: Filters, *, now: datetime) -> Targets:
    """Any of the statuses, paces and tags."""
    if not filters.statuses | filters.paces | filters.tags:
        return targets
    asked = Q(status__in=[status.value for status in filters.statuses])
    asked |= Q(pace__in=[pace.value for pace in filters.paces])
    if Tag.PROVISIONAL in filters.tags:
        asked |= Q(milestone__end__lte=now, measurement__isnull=False, measurement__verdict__isnull=True)
    if Tag.STOPPED in filters.tags:
        asked |= STOPPED
    if Tag.ADJUSTED in filters.tags:
        asked |= Q(adjusted())
    return targets.filter(asked)


def of_teams(teams: Iterable[int]) -> Q:
    """The rows of these teams, and of those who were members at any time of the milestone."""
    members = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=OuterRef("milestone__start")),
        person=OuterRef("contributor__person"),
        team__in=teams,
        since__lt=OuterRef("milestone__end"),
    )
    return Q(contributor__team__in=teams) | Q(Exists(members))


def adjusted() -> Exists:
    """Whether a target was changed after its milestone began."""
    began = Q(set_at__gt=OuterRef("milestone__start")) & Q(set_at__gt=OuterRef("milestone__goal__created_at"))
    return Exists(TargetVersion.objects.filter(began, target=OuterRef("pk")))


def pipeline_choices(targets: Targets) -> list[list[str]]:
    """The different choices of pipelines among targets."""
    return [list(choice) for choice in targets.order_by().values_list("pipelines", flat=True).distinct()]


def _conditions(filters: Filters) -> Iterable[Q]:
    """What each filter that is set says; filters are joined by AND, values inside one by OR."""
    if filters.ends is Ends.WITHIN:
        yield Q(milestone__after_day__gt=filters.first_day, milestone__after_day__lte=filters.after_day)
    if filters.templates:
        yield Q(contributor__goal__template__in=filters.templates)
    if filters.goals or filters.name:
        named = Q(contributor__goal__name__icontains=filters.name) if filters.name else Q()
        yield named | Q(contributor__goal__in=filters.goals) if filters.goals else named
    # A milestone lasts as long as the duration of its goal says, so both filters look at one column.
    for durations in (filters.durations, filters.milestones):
        if durations:
            yield Q(contributor__goal__duration__in=[duration.value for duration in durations])
    if filters.teams:
        yield of_teams(filters.teams)
    if filters.persons:
        yield Q(contributor__person__in=filters.persons)


def _choices_that_match(targets: Targets, filters: Filters) -> list[list[str]]:
    """The choices of pipelines in which those asked for count. No pipeline chosen means all of them.

    Databases differ in looking inside JSON; the different choices of an account are few.
    """
    choices = pipeline_choices(targets)
    if filters.match is Match.ONLY:
        return [choice for choice in choices if choice and filters.pipelines.issuperset(choice)]
    return [choice for choice in choices if not choice or filters.pipelines.intersection(choice)]


def shown(column: str) -> Case:
    """What is shown of a target: what its verdict says, and before there is one its measurement."""
    return Case(
        When(measurement__verdict__isnull=False, then=F(f"measurement__verdict__{column}")),
        default=F(f"measurement__{column}"),
    )


def stated(now: datetime) -> Case:
    """That of the verdict; before it, what changes with the clock alone is which of the two kept ones is shown."""
    return Case(
        When(measurement__verdict__isnull=False, then=F("measurement__verdict__status")),
        When(Q(milestone__start__gt=now) | Q(measurement__isnull=True), then=Value(Status.PENDING.value)),
        When(milestone__end__gt=now, then=F("measurement__status_running")),
        default=F("measurement__status_ended"),
    )


def _pace() -> Case:
    """Only while in progress; who was deactivated has none."""
    return Case(
        When(STOPPED, then=Value(None)),
        When(status=Status.IN_PROGRESS.value, then=F("measurement__pace")),
        default=Value(None),
    )


def _within(progress: Range) -> Q:
    """Progress in the range; a target without any stands at its very beginning."""
    has = ~Q(status=Status.PENDING.value) & Q(progress__gte=progress.least)
    if progress.most is not None:
        has &= Q(progress__lte=progress.most)
    none = Q(status=Status.PENDING.value) | Q(progress__isnull=True)
    return has | none if progress.least == 0 else has
