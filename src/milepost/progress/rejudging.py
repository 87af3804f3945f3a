"""Judging again what was measured, by other rules: first to say what would change, then to change it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from milepost.goals import pace as paces
from milepost.goals.pace import Pace
from milepost.goals.status import Actual, Rules, Span, Status, status
from milepost.goals.stopped import stopped
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Measure
from milepost.progress.models import Measurement

CHUNK: Final = 1_000


@dataclass(frozen=True)
class Effect:
    """How many targets would be shown with another status or pace: from which word to which."""

    statuses: Mapping[tuple[Status, Status], int]
    paces: Mapping[tuple[Pace | None, Pace | None], int]
    # Targets of which anything changes, in milestones that run, and in those that have ended.
    running: int
    ended: int

    @property
    def targets(self) -> int:
        """All targets of which anything changes."""
        return self.running + self.ended


@dataclass(frozen=True)
class _Change:
    """A measurement with its new verdicts, and what a page shows of it before and after."""

    measurement: Measurement
    running: bool
    statuses: tuple[Status, Status]
    paces: tuple[Pace | None, Pace | None]

    @property
    def is_seen(self) -> bool:
        """Whether a reader sees a difference at this moment."""
        return self.statuses[0] is not self.statuses[1] or self.paces[0] is not self.paces[1]


def effect(rules: Rules, *, now: datetime) -> Effect:
    """What these rules would change, if they held now."""
    seen = [change for change in _changes(rules, now) if change.is_seen]
    running = sum(change.running for change in seen)
    return Effect(
        statuses=Counter(change.statuses for change in seen if change.statuses[0] is not change.statuses[1]),
        paces=Counter(change.paces for change in seen if change.paces[0] is not change.paces[1]),
        running=running,
        ended=len(seen) - running,
    )


def rejudge(rules: Rules, *, now: datetime) -> None:
    """Give every measurement the verdicts of these rules; the values stay as they were measured."""
    changed = [change.measurement for change in _changes(rules, now)]
    Measurement.objects.bulk_update(changed, ["status_running", "status_ended", "pace"], batch_size=CHUNK)


def _changes(rules: Rules, now: datetime) -> Iterator[_Change]:
    """The measurements of goals in use that these rules judge differently; what is final or has stopped is not."""
    there = Measurement.objects.filter(
        target__contributor__goal__archived_at__isnull=True,
        target__contributor__removed_at__isnull=True,
        verdict__isnull=True,
    ).exclude(stopped("target__"))
    measures: dict[int, Measure] = {}
    for one in there.select_related("target__milestone__goal").order_by("pk").iterator(chunk_size=CHUNK):
        goal = one.target.milestone.goal
        if goal.pk not in measures:
            measures[goal.pk] = Measure.from_json(goal.measure)
        before = (one.status_running, one.status_ended, one.pace)
        shown = _shown(one, now)
        _judge(one, measures[goal.pk], rules)
        if before != (one.status_running, one.status_ended, one.pace):
            after = _shown(one, now)
            running = now < one.target.milestone.end
            yield _Change(one, running, statuses=(shown[0], after[0]), paces=(shown[1], after[1]))


def _judge(one: Measurement, measure: Measure, rules: Rules) -> None:
    """What a count lacked when it was measured, it still lacks: sources that were read, or any act."""
    lacking = measure.aggregate is Aggregate.COUNT and one.status_ended == Status.NO_DATA
    actual = Actual(shown=one.shown, sample=one.sample, covered=not lacking)
    milestone, wished = one.target.milestone, one.target.value
    span = Span(milestone.start, milestone.end)
    gone = paces.elapsed(span, now=one.measured_at)
    one.status_running = status(actual, wished, measure, span, now=span.start, rules=rules).value
    one.status_ended = status(actual, wished, measure, span, now=span.end, rules=rules).value
    pace = paces.pace(actual, wished, measure, gone=gone, rules=rules)
    one.pace = None if pace is None else pace.value


def _shown(one: Measurement, now: datetime) -> tuple[Status, Pace | None]:
    running = now < one.target.milestone.end
    word = Status(one.status_running if running else one.status_ended)
    return word, Pace(one.pace) if word is Status.IN_PROGRESS and one.pace else None
