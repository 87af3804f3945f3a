"""Measure every target whose milestone has begun, and save what came out. Always from the facts, never by adding up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F, QuerySet

from milepost.account.queries import the_account
from milepost.goals.models import Goal, Milestone, Target
from milepost.goals.status import Rules, Span, Status
from milepost.goals.stopped import stopped
from milepost.metrics import engine
from milepost.metrics.metric import Aggregate, Direction
from milepost.metrics.question import Amount, By, Condition, Measure, Window
from milepost.progress.coverage import Coverage, covered
from milepost.progress.judging import NOTHING, Cell, measurement, rules_of
from milepost.progress.models import Measurement, Snapshot
from milepost.sources.models import Identity, Source
from milepost.tickets.store import Store

CHUNK = 1_000
REACHED = (Status.ACHIEVED.value, Status.EXCEEDED.value)


@dataclass(frozen=True)
class Refreshed:
    """How many targets were measured, and when."""

    measured: int
    at: datetime


@dataclass
class _Directory:
    """Who is who in the facts: numbers of persons, teams and pipelines, and the sources that know them."""

    persons: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    teams: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    pipelines: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    person_sources: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    team_sources: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    pipeline_sources: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    coverage: dict[int, Coverage] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "_Directory":
        """Everything, in two queries."""
        directory = cls()
        for one in Source.objects.filter(disconnected_at__isnull=True):
            directory.coverage[one.pk] = Coverage(one.complete_from, one.complete_until)
        rows = Identity.objects.values_list("kind", "key", "number", "person", "team", "source")
        for kind, key, number, person, team, source in rows:
            if kind == Identity.Kind.AGENT and person is not None:
                directory.persons[person].append(number)
                directory.person_sources[person].add(source)
            elif kind == Identity.Kind.TEAM and team is not None:
                directory.teams[team].append(number)
                directory.team_sources[team].add(source)
            elif kind == Identity.Kind.PIPELINE:
                directory.pipelines[key].append(number)
                directory.pipeline_sources[key].add(source)
        return directory

    def drawn_on(self, targets: Iterable[Target]) -> list[Coverage]:
        """The connected sources that hold a pipeline or an identity of a contributor of these targets."""
        sources: set[int] = set()
        for target in targets:
            contributor = target.contributor
            if contributor.person_id is not None:
                sources |= self.person_sources.get(contributor.person_id, set())
            if contributor.team_id is not None:
                sources |= self.team_sources.get(contributor.team_id, set())
            for pipeline in target.pipelines:
                sources |= self.pipeline_sources.get(pipeline, set())
        return [self.coverage[source] for source in sorted(sources & self.coverage.keys())]


def refresh(*, store: Store, now: datetime, goals: QuerySet[Goal] | None = None) -> Refreshed:
    """Measure these goals, or all that are not archived, as of `now`.

    Milestones that have ended are measured again as of their end. A person who was deactivated is not measured any
    further: their open milestones keep the last value and its moment.
    """
    rules = rules_of(the_account())
    directory = _Directory.load()
    asked = Goal.objects.filter(archived_at__isnull=True) if goals is None else goals
    measured = 0
    for goal in asked.order_by("pk"):
        targets = _begun_targets(goal, now)
        rows = _measure(goal, targets, directory, store=store, now=now, rules=rules)
        _save(goal, rows, targets, now=now)
        measured += len(rows)
    return Refreshed(measured=measured, at=now)


def refresh_one(goal: Goal, *, store: Store, now: datetime) -> None:
    """Measure one goal after it was changed, so that its numbers are right at once."""
    refresh(store=store, now=now, goals=Goal.objects.filter(pk=goal.pk))


def _begun_targets(goal: Goal, now: datetime) -> list[Target]:
    there = Target.objects.filter(contributor__goal=goal, contributor__removed_at__isnull=True)
    targets = there.filter(milestone__start__lte=now)
    going_on = targets.exclude(stopped())
    return list(going_on.select_related("contributor", "milestone").order_by("pk"))


def _measure(
    goal: Goal, targets: list[Target], directory: _Directory, *, store: Store, now: datetime, rules: Rules
) -> list[Measurement]:
    measure = Measure.from_json(goal.measure)
    rules = replace(rules, minimum_sample=rules.minimum_sample if measure.least is None else measure.least)
    sources = directory.drawn_on(targets)
    told = engine.told(store, measure)
    counts_acts = measure.aggregate is Aggregate.COUNT and not measure.metric.is_level
    needs_activity = counts_acts and measure.direction is Direction.LOWER
    rows = []
    for pipelines, group in _by_pipelines(targets).items():
        conditions = _conditions(pipelines, directory)
        amounts = _amounts(measure, group, directory, conditions, store=store, now=now) if told else {}
        active = _active(group, directory, store=store, now=now) if needs_activity else None
        for target in group:
            span = Span(target.milestone.start, target.milestone.end)
            place = (target.milestone_id, target.contributor_id)
            rows.append(
                measurement(
                    Cell(target.pk, target.value, span),
                    amounts.get(place) if told else NOTHING,
                    measure,
                    covered=covered(span, sources),
                    active=active is None or place in active,
                    now=now,
                    rules=rules,
                )
            )
    return rows


def _by_pipelines(targets: Iterable[Target]) -> dict[tuple[str, ...], list[Target]]:
    groups: dict[tuple[str, ...], list[Target]] = defaultdict(list)
    for target in targets:
        groups[tuple(sorted(target.pipelines))].append(target)
    return groups


def _conditions(pipelines: Sequence[str], directory: _Directory) -> list[Condition]:
    if not pipelines:
        return []
    numbers = [number for pipeline in pipelines for number in directory.pipelines.get(pipeline, [])]
    return [Condition("pipeline", frozenset(numbers))]


def _amounts(
    measure: Measure,
    targets: Sequence[Target],
    directory: _Directory,
    conditions: Sequence[Condition],
    *,
    store: Store,
    now: datetime,
) -> dict[tuple[int, int], Amount]:
    """Amounts by milestone and contributor."""
    found: dict[tuple[int, int], Amount] = {}
    for by, members in _members(targets, directory):
        amounts = engine.measure(
            store, measure, _windows(targets), by=by, now=now, members=members, conditions=conditions
        )
        found |= {(amount.window, amount.group): amount for amount in amounts if amount.group is not None}
    return found


def _active(targets: Sequence[Target], directory: _Directory, *, store: Store, now: datetime) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for by, members in _members(targets, directory):
        found |= engine.active(store, _windows(targets), by=by, now=now, members=members)
    return found


def _members(targets: Iterable[Target], directory: _Directory) -> list[tuple[By, Mapping[int, int]]]:
    """Numbers in the facts → contributor, for persons and for teams."""
    persons, teams = {}, {}
    for contributor in {target.contributor_id: target.contributor for target in targets}.values():
        if contributor.person_id is not None:
            persons.update(dict.fromkeys(directory.persons.get(contributor.person_id, []), contributor.pk))
        if contributor.team_id is not None:
            teams.update(dict.fromkeys(directory.teams.get(contributor.team_id, []), contributor.pk))
    return [(by, members) for by, members in ((By.AGENT, persons), (By.TEAM, teams)) if members]


def _windows(targets: Iterable[Target]) -> list[Window]:
    milestones: dict[int, Milestone] = {target.milestone_id: target.milestone for target in targets}
    return [
        Window(milestone.pk, int(milestone.start.timestamp()), int(milestone.end.timestamp()))
        for milestone in milestones.values()
    ]


@transaction.atomic
def _save(goal: Goal, rows: Sequence[Measurement], targets: Sequence[Target], *, now: datetime) -> None:
    columns = [column.name for column in Measurement._meta.concrete_fields if column.name not in {"id", "target"}]
    Measurement.objects.bulk_create(
        rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["target"], update_fields=columns
    )
    today = now.astimezone(ZoneInfo(goal.zone)).date()
    running = {target.pk for target in targets if now < target.milestone.end}
    Snapshot.objects.bulk_create(
        [
            Snapshot(
                target_id=row.target_id,
                day=today,
                numerator=row.numerator,
                denominator=row.denominator,
                sample=row.sample,
                measured_at=now,
            )
            for row in rows
            if row.target_id in running
        ],
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["target", "day"],
        update_fields=["numerator", "denominator", "sample", "measured_at"],
    )
    _stop(goal)


def _stop(goal: Goal) -> None:
    """End the targets of persons who left within the milestone: what they reached stays, else there is no data."""
    reached = models.Q(status_running__in=REACHED)
    ended = models.Case(models.When(reached, then=F("status_running")), default=models.Value(Status.NO_DATA.value))
    Measurement.objects.filter(
        stopped("target__"),
        target__contributor__goal=goal,
    ).update(status_ended=ended)
