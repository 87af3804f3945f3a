"""A program beside the product: jobs whose effect can be counted, worked by the product's own worker.

counting.py prepare NUMBER     that many jobs, all due
counting.py work MILLISECONDS  says so and works them until it is killed; each takes so much of a processor
counting.py tell               what became of them, as JSON
"""

import json
import os
import signal
import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Final

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
django.setup()

from milepost.base import clock  # noqa: E402 - models can be imported when Django is set up
from milepost.history.models import Change  # noqa: E402 - as above
from milepost.history.record import record  # noqa: E402 - as above
from milepost.worker.kinds import Kind  # noqa: E402 - as above
from milepost.worker.loop import Worker  # noqa: E402 - as above
from milepost.worker.models import Job  # noqa: E402 - as above
from milepost.worker.runs import Outcome, Run  # noqa: E402 - as above

LEASE: Final = timedelta(seconds=3)
PAUSE: Final = timedelta(milliseconds=50)
ENTRIES: Final = 3


def prepare(number: int) -> None:
    """All due now."""
    now = clock.now()
    Job.objects.bulk_create(Job(name=f"count:{one}", kind="count", due_at=now) for one in range(number))


def work(milliseconds: int) -> None:
    """Half of the work before the transaction of the effect, half in the middle of it."""

    def count(run: Run) -> Outcome:
        toil(milliseconds / 2)
        with run.finishing():
            for _ in range(ENTRIES):
                record("counted", run.job, by=None, now=run.now())
                toil(milliseconds / 2 / ENTRIES)
        return Outcome()

    worker = Worker({"count": Kind("count", "Count", count)}, lease=LEASE, pause=PAUSE)
    signal.signal(signal.SIGTERM, lambda *_: worker.stopping.set())
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    worker.work()


def toil(milliseconds: float) -> None:
    """Use a processor for so long."""
    until = time.thread_time() + milliseconds / 1000
    while time.thread_time() < until:
        pass


def tell() -> None:
    """How many jobs have how many entries; how many are not done or still held; how many were taken more than once."""
    entries = Counter(Change.objects.order_by().values_list("thing_name", flat=True))
    jobs = list(Job.objects.all())
    told = {
        "entries": dict(Counter(entries[job.name] for job in jobs)),
        "not done": sum(job.done_at is None or job.due_at is not None for job in jobs),
        "held": sum(job.lease_until is not None for job in jobs),
        "asking": sum(job.needs_person_since is not None for job in jobs),
        "taken again": sum(job.fence > 1 for job in jobs),
    }
    sys.stdout.write(json.dumps(told))


match sys.argv[1:]:
    case ["prepare", number]:
        prepare(int(number))
    case ["work", milliseconds]:
        work(int(milliseconds))
    case ["tell"]:
        tell()
