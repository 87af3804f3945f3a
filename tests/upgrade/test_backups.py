"""A backup holds an installation, and a backup of every landed version can be restored by this one."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BACKUPS = sorted((Path(__file__).parent / "backups").glob("*.zip"))
MILEPOST = Path(sys.executable).with_name("milepost")
TABLE = """id,created,first_reply,resolved,agent,team
1,2026-01-05 09:00,2026-01-05 09:10,2026-01-05 11:00,Celina,Frontline
2,2026-01-06 09:00,2026-01-06 09:20,2026-01-06 12:00,Dawid,Frontline
3,2026-02-02 09:00,2026-02-02 09:30,2026-02-02 10:00,Ewa,Billing
"""
CLOSED = ["measure", "--metric=tickets_closed", "--by=agent", "--from=2026-01-01", "--to=2026-02-28", "--format=json"]


def milepost(data: Path, *arguments: str | Path) -> str:
    """What the command prints, on SQLite in this data folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    done = subprocess.run(
        [MILEPOST, *arguments],
        env=environment | {"MILEPOST_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def counted(data: Path, table: str) -> int:
    """The number of rows in a table of the database."""
    with closing(sqlite3.connect(data / "milepost.sqlite3")) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_what_is_restored_measures_as_before(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    table = tmp_path / "tickets.csv"
    table.write_text(TABLE)
    milepost(before, "import", table, "--mapping", ROOT / "docs/examples/ticket-table.yaml")
    milepost(before, "backup", tmp_path / "backup.zip")
    milepost(after, "restore", tmp_path / "backup.zip")
    closed = json.loads(milepost(after, *CLOSED))
    assert closed == json.loads(milepost(before, *CLOSED))
    assert {(row["period"], row["group"]): row["value"] for row in closed if row["value"]} == {
        ("2026-01", "Celina"): 1,
        ("2026-01", "Dawid"): 1,
        ("2026-02", "Ewa"): 1,
    }
    assert (after / "secret_key").read_text() == (before / "secret_key").read_text()


def test_there_is_a_backup_of_a_landed_version() -> None:
    assert BACKUPS


@pytest.mark.parametrize("file", BACKUPS, ids=lambda file: file.stem)
def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_this_one(file: Path, tmp_path: Path) -> None:
    milepost(tmp_path, "restore", file)
    milepost(tmp_path, "migrate", "--check")
    goals, measured = counted(tmp_path, "goals_goal"), counted(tmp_path, "progress_measurement")
    assert goals > 0
    assert measured > 0
    milepost(tmp_path, "refresh")
    assert (counted(tmp_path, "goals_goal"), counted(tmp_path, "progress_measurement")) == (goals, measured)
