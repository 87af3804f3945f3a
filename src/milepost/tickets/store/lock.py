"""One writer at a time."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop


class Busy(Refused):
    """Another process writes; a moment later it will not."""


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """The writer's own folder for scratch files, empty. Refuses while another process writes.

    The lock goes with the process, so that a killed writer leaves nothing that a person must mend.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "writer.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(gettext_noop("Another import is writing facts. Start again when it is done.")) from error
        scratch = folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
