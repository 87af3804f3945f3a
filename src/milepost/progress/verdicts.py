"""Verdicts: what has become final is judged once, whoever asks and however often; rows are only added."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.db.models import Max, OuterRef, QuerySet, Subquery

from milepost.account.models import Account, CalendarVersion
from milepost.account.queries import the_account
from milepost.goals.finality import Closing, Moment, Standing, moment
from milepost.goals.models import Goal, Target
from milepost.goals.status import Status
from milepost.goals.stopped import stops
from milepost.metrics.question import Measure
from milepost.progress.coverage import Coverage, watermarks
from milepost.progress.models import Measurement, Verdict

CHUNK: Final = 1_000
# What a verdict takes over from a measurement.
MEASURED: Final = ("shown", "progress", "numerator", "denominator", "sample", "measured_at")
DrawnOn = Callable[[Goal, Sequence[Target]], Sequence[Coverage]]


@dataclass(frozen=True)
class Case:
    """A target that is to be judged, its sources, since when it has stopped, and how often it was judged before."""

    target: Target
    sources: Sequence[Coverage]
    stopped_at: datetime | None = None
    before: int = 0


def judged(goals: QuerySet[Goal]) -> set[int]:
    """The targets of these goals that have a verdict which stands, by key."""
    final = Measurement.objects.filter(verdict__isnull=False, target__contributor__goal__in=goals)
    return set(final.values_list("target", flat=True))


def judge(goals: QuerySet[Goal], drawn_on: DrawnOn, *, now: datetime) -> None:
    """Give a verdict to every target of these goals that has become final and has none, as it was measured just now.

    Of two that judge at the same moment the first is right, and both go on with its verdict.
    """
    account = the_account()
    final: list[Case] = []
    for case in cases(waiting(goals, now), drawn_on):
        standing = Standing(stopped=case.stopped_at is not None)
        milestone = case.target.milestone
        closes = closing(Measure.from_json(milestone.goal.measure), milestone.end, account)
        if moment(closes, watermarks(case.sources), standing, now=now) is Moment.FINAL:
            final.append(case)
    add(final, account, basis=Verdict.Basis.END, now=now)


def cases(targets: QuerySet[Target], drawn_on: DrawnOn, *, before: int = 0) -> Iterator[Case]:
    """These targets, each with the sources that its milestone draws on: those of all who contribute to it."""
    asked = dict(targets.values_list("pk", "milestone"))
    milestones = sorted(set(asked.values()))
    # By their numbers: a database without statistics, as after many writes, plans a query within a query badly.
    for first in range(0, len(milestones), CHUNK):
        found = milestones[first : first + CHUNK]
        there = Target.objects.filter(milestone__in=found, contributor__removed_at__isnull=True)
        stopped_at = stops(Goal.objects.filter(pk__in=set(there.values_list("milestone__goal", flat=True))))
        rows = there.select_related("milestone__goal", "contributor").order_by("milestone", "pk")
        for _milestone, its in groupby(rows.iterator(chunk_size=CHUNK), key=attrgetter("milestone_id")):
            everybody = list(its)
            sources = drawn_on(everybody[0].milestone.goal, everybody)
            yield from (Case(one, sources, stopped_at.get(one.pk), before) for one in everybody if one.pk in asked)


def closing(measure: Measure, end: datetime, account: Account) -> Closing:
    """When a milestone of this measure may be final."""
    return Closing(end, timedelta(days=measure.days), timedelta(hours=account.grace_hours))


def add(final: Sequence[Case], account: Account, *, basis: Verdict.Basis, now: datetime) -> None:
    """Add a verdict for each, from its measurement, and let it stand. Whoever left before there was any has nothing."""
    version = CalendarVersion.objects.aggregate(newest=Max("pk"))["newest"] if final else None
    for first in range(0, len(final), CHUNK):
        chunk = final[first : first + CHUNK]
        keys = [case.target.pk for case in chunk]
        _empty(chunk)
        measured = Measurement.objects.filter(target__in=keys).in_bulk(field_name="target_id")
        Verdict.objects.bulk_create(
            (
                _verdict(
                    case,
                    measured[case.target.pk],
                    number=case.before + 1,
                    judged_at=now,
                    basis=basis,
                    rules=_rules(case.target, account),
                    calendar_version=version,
                )
                for case in chunk
            ),
            # Somebody else added the same number first.
            ignore_conflicts=True,
        )
        newest = Verdict.objects.filter(target=OuterRef("target")).order_by("-number").values("pk")[:1]
        Measurement.objects.filter(target__in=keys, target__reopened_at__isnull=True).update(verdict=Subquery(newest))


def waiting(goals: QuerySet[Goal], now: datetime) -> QuerySet[Target]:
    """The targets of milestones that have ended without a verdict; those that were reopened wait for a person."""
    return Target.objects.filter(
        contributor__goal__in=goals,
        contributor__removed_at__isnull=True,
        milestone__end__lte=now,
        measurement__verdict__isnull=True,
        reopened_at__isnull=True,
    )


def _empty(chunk: Iterable[Case]) -> None:
    """Whoever had left before it began has nothing, though something was measured before that was known."""
    Measurement.objects.bulk_create(
        (
            Measurement(
                target=case.target,
                status_running=Status.IN_PROGRESS.value,
                status_ended=Status.NO_DATA.value,
                measured_at=case.stopped_at,
            )
            for case in chunk
            if case.stopped_at is not None and case.stopped_at <= case.target.milestone.start
        ),
        update_conflicts=True,
        unique_fields=["target"],
        update_fields=[*MEASURED, "status_running", "status_ended"],
    )


def _verdict(case: Case, measured: Measurement, **judged: Any) -> Verdict:
    return Verdict(
        target=case.target,
        status=measured.status_ended,
        wished=case.target.value,
        stopped_at=case.stopped_at,
        pipelines=case.target.pipelines,
        measure=case.target.milestone.goal.measure,
        watermarks={
            one.slug: [None if at is None else at.isoformat() for at in (one.complete_from, one.complete_until)]
            for one in case.sources
        },
        **{name: getattr(measured, name) for name in MEASURED},
        **judged,
    )


def _rules(target: Target, account: Account) -> dict[str, int]:
    least = Measure.from_json(target.milestone.goal.measure).least
    minimum_sample = account.minimum_sample if least is None else least
    return {"exceeded_above": account.exceeded_above, "minimum_sample": minimum_sample}
