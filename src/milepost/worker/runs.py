"""One run of a job: the lease on it, its heartbeat, and how it ends. Whoever lost the lease ends nothing."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from milepost.base.marks import gettext_noop
from milepost.worker import backoff
from milepost.worker.models import Job

LEASE: Final = timedelta(seconds=60)
# So many are looked at to find one that nobody else takes at the same moment.
LOOKED_AT: Final = 20
LOST: Final = gettext_noop("The worker was stopped in the middle of it.")

Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """Another worker has the job; what this one still does is not written."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended that did not fail.

    `again` asks for the next run sooner than the rhythm has it. A complaint is shown to administrators, though nothing
    failed: one bad file of many, for example.
    """

    again: timedelta | None = None
    complaint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


DONE: Final = Outcome()


@dataclass
class Run:
    """A job in the hands of this worker, until it is finished, failed, given back, or lost."""

    job: Job
    now: Clock
    lease: timedelta = LEASE
    stopping: Event = field(default_factory=Event)
    # The rhythm of the job; without one it is done once.
    every: timedelta | None = None
    ended: bool = False

    @property
    def subject(self) -> str:
        """What the job is about: the part of its name behind the colon."""
        return self.job.name.partition(":")[2]

    def beat(self) -> bool:
        """Prolong the lease; whether there was one to prolong. A run that has ended has none."""
        now = self.now()
        return (
            self._held().filter(lease_until__isnull=False).update(heartbeat_at=now, lease_until=now + self.lease) == 1
        )

    def hold(self) -> None:
        """Make sure that the job is still ours, until the end of the transaction that this is called in."""
        if not self.beat():
            raise LeaseLost(self.job.name)

    @contextmanager
    def finishing(self, outcome: Outcome = DONE) -> Iterator[None]:
        """A transaction that holds what is written in it and the end of the run: both or neither."""
        with transaction.atomic():
            self.hold()
            yield
            self.finish(outcome)

    def finish(self, outcome: Outcome = DONE) -> None:
        """The work is done; it is due again by its rhythm, or as soon as the outcome asks."""
        now = self.now()
        after = self.every if outcome.again is None else outcome.again
        self._end(
            now=now,
            next_at=None if after is None else now + after,
            attempts=0,
            done_at=now,
            took=None if self.job.begun_at is None else now - self.job.begun_at,
            needs_person_since=None,
            error=outcome.complaint,
            error_values=_texts(outcome.values),
        )

    def fail(self, error: str, values: Mapping[str, object], *, permanent: bool = False) -> None:
        """The work failed. It is tried again after a while; not when trying is of no use."""
        now = self.now()
        attempts = self.job.attempts + 1
        asks = backoff.needs_person(attempts, permanent=permanent)
        wait = backoff.wait(attempts, chance=random.random())  # noqa: S311 - chance, not a secret
        self._end(
            now=now,
            next_at=None if permanent else now + wait,
            attempts=attempts,
            failed_at=now,
            needs_person_since=(self.job.needs_person_since or now) if asks else None,
            error=error,
            error_values=_texts(values),
        )

    def give_back(self) -> None:
        """Leave the rest to the next worker, at once."""
        self.ended = True
        self._update(lease_until=None)

    def _end(self, *, next_at: datetime | None, now: datetime, **columns: object) -> None:
        # Asked for again meanwhile: what came to be known after the run had begun is not in it.
        asked_again = ~Q(due_at=self.job.due_at) & Q(due_at__isnull=False)
        due = Case(When(asked_again, then=F("due_at")), default=Value(next_at, Job._meta.get_field("due_at")))
        if not self._update(due_at=due, lease_until=None, heartbeat_at=now, **columns):
            raise LeaseLost(self.job.name)
        self.ended = True

    def _update(self, **columns: object) -> bool:
        return self._held().update(**columns) == 1

    def _held(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, fence=self.job.fence)


def take(*, now: Clock, kinds: frozenset[str], lease: timedelta = LEASE, stopping: Event | None = None) -> Run | None:
    """A job that is due and that nobody holds, with a new lease on it; None where there is none.

    Two workers that want the same job at the same moment do not both get it: the update asks for the fencing number
    that was seen, and only one finds it.
    """
    moment = now()
    for job in _free(moment, lease).filter(due_at__lte=moment, kind__in=kinds).order_by("due_at", "pk")[:LOOKED_AT]:
        seen = _free(moment, lease).filter(pk=job.pk, fence=job.fence, due_at=job.due_at)
        columns: dict[str, Any] = {"lease_until": moment + lease, "heartbeat_at": moment, "begun_at": moment}
        columns |= {} if job.lease_until is None else _lost(job, moment)
        if seen.update(fence=job.fence + 1, **columns):
            # Not read again: by now another worker may have the job, and a number that is newer than ours.
            job.fence += 1
            for name, value in columns.items():
                setattr(job, name, value)
            return Run(job, now, lease, stopping or Event())
    return None


def _free(moment: datetime, lease: timedelta) -> QuerySet[Job]:
    """Jobs without a lease that counts. One that ends too far ahead was made before the clock was set back."""
    held = Q(lease_until__gt=moment) & Q(lease_until__lte=moment + lease)
    return Job.objects.filter(Q(lease_until__isnull=True) | ~held)


def _lost(job: Job, moment: datetime) -> dict[str, object]:
    """Who held it before was killed, or slept: a job that kills its worker each time must not look well."""
    attempts = job.attempts + 1
    asks = backoff.needs_person(attempts, permanent=False)
    return {
        "attempts": attempts,
        "failed_at": moment,
        "error": LOST,
        "error_values": {},
        "needs_person_since": (job.needs_person_since or moment) if asks else None,
    }


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
