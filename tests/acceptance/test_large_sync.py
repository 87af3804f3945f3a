"""A sync of many tickets that is killed at any moment, again and again, ends as an undisturbed one, in bounded memory.

Few tickets and kills by default; MILEPOST_SYNCED is how many tickets there are, and then it is killed ten times.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest

from milepost.tickets.store import Store
from milepost.tickets.store.reading import parquet, whole
from tests.contracts.hubspot import TOKEN
from tests.program import environment, milepost

ROOT: Final = Path(__file__).parents[2]
TICKETS: Final = int(os.environ.get("MILEPOST_SYNCED", "4000"))
KILLS: Final = 10 if "MILEPOST_SYNCED" in os.environ else 3
SEED: Final = 20_261_126
# A worker that does not come to an end is stuck.
LONGEST: Final = 3 * 3600
# In kilobytes. Half of it is what the program takes before it reads anything, and what DuckDB may take.
MOST_MEMORY: Final = 400_000
# What must be equal in the end, whatever happened on the way.
KEPT: Final = {
    "source": "SELECT slug, cursor, complete_from, disconnected_at FROM sources_source",
    "identities": """
        SELECT kind, key, number, p.name, p.email, t.name FROM sources_identity
        LEFT JOIN people_person p ON p.id = person_id LEFT JOIN people_team t ON t.id = team_id
    """,
    # The desk does not say since when an agent is gone: the moment is that of the sync that saw it.
    "people": "SELECT name, email, deactivated_at IS NOT NULL FROM people_person",
}


@dataclass(frozen=True)
class Desk:
    """The help desk, in a process of its own."""

    port: int

    def asked(self) -> int:
        """How many questions it answered."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/asked") as answer:
            return int(json.load(answer))


@dataclass
class Reading:
    """A data folder into which workers read, and what that took."""

    data: Path
    seconds: float = 0.0
    processor: float = 0.0
    peak: int = 0

    def connect(self, desk: Desk) -> None:
        """As an administrator does it."""
        self.data.mkdir()
        token = self.data / "token"
        token.write_text(TOKEN, encoding="ascii")
        milepost(self.data, "migrate", "--verbosity=0")
        told = ("--set", f"address=http://127.0.0.1:{desk.port}", "--set", "since=2020-01-01")
        milepost(self.data, "connect", "hubspot", *told, "--token-file", token, "--own-network")

    def worker(self) -> "subprocess.Popen[bytes]":
        """One that ends when everything was read."""
        command = [sys.executable, str(Path(__file__).with_name("syncing.py")), "hubspot"]
        return subprocess.Popen(command, env=environment(self.data), stdout=subprocess.PIPE)

    def read(self) -> None:
        """Until the end."""
        began = time.monotonic()
        with self.worker() as process:
            printed, _ = process.communicate(timeout=LONGEST)
        assert process.returncode == 0
        told = json.loads(printed)
        self.seconds += time.monotonic() - began
        self.processor += told["seconds"]
        self.peak = max(self.peak, told["peak"])

    def killed_after(self, seconds: float, desk: Desk) -> str:
        """Killed so long after it first asked; where it was by then, or that it had come to its end."""
        before, began = desk.asked(), time.monotonic()
        with self.worker() as process:
            while desk.asked() == before:
                assert process.poll() is None
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.peak = max(self.peak, _peak(process.pid))
                process.kill()
                return str(self.kept("SELECT cursor FROM sources_source")[0][0])
            finally:
                self.seconds += time.monotonic() - began
        return "ended"

    def kept(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the database."""
        with closing(sqlite3.connect(self.data / "milepost.sqlite3", timeout=60)) as database:
            return sorted(database.execute(query).fetchall(), key=repr)


@pytest.fixture
def desk() -> Iterator[Desk]:
    command = [sys.executable, "-m", "tests.acceptance.large_hubspot", str(TICKETS)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield Desk(int(process.stdout.readline()))
        process.communicate()


def test_a_sync_that_is_killed_again_and_again_ends_as_an_undisturbed_one(
    tmp_path: Path, desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    undisturbed, killed = Reading(tmp_path / "undisturbed"), Reading(tmp_path / "killed")
    undisturbed.connect(desk)
    undisturbed.read()
    asked = desk.asked()
    killed.connect(desk)
    found = [killed.killed_after(pause, desk) for pause in pauses(undisturbed.seconds)]
    killed.read()
    told = {
        "tickets": TICKETS,
        "facts": _facts(undisturbed.data),
        "requests": (asked, desk.asked() - asked),
        "seconds": (round(undisturbed.seconds), round(killed.seconds)),
        "of the processor, undisturbed": round(undisturbed.processor),
        "peak memory in kB": (undisturbed.peak, killed.peak),
        "killed at": found,
        "facts that differ": differing(undisturbed.data, killed.data),
    }
    for name, value in told.items():
        record_property(name, value)
        sys.stdout.write(f"{name}: {value}\n")
    assert differing(undisturbed.data, killed.data) == 0
    for name, query in KEPT.items():
        assert killed.kept(query) == undisturbed.kept(query), name
    assert names(killed.data) == names(undisturbed.data)
    assert max(undisturbed.peak, killed.peak) < MOST_MEMORY
    # The kills hit: the sync was at work, and at another place each time.
    assert "ended" not in found
    assert len(set(found)) > KILLS / 2


def pauses(seconds: float) -> list[float]:
    """How long each of the workers works that are killed: between two random moments of an undisturbed sync.

    The last one stays away from the end: what a killed batch took is to be done again, but a machine may also be
    quicker the second time.
    """
    chance = random.Random(SEED)  # noqa: S311 - chance, not a secret
    moments = sorted(chance.uniform(0, 0.8 * seconds) for _ in range(KILLS))
    return [later - earlier for earlier, later in zip([0.0, *moments], moments, strict=False)]


def differing(left: Path, right: Path) -> int:
    """How many facts one has and the other has not, each with its names."""
    with duckdb.connect() as db:
        for name, data in (("a", left), ("b", right)):
            db.execute(f"CREATE VIEW {name} AS {_named(data)}")
        ((count,),) = db.execute(
            "SELECT count(*) FROM ((FROM a EXCEPT ALL FROM b) UNION ALL (FROM b EXCEPT ALL FROM a))"
        ).fetchall()
    return int(count)


def _named(data: Path) -> str:
    """All facts with the names and the keys that their numbers stand for."""
    manifest = Store(data / "facts").manifest()
    assert manifest.names is not None
    facts, tickets = (f"({whole(data / 'facts', manifest.held(), kind)})" for kind in ("facts", "tickets"))
    named = parquet(data / "facts", manifest.names)
    kinds = ("agent", "team", "pipeline", "priority")
    columns = ", ".join(f"{kind}s.text AS {kind}" for kind in kinds)
    joins = (f"LEFT JOIN {named} {kind}s ON {kind}s.kind = '{kind}' AND {kind}s.number = {kind}" for kind in kinds)
    read = f"FROM {facts} f JOIN {tickets} USING (ticket) {' '.join(joins)}"
    return f"SELECT f.* EXCLUDE ({', '.join(kinds)}), key, {columns} {read}"


def names(data: Path) -> list[tuple[str, int, str]]:
    """What the numbers of the store stand for."""
    return Store(data / "facts").names("hubspot")


def _facts(data: Path) -> int:
    ((count,),) = Store(data / "facts").read(lambda db: db.execute("SELECT count(*) FROM facts").fetchall())
    return int(count)


def _peak(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
