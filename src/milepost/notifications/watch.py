"""Looking at targets: how they stood, how they stand, and what of it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from milepost.goals.models import Goal, Target, TargetVersion
from milepost.goals.pace import Pace
from milepost.goals.status import Span, Status
from milepost.goals.stopped import stopped
from milepost.notifications import decide, edits, finals, outbox
from milepost.notifications.decide import Known, News, Stands
from milepost.notifications.finals import Targets
from milepost.notifications.models import KnownTarget, Watch
from milepost.notifications.numbers import Numbers
from milepost.notifications.outbox import Told

CHUNK: Final = 1_000
THE_WATCH: Final = 1
COLUMNS: Final = ("begun", "pace", "told", "verdict", "monday")


@transaction.atomic
def look(goals: QuerySet[Goal], *, now: datetime) -> int:
    """Tell what is new of these goals; how many notices were written.

    Called in the transaction of a change, all of it stands or falls with the change. The first look ever tells
    nothing: it learns how things stand, and nobody hears of what was before.
    """
    since = _hold(now)
    told: list[Told] = []
    for chunk in _chunks(_telling(goals, now)):
        told += _news(chunk, now)
    if since is None:
        return 0
    return outbox.tell([*told, *edits.unheard(since=since, now=now)], now=now)


def _hold(now: datetime) -> datetime | None:
    """Hold the watch until the end of the transaction; since when it goes on, None where it begins now."""
    begun = Watch.objects.filter(pk=THE_WATCH).exists()
    Watch.objects.bulk_create([Watch(pk=THE_WATCH, since=now)], ignore_conflicts=True)
    watch = Watch.objects.select_for_update().get(pk=THE_WATCH)
    return watch.since if begun else None


def _telling(goals: QuerySet[Goal], now: datetime) -> Targets:
    """Targets of which there may be news: of running milestones, with a new verdict, or never looked at."""
    there = Target.objects.filter(
        contributor__goal__in=goals,
        contributor__goal__archived_at__isnull=True,
        contributor__removed_at__isnull=True,
        milestone__start__lte=now,
    )
    versions = TargetVersion.objects.filter(target=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    asked = finals.with_verdict(there).annotate(version=Subquery(versions), has_stopped=stopped())
    news = Q(milestone__end__gt=now) | Q(known__isnull=True) | Q(known__verdict__lt=F("verdict_number"))
    shown = "milestone", "contributor__goal", "contributor__person", "contributor__team", "measurement", "known"
    found: Targets = asked.filter(news).select_related(*shown)
    return found.order_by("pk")


def _chunks(targets: Targets) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(targets.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _news(chunk: Sequence[Any], now: datetime) -> list[Told]:
    """What is new of these targets; how they stand now is kept."""
    told: list[Told] = []
    changed: list[KnownTarget] = []
    for target in chunk:
        before, after = _known(target), _stands(target, now)
        week = decide.week_of(now, ZoneInfo(target.contributor.goal.zone))
        told += [Told(target, one, _numbers(target, one)) for one in decide.decide(before, after, now=now, week=week)]
        known = decide.afterwards(before, after, now=now, week=week)
        if known != before:
            changed.append(KnownTarget(target=target, **asdict(known)))
    KnownTarget.objects.bulk_create(changed, update_conflicts=True, unique_fields=["target"], update_fields=COLUMNS)
    return told


def _known(target: Any) -> Known:
    kept = getattr(target, "known", None)
    if kept is None:
        return Known()
    return Known(kept.begun, Pace(kept.pace) if kept.pace else None, kept.told, kept.verdict, kept.monday)


def _stands(target: Any, now: datetime) -> Stands:
    milestone, measured = target.milestone, getattr(target, "measurement", None)
    status = Status.PENDING
    if measured is not None:
        status = Status(measured.status_running if now < milestone.end else measured.status_ended)
    final, reopened = target.verdict_status, target.verdict_reopened_at is not None
    return Stands(
        span=Span(milestone.start, milestone.end),
        made_at=target.contributor.joined_at or target.contributor.goal.created_at,
        is_set=target.value is not None,
        status=status,
        pace=Pace(measured.pace) if measured and measured.pace and status is Status.IN_PROGRESS else None,
        version=target.version or 0,
        final=Status(final) if final and not reopened else None,
        verdict=target.verdict_number or 0,
        reopened=reopened,
        stopped=target.has_stopped,
    )


def _numbers(target: Any, news: News) -> Numbers:
    measured = getattr(target, "measurement", None)
    told = Numbers(wished=target.value, status=target.verdict_status or "", fell_back=news.fell_back)
    if target.verdict_status:
        # What was measured since is what later changes would make of it.
        return replace(told, shown=target.verdict_shown, progress=target.verdict_progress)
    if measured is None:
        return told
    pace = Pace(measured.pace) if measured.pace else None
    return replace(told, shown=measured.shown, progress=measured.progress, pace=pace)
