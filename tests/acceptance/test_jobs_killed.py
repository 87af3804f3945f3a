"""Two workers, one of which is killed again and again: every job has its effect once, and none is stuck.

A few kills by default; MILEPOST_KILLING is how many seconds the two work at the least.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.program import PATIENCE, environment, kill, milepost, stop

PROGRAM: Final = Path(__file__).with_name("counting.py")
JOBS: Final = 500
ENTRIES: Final = 3
SEED: Final = 20_261_125
SECONDS: Final = float(os.environ.get("MILEPOST_KILLING", "3"))
# Two work at a time.
MILLISECONDS: Final = int(2 * 1000 * SECONDS / JOBS)
# So many jobs are done between two kills.
BETWEEN: Final = (5, 60)


class Workers:
    """Two workers, on one database."""

    def __init__(self, data: Path, database: str) -> None:
        self._environment = environment(data, database)
        self._running: list[subprocess.Popen[bytes]] = []

    def begin(self) -> None:
        """Two workers begin."""
        self._running = [self._worker(), self._worker()]

    def kill(self, number: int) -> None:
        """One is killed, and another begins in its place."""
        kill(self._running[number])
        self._running[number] = self._worker()

    def stop(self) -> list[int]:
        """They are asked to end; how they did."""
        return stop(self._running)

    def program(self, *arguments: str) -> str:
        """What the program answers."""
        command = [sys.executable, str(PROGRAM), *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout

    def tell(self) -> dict[str, Any]:
        """What became of the jobs."""
        return dict(json.loads(self.program("tell")))

    def wait(self, most: int) -> int:
        """Wait until no more than so many jobs are left; how many are. A long time without any done is a failure."""
        left, deadline = JOBS, time.monotonic() + PATIENCE
        while (now_left := int(self.tell()["not done"])) > most:
            if now_left < left:
                left, deadline = now_left, time.monotonic() + PATIENCE
            assert time.monotonic() < deadline, f"{now_left} jobs are stuck"
        return now_left

    def _worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(PROGRAM), "work", str(MILLISECONDS)]
        return subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE)


@pytest.mark.database
def test_every_job_has_its_effect_once_whatever_is_killed(
    tmp_path: Path, database: str, record_property: Callable[[str, object], None]
) -> None:
    milepost(tmp_path, "migrate", "--verbosity=0", database=database)
    workers = Workers(tmp_path, database)
    workers.program("prepare", str(JOBS))
    chance = random.Random(SEED)  # noqa: S311 - chance, not a secret
    kills, left = 0, JOBS
    workers.begin()
    try:
        while left > BETWEEN[1]:
            left = workers.wait(left - chance.randint(*BETWEEN))
            # The one that began before the other, so that it has had the time to work.
            workers.kill(kills % 2)
            kills += 1
        workers.wait(0)
    finally:
        codes = workers.stop()
    told = workers.tell()
    record_property("kills", kills)
    record_property("taken again", told["taken again"])
    assert told["entries"] == {str(ENTRIES): JOBS}
    assert (told["not done"], told["held"], told["asking"]) == (0, 0, 0)
    assert codes == [0, 0]
    # The kills hit: jobs were taken again from workers that died in the middle of them.
    assert kills >= 3
    assert told["taken again"] > kills / 4
