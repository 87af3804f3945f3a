"""The heartbeat: a thread that prolongs the lease of a job while it is worked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from django.db import DatabaseError, connection

from milepost.worker.runs import Run

BEATS_PER_LEASE: Final = 4
logger = logging.getLogger(__name__)


@contextmanager
def heartbeat(run: Run) -> Iterator[None]:
    """Beats as long as the work in here goes on."""
    done = Event()
    thread = Thread(target=_beat, args=(run, done), name=f"heartbeat of {run.job.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(run: Run, done: Event) -> None:
    pause = run.lease.total_seconds() / BEATS_PER_LEASE
    try:
        while not done.wait(pause):
            if not _still_ours(run):
                return
    finally:
        connection.close()


def _still_ours(run: Run) -> bool:
    """False when somebody else has the job. A database that does not answer may do so at the next beat."""
    try:
        return run.beat()
    except DatabaseError:
        logger.warning("The lease of %s could not be prolonged.", run.job.name, exc_info=True)
        return True
