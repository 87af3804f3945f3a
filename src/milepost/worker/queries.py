"""How the jobs are doing, for those who run the installation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.sources.models import Source
from milepost.worker.jobs import KINDS
from milepost.worker.models import Job

# A job that nobody took for so long finds no worker at work.
OVERDUE: Final = timedelta(minutes=5)
MOST: Final = 500


class State(StrEnum):
    """What a job is doing."""

    RUNNING = "running"
    ASKS = "asks"
    FAILED = "failed"
    OVERDUE = "overdue"
    WAITING = "waiting"


NAMES: Final = {
    State.RUNNING: gettext_noop("Running"),
    State.ASKS: gettext_noop("Asks for a person"),
    State.FAILED: gettext_noop("Failed, tries again"),
    State.OVERDUE: gettext_noop("Overdue"),
    State.WAITING: gettext_noop("In order"),
}


@dataclass(frozen=True)
class Shown:
    """A job as people see it. `title` is a text of the catalogue with the source in its place."""

    name: str
    kind: str
    title: str
    source: str
    state: State
    done_at: datetime | None
    due_at: datetime | None
    attempts: int
    error: str
    error_values: dict[str, str]


def jobs(*, now: datetime) -> list[Shown]:
    """All jobs by name, 500 at most."""
    names = {source.slug: source.name for source in Source.objects.all()}
    return [_shown(job, names, now) for job in Job.objects.order_by("name")[:MOST]]


def job(name: str, *, now: datetime) -> Shown | None:
    """One job, where there is one of this name."""
    found = Job.objects.filter(name=name).first()
    return None if found is None else _shown(found, {}, now)


def is_nobody_at_work(shown: list[Shown]) -> bool:
    """Whether something waits for a worker and none takes it."""
    return any(job.state is State.OVERDUE for job in shown) and not any(job.state is State.RUNNING for job in shown)


def _shown(job: Job, names: dict[str, str], now: datetime) -> Shown:
    kind, slug = KINDS.get(job.kind), job.name.partition(":")[2]
    return Shown(
        name=job.name,
        kind=job.kind,
        title=job.kind if kind is None else kind.title,
        source=names.get(slug, slug),
        state=_state(job, now),
        done_at=job.done_at,
        due_at=job.due_at,
        attempts=job.attempts,
        error=job.error,
        error_values=job.error_values,
    )


def _state(job: Job, now: datetime) -> State:
    if job.lease_until is not None and job.lease_until > now:
        return State.RUNNING
    if job.needs_person_since is not None:
        return State.ASKS
    if job.due_at is not None and job.due_at < now - OVERDUE:
        return State.OVERDUE
    return State.FAILED if job.attempts else State.WAITING
