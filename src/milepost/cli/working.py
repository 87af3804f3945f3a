"""Working the jobs in a process: what stops it, and how `milepost up` keeps one beside the pages."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from milepost.worker.jobs import KINDS, plan
from milepost.worker.loop import Worker

# How long a job may take to come to a good end, or to give the rest back, when the process is to stop.
GRACE: Final = 30
PAUSE: Final = 1.0
LOOK: Final = 2.0


def work(*, parent: int | None = None) -> None:
    """Work jobs until SIGTERM or Ctrl+C, or until `parent` is no longer there. What is at work then is ended first."""
    worker = Worker(KINDS, plan=plan)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    if parent is not None:
        Thread(target=_stop_without, args=(parent, worker.stopping), daemon=True).start()
    worker.work()


def _stop_without(parent: int, stopping: Event) -> None:
    """A worker must not go on when the process that keeps it was killed."""
    while os.getppid() == parent:
        if stopping.wait(LOOK):
            return
    stopping.set()


@contextmanager
def beside() -> Iterator[None]:
    """A worker in a process of its own, beside what goes on in here; one that dies is started again."""
    stopping = Event()
    keeper = Thread(target=_keep, args=(stopping,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep(stopping: Event) -> None:
    while not stopping.is_set():
        with subprocess.Popen(_command()) as process:
            while process.poll() is None and not stopping.wait(PAUSE):
                pass
            if process.poll() is None:
                _end(process)
        stopping.wait(PAUSE)


def _command() -> list[str]:
    return [sys.executable, "-m", "milepost.cli.main", "worker", "--parent", str(os.getpid())]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop; a job that takes too long is taken up by the next worker when its lease is over."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
