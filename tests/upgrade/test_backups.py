"""A backup holds an installation, and a backup of every landed version can be restored by this one."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.program import answer, counted, hashes, milepost

ROOT = Path(__file__).resolve().parents[2]
BACKUPS = sorted((Path(__file__).parent / "backups").glob("*.zip"))
TABLE = """id,created,first_reply,resolved,agent,team
1,2026-01-05 09:00,2026-01-05 09:10,2026-01-05 11:00,Celina,Frontline
2,2026-01-06 09:00,2026-01-06 09:20,2026-01-06 12:00,Dawid,Frontline
3,2026-02-02 09:00,2026-02-02 09:30,2026-02-02 10:00,Ewa,Billing
"""
MEASURED = """
SELECT target_id, numerator, denominator, sample, shown, progress, status_running, status_ended, measured_at
FROM progress_measurement ORDER BY target_id
"""
CLOSED = ["measure", "--metric=tickets_closed", "--by=agent", "--from=2026-01-01", "--to=2026-02-28", "--format=json"]


def rows(data: Path, statement: str) -> list[tuple[object, ...]]:
    """What the database answers."""
    with closing(sqlite3.connect(data / "milepost.sqlite3")) as database:
        return database.execute(statement).fetchall()


@pytest.fixture
def databases() -> Iterator[tuple[str, str]]:
    """Two empty databases of the kind that the tests run on; nothing stands for SQLite in the data folder."""
    server = os.environ.get("MILEPOST_DATABASE", "")
    if not server:
        yield "", ""
        return
    names = [f"backup_{uuid4().hex}" for _ in range(2)]
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        before, after = (urlsplit(server)._replace(path=f"/{name}").geturl() for name in names)
        yield before, after
        for name in names:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.mark.database
def test_what_is_restored_measures_as_before(tmp_path: Path, databases: tuple[str, str]) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    table = tmp_path / "tickets.csv"
    table.write_text(TABLE)
    milepost(before, "import", table, "--mapping", ROOT / "docs/examples/ticket-table.yaml", database=databases[0])
    milepost(before, "backup", tmp_path / "backup.zip", database=databases[0])
    milepost(after, "restore", tmp_path / "backup.zip", database=databases[1])
    closed = json.loads(milepost(after, *CLOSED, database=databases[1]))
    assert closed == json.loads(milepost(before, *CLOSED, database=databases[0]))
    assert {(row["period"], row["group"]): row["value"] for row in closed if row["value"]} == {
        ("2026-01", "Celina"): 1,
        ("2026-01", "Dawid"): 1,
        ("2026-02", "Ewa"): 1,
    }
    assert (after / "secret_key").read_text() == (before / "secret_key").read_text()
    assert syncs(after, databases[1]) == syncs(before, databases[0]) == 1


def syncs(data: Path, database: str) -> int:
    """How many readings the database knows of."""
    if not database:
        return counted(data, "sources_sync")
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT count(*) FROM sources_sync").fetchone()
    assert found is not None
    return int(found[0])


def test_the_demo_desk_is_restored_with_every_goal_and_every_fact(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    milepost(before, "demo", "--once")
    milepost(before, "backup", tmp_path / "backup.zip")
    assert milepost(after, "restore", tmp_path / "backup.zip").startswith("Restored")
    assert hashes(after) == hashes(before)
    for table in (
        "goals_target",
        "progress_measurement",
        "progress_verdict",
        "sources_identity",
        "people_person",
        "history_change",
    ):
        assert counted(after, table) == counted(before, table) > 0
    assert rows(after, MEASURED) == rows(before, MEASURED)
    # What is final is measured from now on with later changes.
    milepost(before, "refresh")
    milepost(after, "refresh")
    assert [row[:-1] for row in rows(after, MEASURED)] == [row[:-1] for row in rows(before, MEASURED)]


def test_uploaded_files_are_restored_and_read_in_another_place(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    folder = before / "files" / "desk"
    folder.mkdir(parents=True)
    (folder / "tickets.csv").write_text(TABLE)
    shutil.copy(ROOT / "docs/examples/ticket-table.yaml", folder / "mapping.yaml")
    milepost(before, "watch", folder, "--mapping", folder / "mapping.yaml", "--source", "desk")
    milepost(before, "backup", tmp_path / "backup.zip")
    shutil.rmtree(before)
    milepost(after, "migrate")
    (after / "files" / "other").mkdir(parents=True)
    milepost(after, "restore", tmp_path / "backup.zip", "--replace")
    assert [file.name for file in sorted((after / "files").rglob("*"))] == ["desk", "mapping.yaml", "tickets.csv"]
    ((kept,),) = rows(after, "SELECT settings FROM sources_source")
    assert json.loads(str(kept))["folder"] == "files/desk"
    assert not (after / "files" / "other").exists()


def test_there_is_a_backup_of_a_landed_version() -> None:
    assert BACKUPS


@pytest.mark.parametrize("file", BACKUPS, ids=lambda file: file.stem)
def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_this_one(file: Path, tmp_path: Path) -> None:
    milepost(tmp_path, "restore", file)
    milepost(tmp_path, "migrate", "--check")
    assert counted(tmp_path, "goals_goal") > 0
    before = rows(tmp_path, MEASURED)
    assert len(before) > counted(tmp_path, "goals_goal")
    milepost(tmp_path, "refresh")
    # Whoever had left before a milestone began has an empty row since there are verdicts.
    known = {row[0] for row in before}
    assert [row[:-1] for row in rows(tmp_path, MEASURED) if row[0] in known] == [row[:-1] for row in before]
    assert counted(tmp_path, "progress_verdict") > 0


@pytest.mark.parametrize("file", BACKUPS, ids=lambda file: file.stem)
def test_a_backup_that_cannot_be_brought_up_would_be_found(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "taken-apart"
    shutil.unpack_archive(file, folder)
    with closing(sqlite3.connect(folder / "database.sqlite3")) as database, database:
        # The tables are there, but who reads this believes that they are not.
        database.execute("DELETE FROM django_migrations WHERE app = 'progress'")
    spoilt = shutil.make_archive(str(tmp_path / "spoilt"), "zip", folder)
    done = answer(tmp_path / "data", "restore", spoilt)
    assert done.returncode != 0
    assert "already exists" in done.stderr


@pytest.mark.database
def test_a_backup_with_a_spoilt_database_changes_nothing(tmp_path: Path, databases: tuple[str, str]) -> None:
    data = tmp_path / "data"
    table = tmp_path / "tickets.csv"
    table.write_text(TABLE)
    milepost(data, "import", table, "--mapping", ROOT / "docs/examples/ticket-table.yaml", database=databases[0])
    milepost(data, "backup", tmp_path / "backup.zip", database=databases[0])
    folder = tmp_path / "taken-apart"
    shutil.unpack_archive(tmp_path / "backup.zip", folder)
    for name in ("database.sqlite3", "database.dump"):
        if (folder / name).exists():
            (folder / name).write_bytes(b"nothing that a database knows")
    spoilt = shutil.make_archive(str(tmp_path / "spoilt"), "zip", folder)
    facts, measured = hashes(data), milepost(data, *CLOSED, database=databases[0])
    done = answer(data, "restore", "--replace", spoilt, database=databases[0])
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert hashes(data) == facts
    assert milepost(data, *CLOSED, database=databases[0]) == measured


@pytest.mark.database
def test_what_is_restored_in_the_place_of_an_installation_takes_it_whole(
    tmp_path: Path, databases: tuple[str, str]
) -> None:
    data, table = tmp_path / "data", tmp_path / "tickets.csv"
    mapping = ROOT / "docs/examples/ticket-table.yaml"
    table.write_text(TABLE)
    milepost(data, "import", table, "--mapping", mapping, database=databases[0])
    milepost(data, "backup", tmp_path / "backup.zip", database=databases[0])
    before = milepost(data, *CLOSED, database=databases[0])
    table.write_text(TABLE + "4,2026-02-03 09:00,2026-02-03 09:30,2026-02-03 10:00,Ewa,Billing\n")
    milepost(data, "import", table, "--mapping", mapping, database=databases[0])
    assert milepost(data, *CLOSED, database=databases[0]) != before
    assert "--replace" in answer(data, "restore", tmp_path / "backup.zip", database=databases[0]).stderr
    milepost(data, "restore", "--replace", tmp_path / "backup.zip", database=databases[0])
    assert milepost(data, *CLOSED, database=databases[0]) == before
    assert syncs(data, databases[0]) == 1
    found = json.loads(answer(data, "doctor", "--json", database=databases[0]).stdout)
    levels = {one["check"]: one["level"] for one in found["checks"]}
    assert {levels[check] for check in ("facts", "database", "migrations", "secret key", "clock")} == {"ok"}
