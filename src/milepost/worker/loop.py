"""The loop of a worker: take a job that is due, work it, look for the next one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from django.db import close_old_connections

from milepost.base import clock
from milepost.base.errors import MilepostError, SourceFailed
from milepost.base.marks import gettext_noop
from milepost.worker import runs
from milepost.worker.fence import fenced
from milepost.worker.heartbeat import heartbeat
from milepost.worker.kinds import Kind, Kinds
from milepost.worker.runs import LEASE, LeaseLost, Run

PAUSE: Final = timedelta(seconds=1)
FAULT: Final = gettext_noop("A fault of Milepost itself: %(error)s. The log of the worker tells more.")
logger = logging.getLogger(__name__)


@dataclass
class Worker:
    """Works jobs until it is told to stop. Any number of them may work beside each other, on any number of machines."""

    kinds: Kinds
    # Called before each look for work: keeps the list of jobs in step with what there is to do.
    plan: Callable[[datetime], None] = lambda _now: None
    now: Callable[[], datetime] = clock.now
    lease: timedelta = LEASE
    pause: timedelta = PAUSE
    stopping: Event = field(default_factory=Event)

    def work(self) -> None:
        """Until `stopping` is set. What is at work then is ended or given back; nothing new is begun."""
        while not self.stopping.is_set():
            close_old_connections()
            if not self._worked_one():
                self.stopping.wait(self.pause.total_seconds())

    def work_one(self) -> bool:
        """Work one job that is due; whether there was one."""
        self.plan(self.now())
        run = runs.take(now=self.now, kinds=frozenset(self.kinds), lease=self.lease, stopping=self.stopping)
        if run is None:
            return False
        try:
            with heartbeat(run), fenced(run):
                _work(run, self.kinds[run.job.kind])
        except LeaseLost:
            logger.warning("Another worker has taken over %s; what this one did of it is not written.", run.job.name)
        return True

    def _worked_one(self) -> bool:
        # A database that is away comes back; a worker that ended would not.
        try:
            return self.work_one()
        except Exception:
            logger.exception("The worker could not look for work; it tries again.")
            return False


def _work(run: Run, kind: Kind) -> None:
    """Do the work and write how it ended."""
    run.every = kind.every
    try:
        outcome = kind.work(run)
        if not run.ended:
            run.finish(outcome)
        logger.info("The run of a job has ended.", extra={"job": run.job.name, "seconds": _seconds(run)})
    except LeaseLost:
        raise
    except MilepostError as error:
        logger.warning("A job failed; milepost jobs says why.", extra={"job": run.job.name})
        run.fail(error.message, error.values, permanent=_is_permanent(error))
    except Exception as error:
        logger.exception("%s failed.", run.job.name)
        run.fail(FAULT, {"error": f"{type(error).__name__}: {error}"[:500]})


def _is_permanent(error: MilepostError) -> bool:
    return isinstance(error, SourceFailed) and error.permanent


def _seconds(run: Run) -> float:
    return 0.0 if run.job.begun_at is None else round((run.now() - run.job.begun_at).total_seconds(), 3)
