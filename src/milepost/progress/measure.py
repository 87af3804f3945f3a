"""Measure every target whose milestone has begun, and save what came out. Always from the facts, never by adding up."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F, QuerySet

from milepost.account.queries import the_account
from milepost.goals.models import Contributor, Goal, Target
from milepost.goals.status import Rules, Span, Status
from milepost.goals.stopped import stopped, stops
from milepost.metrics import engine
from milepost.metrics.metric import Aggregate, Direction
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.metrics.stints import Stint, changed
from milepost.progress import verdicts
from milepost.progress.clocks import Clocks
from milepost.progress.coverage import Coverage, covered
from milepost.progress.judging import NOTHING, Cell, measurement, rules_of
from milepost.progress.models import Measurement, Snapshot
from milepost.sources import memberships
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
    """Who is who in the facts: numbers of persons, teams and pipelines, and the sources that know them.

    `stints` are the memberships of all agents; their groups are teams.
    """

    persons: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    teams: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    pipelines: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    person_sources: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    team_sources: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    pipeline_sources: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    coverage: dict[int, Coverage] = field(default_factory=dict)
    stints: tuple[Stint, ...] = ()
    sources_of: dict[int, int] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "_Directory":
        """Everything, in three queries."""
        directory = cls(stints=memberships.stints())
        columns = "pk", "complete_from", "complete_until", "disconnected_at", "slug", "name"
        for pk, *read in Source.objects.values_list(*columns):
            directory.coverage[pk] = Coverage(*read)
        rows = Identity.objects.values_list("kind", "key", "number", "person", "team", "source")
        for kind, key, number, person, team, source in rows:
            if kind == Identity.Kind.AGENT and person is not None:
                directory.persons[person].append(number)
                directory.person_sources[person].add(source)
                directory.sources_of[number] = source
            elif kind == Identity.Kind.TEAM and team is not None:
                directory.teams[team].append(number)
                directory.team_sources[team].add(source)
            elif kind == Identity.Kind.PIPELINE:
                directory.pipelines[key].append(number)
                directory.pipeline_sources[key].add(source)
        return directory

    def drawn_on(self, goal: Goal, targets: Sequence[Target]) -> list[Coverage]:
        """The sources that hold a pipeline or an identity of a contributor of these targets.

        The identities of a team by membership are those of its members in the milestones.
        """
        sources = {self.sources_of[one.number] for one in _stints(goal, targets, self)}
        for target in targets:
            contributor = target.contributor
            if contributor.person_id is not None:
                sources |= self.person_sources.get(contributor.person_id, set())
            if contributor.team_id is not None and goal.team_by == Goal.TeamBy.GROUP:
                sources |= self.team_sources.get(contributor.team_id, set())
            for pipeline in target.pipelines:
                sources |= self.pipeline_sources.get(pipeline, set())
        return [self.coverage[source] for source in sorted(sources & self.coverage.keys())]


def refresh(
    *,
    store: Store,
    now: datetime,
    then: Callable[[QuerySet[Goal]], object] = lambda _goals: None,
    goals: QuerySet[Goal] | None = None,
    touched: Collection[Touched] | None = None,
    since: "Mark | None" = None,
    later: Collection[int] = (),
) -> Refreshed:
    """Measure these goals, or all that are not archived, as of `now`, and judge what has become final.

    Milestones that have ended are measured again as of their end; those that are final, and the targets in `later`,
    with all that changed since. A person who was deactivated is measured up to that moment and no further. Readers see
    all of a refresh or none of it, and of what `then` does after it in the same transaction.

    With what a write touched since the last refresh of all goals, at `since`, only that is asked of the facts anew,
    and what was left out then, moves with the clock, or is of a team whose memberships were others then; all else is
    judged again by its last measurement. The outcome is the same.
    """
    generation = store.manifest().generation
    rules = rules_of(the_account())
    directory, clocks = _Directory.load(), Clocks.load(now)
    asked = Goal.objects.filter(archived_at__isnull=True) if goals is None else goals
    moments = _Moments(verdicts.judged(asked), frozenset(later), stops(asked))
    shares = [share for goal in asked.order_by("pk") for share in _shares(goal, directory, moments, now)]
    if touched is None:
        amounts = _answered(shares, store=store, now=now)
    else:
        last = _Last.of(since, directory)
        amounts = _renewed(shares, directory, touched, last, store=store, now=now)
    active = _active(shares, store=store, now=now)
    if goals is not None:
        _note_moved(store, directory)
    measured = 0
    with transaction.atomic():
        for goal, its in groupby(zip(shares, amounts, active, strict=True), key=lambda one: one[0].goal):
            rows: list[Measurement] = []
            running: set[int] = set()
            for share, found, did in its:
                rows += _judged(share, found, did, clocks, now=now, rules=rules)
                running |= {target.pk for target in share.targets if now < share.end(target)}
            _save(goal, rows, running, now=now)
            measured += len(rows)
        _stop(asked)
        verdicts.judge(asked, directory.drawn_on, now=now)
        then(asked)
    if goals is None:
        _keep(store, Mark(generation, now, directory.stints))
    return Refreshed(measured=measured, at=now)


def refresh_after(written: Written, *, store: Store, now: datetime) -> Refreshed:
    """Measure what a write touched; everything where a write before it was not measured, for its process was killed."""
    mark = _marked(store)
    if mark is None or written.touched is None or mark.generation != written.before:
        return refresh(store=store, now=now)
    return refresh(store=store, now=now, touched=written.touched, since=mark)


def refresh_teams(teams: Collection[int], *, store: Store, now: datetime) -> Refreshed:
    """Measure the goals of teams whose memberships were corrected, so that their numbers are right at once.

    Only what the correction touches is asked of the facts.
    """
    contributors = Contributor.objects.filter(team__in=teams, removed_at__isnull=True)
    by_membership = Goal.objects.filter(archived_at__isnull=True, team_by=Goal.TeamBy.MEMBERSHIP)
    goals = by_membership.filter(pk__in=contributors.values("goal"))
    mark = _marked(store)
    if mark is None or mark.generation != store.manifest().generation:
        return refresh(store=store, now=now, goals=goals)
    return refresh(store=store, now=now, goals=goals, touched=(), since=mark)


class Mark(NamedTuple):
    """Up to which generation of the facts all goals were measured, when, and by which memberships.

    Some goals were measured after that when memberships were others, which may be as before again: `moved` keeps whose.
    """

    generation: int
    at: datetime
    stints: tuple[Stint, ...]
    moved: tuple[Stint, ...] = ()

    def to_json(self) -> str:
        """As kept beside the facts."""
        stints, moved = ([astuple(one) for one in ones] for ones in (self.stints, self.moved))
        return json.dumps({"generation": self.generation, "at": self.at.isoformat(), "stints": stints, "moved": moved})

    @classmethod
    def from_json(cls, text: str) -> "Mark":
        """As made by `to_json`."""
        kept = json.loads(text)
        stints, moved = (tuple(Stint(*one) for one in kept[name]) for name in ("stints", "moved"))
        return cls(kept["generation"], datetime.fromisoformat(kept["at"]), stints, moved)


def _note_moved(store: Store, directory: _Directory) -> None:
    """Before some goals are measured by other memberships than all were, keep whose are others."""
    mark = _marked(store)
    moved = (
        () if mark is None else tuple(one for one in changed(mark.stints, directory.stints) if one not in mark.moved)
    )
    if mark is not None and moved:
        _keep(store, mark._replace(moved=(*mark.moved, *moved)))


def _keep(store: Store, mark: Mark) -> None:
    if store.folder.is_dir():
        fresh = store.folder / f"{MEASURED}.new"
        fresh.write_text(mark.to_json(), encoding="utf-8")
        fresh.replace(store.folder / MEASURED)


def _marked(store: Store) -> Mark | None:
    """What was kept; None where nothing was, or in the words of an earlier version."""
    file = store.folder / MEASURED
    if not file.exists():
        return None
    try:
        return Mark.from_json(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return None


def refresh_one(goal: Goal, *, store: Store, now: datetime) -> None:
    """Measure one goal after it was changed, so that its numbers are right at once."""
    refresh(store=store, now=now, goals=Goal.objects.filter(pk=goal.pk))


def drawing() -> verdicts.DrawnOn:
    """Which sources targets draw on, and how far each was read, as it is known now; in two queries."""
    return _Directory.load().drawn_on


@dataclass(frozen=True)
class _Moments:
    """As of when targets are measured, where that is not now or their end.

    Final ones, and others that are asked for, with later changes; those of a person who left as of that moment.
    """

    final: Collection[int]
    later: Collection[int]
    stopped: Mapping[int, datetime]

    def of(self, target: Target) -> tuple[bool, datetime | None]:
        """Whether later changes count, and since when nothing does."""
        return target.pk in self.final or target.pk in self.later, self.stopped.get(target.pk)

    def goes_on(self, target: Target) -> bool:
        """Whether there is anything to measure: nothing after a person left, nor once that is final."""
        left = self.stopped.get(target.pk)
        return left is None or (left > target.milestone.start and target.pk not in self.final)


@dataclass(frozen=True)
class _Share:
    """The targets of a goal that count the same pipelines as of the same moment, their questions and sources."""

    goal: Goal
    measure: Measure
    targets: list[Target]
    questions: list[Question]
    sources: list[Coverage]
    later: bool = False
    stopped_at: datetime | None = None

    def end(self, target: Target) -> datetime:
        """Up to when a target is measured."""
        end = target.milestone.end
        return end if self.stopped_at is None else min(end, self.stopped_at)

    @property
    def windows(self) -> tuple[Window, ...]:
        """The stretches of time of its milestones."""
        ends = {target.milestone_id: (target.milestone, self.end(target)) for target in self.targets}
        return tuple(
            Window(key, int(one.start.timestamp()), int(end.timestamp()), later=self.later)
            for key, (one, end) in ends.items()
        )

    @property
    def needs_activity(self) -> bool:
        """Whether no ticket says something only of those who did anything at all."""
        counts_acts = self.measure.aggregate is Aggregate.COUNT and not self.measure.metric.is_level
        return counts_acts and self.measure.direction is Direction.LOWER


def _shares(goal: Goal, directory: _Directory, moments: _Moments, now: datetime) -> Iterator[_Share]:
    targets = [target for target in _begun_targets(goal, now) if moments.goes_on(target)]
    measure = Measure.from_json(goal.measure)
    sources = directory.drawn_on(goal, targets)
    for (pipelines, later, stopped_at), group in _alike(targets, moments).items():
        share = _Share(goal, measure, group, [], sources, later, stopped_at)
        conditions = tuple(_conditions(pipelines, directory))
        asked = [pool.asked(measure, share.windows, conditions) for pool in _pools(goal, group, directory)]
        yield replace(share, questions=asked)


def _begun_targets(goal: Goal, now: datetime) -> list[Target]:
    there = Target.objects.filter(contributor__goal=goal, contributor__removed_at__isnull=True)
    targets = there.filter(milestone__start__lte=now)
    return list(targets.select_related("contributor", "milestone").order_by("pk"))


_Kind = tuple[tuple[str, ...], bool, datetime | None]
# Amounts by milestone and contributor; None where no source can tell.
_Amounts = dict[tuple[int, int], Amount] | None


def _answered(shares: Sequence[_Share], *, store: Store, now: datetime) -> list[_Amounts]:
    """What every share amounts to, from one reading of the facts."""
    questions = [(number, question) for number, share in enumerate(shares) for question in share.questions]
    found: list[_Amounts] = [{} if engine.told(store, share.measure) else None for share in shares]
    for leaf in engine.answers(store, [question for _, question in questions], now=now):
        amounts = found[questions[leaf.question][0]]
        if leaf.amount is not None and amounts is not None:
            amounts[leaf.window, leaf.group] = leaf.amount
    return found


def question(target: Target) -> Question | None:
    """What is asked of the facts for one target; None where its contributor is in no source."""
    directory, goal = _Directory.load(), target.contributor.goal
    stopped_at = stops(Goal.objects.filter(pk=goal.pk)).get(target.pk)
    share = _Share(goal, Measure.from_json(goal.measure), [target], [], [], stopped_at=stopped_at)
    conditions = tuple(_conditions(target.pipelines, directory))
    for pool in _pools(goal, [target], directory):
        return pool.asked(share.measure, share.windows, conditions)
    return None


def drawn_on(target: Target) -> list[Coverage]:
    """The connected sources that a target draws on."""
    return _Directory.load().drawn_on(target.contributor.goal, [target])


class _Last(NamedTuple):
    """When all goals were measured last, and whose memberships are others now, of which team and when."""

    since: datetime | None
    moved: Mapping[int, Sequence[Stint]]

    @classmethod
    def of(cls, mark: Mark | None, directory: _Directory) -> "_Last":
        """What the mark tells; without one nothing is known to be as it was."""
        by_team: dict[int, list[Stint]] = defaultdict(list)
        for one in () if mark is None else (*mark.moved, *changed(mark.stints, directory.stints)):
            by_team[one.group].append(one)
        return cls(mark and mark.at, by_team)

    def is_moved(self, target: Target, goal: Goal) -> bool:
        """Whether the target is of a team that others belong to now, at some moment of its milestone."""
        team = target.contributor.team_id
        if goal.team_by != Goal.TeamBy.MEMBERSHIP or team is None or team not in self.moved:
            return False
        start, end = target.milestone.start.timestamp(), target.milestone.end.timestamp()
        return any(one.since < end and one.until > start for one in self.moved[team])


def _renewed(
    shares: Sequence[_Share],
    directory: _Directory,
    touched: Collection[Touched],
    last: _Last,
    *,
    store: Store,
    now: datetime,
) -> list[_Amounts]:
    """The same, asking only what a write touched, what was not measured last time, and what moves without a write."""
    lasts = (one for share in shares for one in _last(share.targets))
    kept = {target: (at, amount) for target, at, amount in lasts if last.since is None or at >= last.since}
    moving = [
        replace(
            share,
            targets=[one for one in share.targets if _moves(one, share, kept) or last.is_moved(one, share.goal)],
        )
        for share in shares
    ]
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
    asked = [question for _, question in questions] if touched else []
    for leaf in engine.answers(store, asked, now=now, touched=touched):
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
        # As of when it is measured changes with a verdict, and again when that is reopened.
        rows = rows.exclude(verdict__judged_at__gte=F("measured_at")).exclude(target__reopened_at__gte=F("measured_at"))
        for target, at, *amount in rows.values_list(*columns):
            yield target, at, Amount(0, None, *amount)


def _moves(target: Target, share: _Share, kept: Mapping[int, tuple[datetime, Amount]]) -> bool:
    """Whether its value may be another one without any change of a ticket: states grow older, bounds run out."""
    if target.pk not in kept or share.stopped_at is not None:
        return True
    metric = share.measure.metric
    return (metric.is_level or metric.owed is not None) and kept[target.pk][0] < target.milestone.end


def _asking(share: _Share, directory: _Directory) -> _Share:
    """The share with the questions that its own targets ask."""
    questions = [
        pool.asked(share.measure, share.windows, question.conditions)
        for question in share.questions[:1]
        for pool in _pools(share.goal, share.targets, directory)
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
        span = Span(target.milestone.start, share.end(target))
        place = (target.milestone_id, target.contributor_id)
        yield measurement(
            Cell(target.pk, target.value, span, clocks.of(target.contributor)),
            NOTHING if amounts is None else amounts.get(place),
            share.measure,
            covered=covered(span, share.sources),
            active=active is None or place in active,
            now=min(now, span.end) if share.stopped_at else now,
            rules=rules,
        )


def _alike(targets: Iterable[Target], moments: _Moments) -> dict[_Kind, list[Target]]:
    """The targets by what they count, whether with later changes, and up to when."""
    groups: dict[_Kind, list[Target]] = defaultdict(list)
    for target in targets:
        groups[tuple(sorted(target.pipelines)), *moments.of(target)].append(target)
    return groups


def _conditions(pipelines: Sequence[str], directory: _Directory) -> list[Condition]:
    if not pipelines:
        return []
    numbers = [number for pipeline in pipelines for number in directory.pipelines.get(pipeline, [])]
    return [Condition("pipeline", frozenset(numbers))]


def _active(shares: Sequence[_Share], *, store: Store, now: datetime) -> list[set[tuple[int, int]] | None]:
    """Of each share that needs it, milestone and contributor of all who did anything at all."""
    asked = [share.questions if share.needs_activity else [] for share in shares]
    found = iter(engine.active(store, [question for questions in asked for question in questions], now=now))
    return [
        set().union(*islice(found, len(questions))) if share.needs_activity else None
        for share, questions in zip(shares, asked, strict=True)
    ]


class _Pool(NamedTuple):
    """Numbers in the facts → contributor, always or for a while."""

    by: By
    members: Mapping[int, int]
    stints: tuple[Stint, ...] = ()

    def asked(self, measure: Measure, windows: tuple[Window, ...], conditions: tuple[Condition, ...]) -> Question:
        """What is asked of those."""
        return Question(measure, self.by, windows, self.members, conditions, self.stints)


def _pools(goal: Goal, targets: Sequence[Target], directory: _Directory) -> list[_Pool]:
    """Whose facts the contributors of these targets pool: persons and teams by membership, and teams by group."""
    persons, groups = {}, {}
    for contributor in {target.contributor_id: target.contributor for target in targets}.values():
        if contributor.person_id is not None:
            persons.update(dict.fromkeys(directory.persons.get(contributor.person_id, []), contributor.pk))
        if contributor.team_id is not None and goal.team_by == Goal.TeamBy.GROUP:
            groups.update(dict.fromkeys(directory.teams.get(contributor.team_id, []), contributor.pk))
    pools = _Pool(By.AGENT, persons, _stints(goal, targets, directory)), _Pool(By.TEAM, groups)
    return [pool for pool in pools if pool.members or pool.stints]


def _stints(goal: Goal, targets: Sequence[Target], directory: _Directory) -> tuple[Stint, ...]:
    """The memberships in the teams of these targets during their milestones, where these make the team."""
    if goal.team_by != Goal.TeamBy.MEMBERSHIP or not targets:
        return ()
    teams = {one.contributor.team_id: one.contributor_id for one in targets if one.contributor.team_id is not None}
    start = min(one.milestone.start for one in targets).timestamp()
    end = max(one.milestone.end for one in targets).timestamp()
    there = (one for one in directory.stints if one.group in teams and one.since < end and one.until >= start)
    return tuple(replace(one, group=teams[one.group]) for one in there)


def _save(goal: Goal, rows: Sequence[Measurement], running: set[int], *, now: datetime) -> None:
    kept = {"id", "target", "verdict"}
    columns = [column.name for column in Measurement._meta.concrete_fields if column.name not in kept]
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
