"""A refresh that is killed at any moment leaves the last measurements whole; the next one is right."""

import random
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from tests.program import MILEPOST, environment, milepost

KILLS: Final = 20
SEED: Final = 20_261_125
Rows = list[tuple[Any, ...]]


def measured(data: Path) -> Rows:
    """Every measurement but the moment it was made at."""
    statement = """
        SELECT target_id, numerator, denominator, sample, shown, progress, status_running, status_ended
        FROM progress_measurement ORDER BY target_id
    """
    with closing(sqlite3.connect(data / "milepost.sqlite3", timeout=60)) as database:
        return database.execute(statement).fetchall()


def moments(data: Path) -> int:
    """How many moments of measuring the rows tell."""
    with closing(sqlite3.connect(data / "milepost.sqlite3", timeout=60)) as database:
        (count,) = database.execute("SELECT count(DISTINCT measured_at) FROM progress_measurement").fetchone()
        return int(count)


def spoil(data: Path) -> None:
    """Measurements as they were before the facts changed: all of them wrong."""
    with closing(sqlite3.connect(data / "milepost.sqlite3")) as database:
        database.execute("UPDATE progress_measurement SET numerator = -1, sample = -1")
        database.commit()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows, float]:
    """The demo desk with wrong measurements, the right ones, and how long a refresh takes."""
    data = tmp_path_factory.mktemp("killed") / "data"
    milepost(data, "demo", "--once")
    began = time.monotonic()
    milepost(data, "refresh")
    seconds = time.monotonic() - began
    right = measured(data)
    spoil(data)
    return data, right, seconds


def shares() -> list[float]:
    """Seeded shares of the time that a refresh takes, more of them near its end, where it writes."""
    chance = random.Random(SEED)  # noqa: S311 - chance, not a secret
    return [chance.random() if kill % 2 else 0.7 + 0.3 * chance.random() for kill in range(KILLS)]


@pytest.mark.parametrize("share", shares(), ids="{:.0%}".format)
def test_after_a_kill_the_next_refresh_is_right(desk: tuple[Path, Rows, float], tmp_path: Path, share: float) -> None:
    wrong, right, seconds = desk
    data = Path(shutil.copytree(wrong, tmp_path / "data"))
    before = measured(data)
    deadline = time.monotonic() + share * seconds
    with subprocess.Popen([MILEPOST, "refresh"], env=environment(data), stdout=subprocess.DEVNULL) as process:
        while time.monotonic() < deadline:
            assert measured(data) in (before, right)
        process.kill()
    assert measured(data) in (before, right)
    assert moments(data) == 1
    milepost(data, "refresh")
    assert measured(data) == right
