"""A program beside the product: the product's own worker reads one source, and nothing else, until it was read whole.

syncing.py SOURCE     reads it; what it tells in the end is the most memory that it took, in kilobytes, as JSON
"""

import json
import os
import resource
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
django.setup()

from milepost.worker.jobs import KINDS, plan  # noqa: E402 - models can be imported when Django is set up
from milepost.worker.loop import Worker  # noqa: E402 - as above
from milepost.worker.models import Job  # noqa: E402 - as above
from milepost.worker.runs import LOST  # noqa: E402 - as above

# Short, so that the next worker need not wait long for the job of one that was killed.
LEASE: Final = timedelta(seconds=3)
PAUSE: Final = timedelta(milliseconds=50)


def read(source: str) -> None:
    """Until the job is done. One that fails, fails here."""
    worker = Worker({"sync": KINDS["sync"]}, plan=plan, lease=LEASE, pause=PAUSE)
    while not _is_done(f"sync:{source}"):
        if not worker.work_one():
            worker.stopping.wait(PAUSE.total_seconds())


def _is_done(name: str) -> bool:
    job = Job.objects.filter(name=name).first()
    if job is not None and job.error and job.error != LOST:
        sys.exit(job.error % job.error_values)
    return job is not None and job.done_at is not None


def _peak() -> int:
    """The most memory of this process; what it was started from does not count."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


read(sys.argv[1])
used = resource.getrusage(resource.RUSAGE_SELF)
sys.stdout.write(json.dumps({"peak": _peak(), "seconds": used.ru_utime + used.ru_stime}))
