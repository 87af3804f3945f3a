"""Measure every target whose milestone has begun, and save what came out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F, QuerySet

from milepost.account.queries import the_account
from milepost.goals.models import Goal, Milestone, Target
from milepost.goals.status import Rules, Span, Status
from milepost.goals.stopped import stopped
from milepost.metrics import engine
from milepost.metrics.metric import Aggregate, Direction
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.progress.clocks import Clocks
from milepost.progress.coverage import Coverage, covered
from milepost.progress.judging import NOTHING, Cell, measurement, rules_of
from milepost.progress.models import Measurement, Snapshot
from milepost.sources.models import Identity, Source
from milepost.tickets.store import Store, Touched, Written

CHUNK = 1_000
MEASURED = "measured"
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


def refresh(
    *,
    store: Store,
    now: datetime,
    goals: QuerySet[Goal] | None = None,
    touched: Collection[Touched] | None = None,
    since: datetime | None = None,
) -> Refreshed:
    """Measure these goals, or all that are not archived, as of `now`.

    Milestones that have ended are measured again as of their end. A person who was deactivated is not measured any
    further: their open milestones keep the last value and its moment. Readers see all of a refresh or none of it.

    With what a write touched since the last refresh of all goals, at `since`, only that is asked of the facts anew,
    and what was left out then or moves with the clock; all else is judged again by its last measurement. The outcome is
    the same.
    """
    generation = store.manifest().generation
    rules = rules_of(the_account())
    directory, clocks = _Directory.load(), Clocks.load(now)
    asked = Goal.objects.filter(archived_at__isnull=True) if goals is None else goals
    shares = [share for goal in asked.order_by("pk") for share in _shares(goal, directory, now)]
    if touched is None:
        amounts = _answered(shares, store=store, now=now, keeping=goals is None)
    else:
        amounts = _renewed(shares, directory, touched, store=store, now=now, since=since)
    activity = _activity(shares, directory, store=store, now=now)
    measured = 0
    with transaction.atomic():
        for goal, its in groupby(zip(shares, amounts, activity, strict=True), key=lambda each: each[0].goal):
            rows: list[Measurement] = []
            running: set[int] = set()
            for share, found, active in its:
                rows += _judged(share, found, active, clocks, now=now, rules=rules)
                running |= {target.pk for target in share.targets if now < target.milestone.end}
            _save(goal, rows, running, now=now)
            measured += len(rows)
        _stop(asked)
    if goals is None:
        _mark(store, generation, now)
    return Refreshed(measured=measured, at=now)


def refresh_after(written: Written, *, store: Store, now: datetime) -> Refreshed:
    """Measure what a write touched; everything where a write before it was not measured, for its process was killed."""
    mark = _marked(store)
    if mark is None or written.touched is None or mark[0] != written.before:
        return refresh(store=store, now=now)
    return refresh(store=store, now=now, touched=written.touched, since=mark[1])


def _mark(store: Store, generation: int, now: datetime) -> None:
    """Keep beside the facts up to which generation of them all goals were measured, and when."""
    if store.folder.is_dir():
        fresh = store.folder / f"{MEASURED}.new"
        fresh.write_text(f"{generation} {now.isoformat()}", encoding="utf-8")
        fresh.replace(store.folder / MEASURED)


def _marked(store: Store) -> tuple[int, datetime] | None:
    file = store.folder / MEASURED
    if not file.exists():
        return None
    generation, _, moment = file.read_text(encoding="utf-8").partition(" ")
    return int(generation), datetime.fromisoformat(moment)


def refresh_one(goal: Goal, *, store: Store, now: datetime) -> None:
    """Measure one goal after it was changed, so that its numbers are right at once."""
    refresh(store=store, now=now, goals=Goal.objects.filter(pk=goal.pk))


@dataclass(frozen=True)
class _Share:
    """The targets of a goal that count the same pipelines, the questions that measure them, and their sources."""

    goal: Goal
    measure: Measure
    targets: list[Target]
    questions: list[Question]
    sources: list[Coverage]

    @property
    def needs_activity(self) -> bool:
        """Whether no ticket says something only of those who did anything at all."""
        counts_acts = self.measure.aggregate is Aggregate.COUNT and not self.measure.metric.is_level
        return counts_acts and self.measure.direction is Direction.LOWER


def _shares(goal: Goal, directory: _Directory, now: datetime) -> Iterator[_Share]:
    targets = _begun_targets(goal, now)
    measure = Measure.from_json(goal.measure)
    sources = directory.drawn_on(targets)
    for pipelines, group in _by_pipelines(targets).items():
        conditions = tuple(_conditions(pipelines, directory))
        windows = tuple(_windows(group))
        questions = [Question(measure, by, windows, members, conditions) for by, members in _members(group, directory)]
        yield _Share(goal, measure, group, questions, sources)


def _begun_targets(goal: Goal, now: datetime) -> list[Target]:
    there = Target.objects.filter(contributor__goal=goal, contributor__removed_at__isnull=True)
    targets = there.filter(milestone__start__lte=now)
    going_on = targets.exclude(stopped())
    return list(going_on.select_related("contributor", "milestone").order_by("pk"))


# Amounts by milestone and contributor; None where no source can tell.
_Amounts = dict[tuple[int, int], Amount] | None


def _answered(shares: Sequence[_Share], *, store: Store, now: datetime, keeping: bool = False) -> list[_Amounts]:
    """What every share amounts to, from one reading of the facts."""
    questions = [(number, question) for number, share in enumerate(shares) for question in share.questions]
    found: list[_Amounts] = [{} if engine.told(store, share.measure) else None for share in shares]
    for leaf in engine.answers(store, [question for _, question in questions], now=now, keeping=keeping):
        amounts = found[questions[leaf.question][0]]
        if leaf.amount is not None and amounts is not None:
            amounts[leaf.window, leaf.group] = leaf.amount
    return found


def question(target: Target) -> Question | None:
    """What is asked of the facts for one target; None where its contributor is in no source."""
    directory = _Directory.load()
    measure = Measure.from_json(target.contributor.goal.measure)
    conditions = tuple(_conditions(target.pipelines, directory))
    for by, members in _members([target], directory):
        return Question(measure, by, tuple(_windows([target])), members, conditions)
    return None


def _renewed(
    shares: Sequence[_Share],
    directory: _Directory,
    touched: Collection[Touched],
    *,
    store: Store,
    now: datetime,
    since: datetime | None,
) -> list[_Amounts]:
    """The same, asking only what a write touched, what was not measured last time, and what moves with the clock."""
    lasts = (last for share in shares for last in _last(share.targets))
    kept = {target: (at, amount) for target, at, amount in lasts if since is None or at >= since}
    moving = [replace(share, targets=[one for one in share.targets if _moves(one, share, kept)]) for share in shares]
    anew = _answered([_asking(share, directory) for share in moving], store=store, now=now)
    found: list[_Amounts] = []
    for share, moved, fresh in zip(shares, moving, anew, strict=True):
        if fresh is None:
            found.append(None)
            continue
        known = {(one.milestone_id, one.contributor_id): kept[one.pk][1] for one in share.targets if one.pk in kept}
        for one in moved.targets:
            known.pop((one.milestone_id, one.contributor_id), None)
        found.append(known | fresh)
    questions = [(number, question) for number, share in enumerate(shares) for question in share.questions]
    asked = [question for _, question in questions]
    for leaf in engine.answers(store, asked, now=now, touched=touched, keeping=True):
        amounts = found[questions[leaf.question][0]]
        if amounts is None:
            continue
        amounts.pop((leaf.window, leaf.group), None)
        if leaf.amount is not None:
            amounts[leaf.window, leaf.group] = leaf.amount
    return found


def _last(targets: Sequence[Target]) -> Iterator[tuple[int, datetime, Amount]]:
    """When these targets were measured last, and what they amounted to."""
    columns = "target", "measured_at", "numerator", "denominator", "sample"
    for first in range(0, len(targets), CHUNK):
        rows = Measurement.objects.filter(target__in=[one.pk for one in targets[first : first + CHUNK]])
        for target, at, *amount in rows.values_list(*columns):
            yield target, at, Amount(0, None, *amount)


def _moves(target: Target, share: _Share, kept: Mapping[int, tuple[datetime, Amount]]) -> bool:
    """Whether its value may be another one without any change of a ticket: states grow older, bounds run out."""
    if target.pk not in kept:
        return True
    metric = share.measure.metric
    return (metric.is_level or metric.owed is not None) and kept[target.pk][0] < target.milestone.end


def _asking(share: _Share, directory: _Directory) -> _Share:
    """The share with the questions that its own targets ask."""
    windows = tuple(_windows(share.targets))
    questions = [
        replace(question, by=by, windows=windows, members=members)
        for question in share.questions[:1]
        for by, members in _members(share.targets, directory)
    ]
    return replace(share, questions=questions)


def _judged(
    share: _Share,
    amounts: _Amounts,
    active: set[tuple[int, int]] | None,
    clocks: Clocks,
    *,
    now: datetime,
    rules: Rules,
) -> Iterator[Measurement]:
    least = share.measure.least
    rules = rules if least is None else replace(rules, minimum_sample=least)
    for target in share.targets:
        span = Span(target.milestone.start, target.milestone.end)
        place = (target.milestone_id, target.contributor_id)
        yield measurement(
            Cell(target.pk, target.value, span, clocks.of(target.contributor)),
            NOTHING if amounts is None else amounts.get(place),
            share.measure,
            covered=covered(span, share.sources),
            active=active is None or place in active,
            now=now,
            rules=rules,
        )


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


def _activity(
    shares: Sequence[_Share], directory: _Directory, *, store: Store, now: datetime
) -> list[set[tuple[int, int]] | None]:
    """Milestone and contributor of all who did anything at all, where a share needs that; None where it does not."""
    asked = [
        (number, (by, _windows(share.targets), members))
        for number, share in enumerate(shares)
        if share.needs_activity
        for by, members in _members(share.targets, directory)
    ]
    found: list[set[tuple[int, int]] | None] = [set() if share.needs_activity else None for share in shares]
    for (number, _), active in zip(asked, engine.active(store, [each for _, each in asked], now=now), strict=True):
        found[number] = (found[number] or set()) | active
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


def _save(goal: Goal, rows: Sequence[Measurement], running: set[int], *, now: datetime) -> None:
    columns = [column.name for column in Measurement._meta.concrete_fields if column.name not in {"id", "target"}]
    Measurement.objects.bulk_create(
        rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["target"], update_fields=columns
    )
    today = now.astimezone(ZoneInfo(goal.zone)).date()
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


def _stop(goals: QuerySet[Goal]) -> None:
    """End the targets of persons who left within the milestone: what they reached stays, else there is no data."""
    reached = models.Q(status_running__in=REACHED)
    ended = models.Case(models.When(reached, then=F("status_running")), default=models.Value(Status.NO_DATA.value))
    Measurement.objects.filter(
        stopped("target__"),
        target__contributor__goal__in=goals,
    ).update(status_ended=ended)
