"""The installed program, run in a process of its own with a data folder of its own; on SQLite where nothing is said."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

MILEPOST: Final = Path(sys.executable).with_name("milepost")
PATIENCE: Final = 300


def environment(data: Path, database: str = "") -> dict[str, str]:
    """What the program runs in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "DJANGO_"))}
    return kept | {"MILEPOST_DATA": str(data), "MILEPOST_DATABASE": database}


def answer(data: Path, *arguments: str | Path, database: str = "") -> subprocess.CompletedProcess[str]:
    """How the command ends, whatever it says."""
    return subprocess.run(
        [MILEPOST, *arguments],
        env=environment(data, database),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def milepost(data: Path, *arguments: str | Path, database: str = "") -> str:
    """What a command prints that succeeds."""
    done = answer(data, *arguments, database=database)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Without a warning."""
    with worker:
        worker.kill()


def stop(workers: Sequence[subprocess.Popen[bytes]]) -> list[int]:
    """Ask them to end, each once it has said a line, for one that is only starting would just die; how they did."""
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
        worker.terminate()
    for worker in workers:
        with worker:
            worker.wait(PATIENCE)
    return [worker.returncode for worker in workers]


def counted(data: Path, table: str) -> int:
    """The number of rows in a table of the database."""
    with closing(sqlite3.connect(data / "milepost.sqlite3")) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def hashes(data: Path, pattern: str = "*.parquet") -> dict[str, str]:
    """The bytes of every file of the fact store, by name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (data / "facts").glob(pattern)}
