"""What is worth telling of a target: from how it stood when it was looked at last, and how it stands now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from milepost.goals.pace import Pace
from milepost.goals.status import Span, Status
from milepost.notifications.kinds import Kind

MORNING: Final = time(8, 30)
WEEK: Final = timedelta(days=7)
SHORT: Final = frozenset({Pace.BEHIND, Pace.AT_RISK})
REACHED: Final = frozenset({Status.ACHIEVED, Status.EXCEEDED})
KIND_OF_VERDICT: Final = {
    Status.ACHIEVED: Kind.ACHIEVED,
    Status.EXCEEDED: Kind.EXCEEDED,
    Status.MISSED: Kind.MISSED,
}


@dataclass(frozen=True, slots=True)
class Week:
    """From a Monday, 08:30, to the next one."""

    monday: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a target when it was looked at last.

    `told` is the version of the target at which it was announced as achieved while it ran; `verdict` the number of the
    newest verdict that was seen; `monday` the week in which it was looked at.
    """

    begun: bool = False
    pace: Pace | None = None
    told: int | None = None
    verdict: int = 0
    monday: date | None = None


@dataclass(frozen=True, slots=True)
class Stands:
    """How a target stands now.

    `final` is the verdict that stands: none while the milestone runs, is provisional, or was reopened. `verdict` is the
    number of the newest verdict, 0 before the first one. `version` is that of the target's value.
    """

    span: Span
    # Since when there is a target to tell of.
    made_at: datetime
    is_set: bool
    status: Status
    pace: Pace | None = None
    version: int = 0
    final: Status | None = None
    verdict: int = 0
    reopened: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell. The occasion makes it one of its kind; after `until` it is not worth telling any more."""

    kind: Kind
    occasion: str
    until: datetime | None = None
    # It had been announced as achieved, and is not any more.
    fell_back: bool = False


def week_of(now: datetime, zone: ZoneInfo) -> Week:
    """The week that a moment lies in, on the clocks of a zone."""
    local = now.astimezone(zone).date()
    monday = local - timedelta(days=local.weekday())
    if now < _morning(monday, zone):
        monday -= WEEK
    return Week(monday, _morning(monday, zone), _morning(monday + WEEK, zone))


def decide(before: Known, after: Stands, *, now: datetime, week: Week) -> list[News]:
    """What to tell. Of a person who has left, and of what had ended before there was a target, nothing."""
    if after.stopped or after.span.end <= after.made_at:
        return []
    if _runs(after, now):
        return list(_running(before, after, week)) if after.is_set else []
    return list(_final(before, after))


def afterwards(before: Known, after: Stands, *, now: datetime, week: Week) -> Known:
    """What is known once that was decided."""
    announced = after.is_set and _runs(after, now) and after.status in REACHED
    return Known(
        begun=before.begun or now >= after.span.start,
        pace=after.pace,
        told=after.version if announced and not after.stopped else before.told,
        verdict=max(before.verdict, after.verdict),
        monday=week.monday,
    )


def _runs(after: Stands, now: datetime) -> bool:
    """Whether its milestone runs. What was judged runs no more, also where a clock was set back before its end."""
    return after.span.start <= now < after.span.end and not after.verdict


def _running(before: Known, after: Stands, week: Week) -> Iterator[News]:
    if not before.begun:
        yield News(Kind.KICKOFF, str(after.version), until=after.span.end)
    if after.status in REACHED:
        if before.told != after.version:
            yield News(Kind.ACHIEVED, str(after.version))
    elif _fell_short(before.pace, after.pace):
        yield News(Kind.BEHIND_PACE, week.monday.isoformat(), until=min(week.end, after.span.end))
    if before.monday is not None and before.monday < week.monday and after.span.start < week.start:
        fell_back = before.told == after.version and after.status not in REACHED
        until = min(week.end, after.span.end)
        yield News(Kind.WEEKLY_PROGRESS, week.monday.isoformat(), until=until, fell_back=fell_back)


def _fell_short(before: Pace | None, after: Pace | None) -> bool:
    """Whether the pace has become behind or at risk: from a better one."""
    return after in SHORT and before is not after and before is not Pace.AT_RISK


def _final(before: Known, after: Stands) -> Iterator[News]:
    """A verdict is told once; achieved not beside what was announced while it ran. A later one corrects the first."""
    if after.reopened or after.final is None or after.verdict <= before.verdict:
        return
    if before.verdict:
        yield News(Kind.CORRECTED, str(after.verdict))
        return
    kind = KIND_OF_VERDICT.get(after.final)
    if kind is not None and not (kind is Kind.ACHIEVED and before.told == after.version):
        yield News(kind, str(after.version))


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)
