"""A worker whose clock stands where the test puts it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from milepost.worker.kinds import Kind
from milepost.worker.loop import Worker
from milepost.worker.models import Job
from milepost.worker.runs import Outcome, Run

MONDAY = datetime(2026, 3, 16, 11, tzinfo=UTC)


@dataclass
class Shift:
    """Workers on one clock, who do what the test says."""

    now: datetime = MONDAY
    done: list[str] = field(default_factory=list)
    work: Callable[[Run], Outcome] = lambda _run: Outcome()

    def clock(self) -> datetime:
        """The moment."""
        return self.now

    def pass_(self, **time: float) -> None:
        """Time goes on."""
        self.now += timedelta(**time)

    def worker(self, *, every: timedelta | None = timedelta(minutes=5)) -> Worker:
        """One more worker."""
        return Worker({"count": Kind("count", "Count", self._work, every=every)}, now=self.clock)

    def _work(self, run: Run) -> Outcome:
        self.done.append(run.job.name)
        return self.work(run)


@pytest.fixture
def shift(db: None) -> Shift:
    return Shift()


@pytest.fixture
def job(db: None) -> Job:
    """A job that is due."""
    return Job.objects.create(name="count:tickets", kind="count", due_at=MONDAY)
