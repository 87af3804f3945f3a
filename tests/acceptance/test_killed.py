"""An import that is killed at any moment is made good by the next one; whoever reads meanwhile sees whole tickets."""

import random
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest

from milepost.connectors.demo.log import LOG, MAPPING, MEMBER
from milepost.tickets.store import Store
from tests.program import MILEPOST, counted, environment, hashes, milepost

KILLS: Final = 10
SEED: Final = 20_161_125
Facts = list[tuple[Any, ...]]
Look = tuple[int, int, int]


@dataclass(frozen=True)
class Desk:
    """A data folder before an import, and what an undisturbed import of the file makes of it."""

    data: Path
    file: Path
    looks: tuple[Look, Look]
    after: Facts
    files: dict[str, str]
    identities: int
    seconds: float


def facts(data: Path) -> Facts:
    """All facts, each with its names, not its numbers."""
    return Store(data / "facts").read(
        lambda db: db.execute(
            """
            SELECT facts.* EXCLUDE (agent, team), a.text AS agent, t.text AS team FROM facts
            LEFT JOIN names a ON a.kind = 'agent' AND a.number = agent
            LEFT JOIN names t ON t.kind = 'team' AND t.number = team
            ORDER BY ALL
            """
        ).fetchall()
    )


def look(data: Path) -> Look:
    """What a reader sees: how many facts of how many tickets, and a sum over all that they say."""
    statement = "SELECT count(*), count(DISTINCT ticket), sum(hash(facts)) FROM facts"
    (seen,) = Store(data / "facts").read(lambda db: db.execute(statement).fetchall())
    return seen


def cut(file: Path, every: int, *, last: bool) -> Path:
    """Every so manieth ticket of the log, over all its months; with the last row of each ticket or without."""
    with zipfile.ZipFile(LOG) as archive, archive.open(MEMBER) as raw, file.open("wb") as handle:
        handle.write(next(raw))
        for number, (_, rows) in enumerate(groupby(raw, key=lambda row: row.partition(b",")[0])):
            if number % every == 0:
                handle.writelines(list(rows)[: None if last else -1])
    return file


def fact_files(data: Path) -> dict[str, str]:
    """The bytes of the fact files that count."""
    found = hashes(data)
    return {name: found[name] for name in Store(data / "facts").manifest().facts()}


@contextmanager
def importing(data: Path, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An import that goes on in a process of its own."""
    command = [str(MILEPOST), "import", str(file), "--mapping", str(MAPPING)]
    with subprocess.Popen(command, env=environment(data), stdout=subprocess.DEVNULL) as process:
        yield process


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("killed")
    data, undisturbed = folder / "data", folder / "undisturbed"
    milepost(data, "import", cut(folder / "first.csv", every=24, last=False), "--mapping", MAPPING)
    shutil.copytree(data, undisturbed)
    file = cut(folder / "longer.csv", every=12, last=True)
    seen = []
    began = time.monotonic()
    with importing(undisturbed, file) as process:
        while process.poll() is None:
            seen.append(look(undisturbed))
    seconds = time.monotonic() - began
    after = facts(undisturbed)
    assert process.returncode == 0
    looks = look(data), look(undisturbed)
    assert looks[0][1] < looks[1][1]
    assert set(seen) <= set(looks)
    return Desk(data, file, looks, after, fact_files(undisturbed), counted(undisturbed, "sources_identity"), seconds)


def moments() -> list[float]:
    """Seeded shares of the time that an import takes; as many kills in each fifth of it."""
    chance = random.Random(SEED)  # noqa: S311 - chance, not a secret
    return [(kill % 5 + chance.random()) / 5 for kill in range(KILLS)]


@pytest.mark.parametrize("share", moments(), ids="{:.0%}".format)
def test_after_a_kill_the_next_import_ends_in_the_same_facts(desk: Desk, tmp_path: Path, share: float) -> None:
    data = Path(shutil.copytree(desk.data, tmp_path / "data"))
    deadline = time.monotonic() + share * desk.seconds
    with importing(data, desk.file) as process:
        while time.monotonic() < deadline:
            assert look(data) in desk.looks
        process.kill()
    assert look(data) in desk.looks
    milepost(data, "import", desk.file, "--mapping", MAPPING)
    assert facts(data) == desk.after
    assert fact_files(data) == desk.files
    assert counted(data, "sources_identity") == desk.identities
