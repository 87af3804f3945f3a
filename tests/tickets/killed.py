"""A write in a process of its own that is killed at the step that is named."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from milepost.tickets.events import Response
from milepost.tickets.store import Store

# Where in a write a process may die: while a file is put beside the others, and while the manifest is.
PROGRAM: Final = """
import os, signal, sys
from pathlib import Path
from milepost.tickets.events import ReplayRules, Response
from milepost.tickets.store import Staged, Store, manifest, placing, update, writing
folder, file, point, now, response, *thresholds = sys.argv[1:]
if thresholds:
    placing.SMALL, placing.SHARE, placing.MOST = map(float, thresholds)
calls = 0
def counted(function):
    def call(*args, **more):
        global calls
        calls += 1
        if calls == int(point):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **more)
    return call
writing._put = counted(writing._put)
writing._sweep = counted(writing._sweep)
writing.manifests.replace = counted(writing.manifests.replace)
manifest._write = counted(manifest._write)
rules = ReplayRules(response=Response(response))
update(Store(Path(folder)), Staged("desk", Path(file), rules), now=int(now))
"""


def write(
    store: Store, file: Path, *, point: int, now: int, response: Response, thresholds: Sequence[float] = ()
) -> bool:
    """Write a staged file; whether the process was killed before its end."""
    told = [store.folder, file, point, now, response.value, *thresholds]
    run = subprocess.run([sys.executable, "-c", PROGRAM, *map(str, told)], check=False, timeout=60)
    assert run.returncode in {0, -signal.SIGKILL}
    return run.returncode != 0
