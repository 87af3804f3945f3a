"""The doctor tells what is wrong and what to do, and says so to programs by its exit code."""

import json
import socket
import stat
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings

from milepost.base.clock import now as real_clock
from milepost.cli import doctor
from milepost.cli.doctor import configuration, database, machine
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import HEARTBEAT, Source
from milepost.tickets.events import ReplayRules, Response
from milepost.tickets.store import manifest
from milepost.tickets.store.manifest import Manifest, SourceFiles, TicketFiles
from milepost.worker.models import Job
from tests.cast import Cast
from tests.program import answer, milepost

NOW: Final = datetime(2026, 3, 16, 11, tzinfo=UTC)
RULES: Final = ReplayRules(history=True, response=Response.LEAVES_NEW)
KEY: Final = "so long that nobody guesses it, not even by trying for a year"


@pytest.fixture
def installation(cast: Cast, settings: Settings, tmp_path: Path) -> Source:
    """All is well: Anna administers, a feed answers, its job is done, the pages have a name and TLS."""
    User.objects.filter(pk=cast.anna.pk).update(role=Role.ADMIN)
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    settings.FACTS_FOLDER.mkdir()
    settings.SECRET_KEY = KEY
    settings.ALLOWED_HOSTS, settings.HTTPS = ["milepost.example.org"], True
    Job.objects.create(name="refresh", kind="refresh", due_at=NOW + timedelta(hours=1), done_at=NOW)
    return Source.objects.create(
        slug="desk", name="Help desk", make=Source.Make.FEED, connected_at=NOW, answered_at=NOW, complete_until=NOW
    )


@pytest.fixture(autouse=True)
def machine_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of this machine and the clock of its database, which no test can set, are not what is tested."""
    monkeypatch.setattr(database, "APART", timedelta(days=36_500))
    monkeypatch.setattr(machine, "LEAST", 0)
    monkeypatch.setattr(machine, "ENOUGH", 0)


def wrong() -> dict[str, tuple[str, str]]:
    """What is not well, by the name of the check."""
    found = doctor.findings(now=NOW)
    return {one.check: (one.level.value, one.sentence) for one in found if one.level != "ok"}


def test_where_all_is_well_nothing_is_wrong(installation: Source) -> None:
    assert wrong() == {}


def breaks(**columns: Any) -> Callable[[Settings], object]:
    """A setting is this."""

    def change(settings: Settings) -> None:
        for name, value in columns.items():
            setattr(settings, name, value)

    return change


CASES: Final[dict[str, tuple[Callable[[Settings], object], str, str, str]]] = {
    "a short key": (breaks(SECRET_KEY="short"), "secret key", "failure", "Set a longer MILEPOST_SECRET_KEY"),
    "debugging": (breaks(DEBUG=True), "debug", "failure", "Take MILEPOST_DEBUG away"),
    "any host": (breaks(ALLOWED_HOSTS=["*"]), "hosts", "failure", "Set MILEPOST_HOSTS"),
    "this machine only": (breaks(ALLOWED_HOSTS=["localhost"]), "hosts", "warning", "Set MILEPOST_HOSTS"),
    "no https": (breaks(HTTPS=False), "https", "failure", "MILEPOST_HTTPS=yes"),
    "no administrator": (
        lambda _settings: User.objects.update(role=Role.MANAGER),
        "administrator",
        "warning",
        "milepost create-admin",
    ),
    "a pending migration": (
        lambda _settings: MigrationRecorder(connection).migration_qs.filter(app="worker").delete(),
        "migrations",
        "failure",
        "Make a backup, then run: milepost migrate",
    ),
    "a migration of a newer version": (
        lambda _settings: MigrationRecorder(connection).record_applied("worker", "9999_of_next_year"),
        "migrations",
        "failure",
        "worker.9999_of_next_year",
    ),
    "a job that asks": (
        lambda _settings: Job.objects.update(
            needs_person_since=NOW, error="Nothing %(what)s.", error_values={"what": "x"}
        ),
        "failed jobs",
        "failure",
        "refresh needs somebody: Nothing x. Then run: milepost jobs --retry refresh",
    ),
    "a job that failed": (lambda _settings: Job.objects.update(attempts=1), "failed jobs", "warning", "tried again"),
    "nobody at work": (
        lambda _settings: Job.objects.update(due_at=NOW - timedelta(minutes=6)),
        "workers",
        "failure",
        "milepost worker",
    ),
    "a worker that died": (
        lambda _settings: Job.objects.update(lease_until=NOW - timedelta(minutes=6)),
        "dead workers",
        "failure",
        "in the middle of refresh",
    ),
    "a silent source": (
        lambda _settings: Source.objects.update(answered_at=NOW - timedelta(minutes=31)),
        "sources",
        "failure",
        "desk has not answered for 31 min",
    ),
    "a source that never answered": (
        lambda _settings: Source.objects.update(answered_at=None, connected_at=NOW - timedelta(minutes=40)),
        "sources",
        "failure",
        "desk has not answered for 40 min",
    ),
    "one that sends no heartbeat any more": (
        lambda _settings: Source.objects.update(
            make=Source.Make.INBOUND, settings={HEARTBEAT: True}, answered_at=NOW - timedelta(minutes=31)
        ),
        "sources",
        "warning",
        "desk has sent nothing for 31 min",
    ),
    "one that has sent nothing for a day": (
        lambda _settings: Source.objects.update(make=Source.Make.INBOUND, answered_at=NOW - timedelta(hours=25)),
        "sources",
        "warning",
        "desk has sent nothing for 1500 min",
    ),
    "no source": (lambda _settings: Source.objects.all().delete(), "sources", "warning", "milepost import"),
    "a source whose clock is ahead": (
        lambda _settings: Source.objects.update(complete_until=NOW + timedelta(minutes=10)),
        "clocks of sources",
        "warning",
        "10 min ahead",
    ),
}


def test_one_that_sends_no_heartbeats_may_be_silent_for_a_night(installation: Source) -> None:
    Source.objects.update(make=Source.Make.INBOUND, answered_at=NOW - timedelta(hours=14))
    assert wrong() == {}


@pytest.mark.parametrize(("change", "check", "level", "says"), CASES.values(), ids=CASES.keys())
def test_what_is_wrong_is_told_alone_and_with_what_to_do(
    installation: Source, settings: Settings, change: Callable[[Settings], object], check: str, level: str, says: str
) -> None:
    change(settings)
    found = wrong()
    assert list(found) == [check]
    assert found[check][0] == level
    assert says in found[check][1]


def test_a_key_that_others_can_read_is_told(installation: Source, settings: Settings) -> None:
    file = settings.DATA_FOLDER / "secret_key"
    file.write_text(KEY)
    file.chmod(0o640)
    assert f"chmod 600 {file}" in wrong()["secret key"][1]
    file.chmod(stat.S_IRUSR)
    assert wrong() == {}


def test_a_data_folder_that_cannot_be_written_is_told(installation: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root, who runs some of these tests, may write anywhere.
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "cannot be written: Permission denied." in wrong()["data folder"][1]


def test_a_database_with_another_clock_is_told(installation: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "APART", timedelta(seconds=30))
    found = {one.check: one.level.value for one in database.findings(now=NOW)}
    # SQLite has no clock of its own.
    assert found["clock"] == ("failure" if connection.vendor == "postgresql" else "ok")
    assert {one.check: one.level.value for one in database.findings(now=real_clock())}["clock"] == "ok"


def test_little_room_is_told(installation: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ENOUGH", 1 << 60)
    assert wrong()["space"][0] == "warning"
    monkeypatch.setattr(machine, "LEAST", 1 << 60)
    assert wrong()["space"][0] == "failure"


def test_a_library_that_is_missing_or_too_old_is_named(installation: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = ["duckdb==0.1", "nothing-of-this-name>=1", "django>=5", "colorama; sys_platform == 'win32'"]
    monkeypatch.setattr(metadata, "requires", lambda _name: needed)
    level, says = wrong()["libraries"]
    assert level == "failure"
    assert "duckdb " in says
    assert "nothing-of-this-name" in says
    assert "django" not in says


def test_facts_of_an_older_version_missing_files_and_ones_that_cannot_be_read_are_told(
    installation: Source, settings: Settings
) -> None:
    held = SourceFiles(RULES, version=manifest.FACTS - 1)
    manifest.replace(settings.FACTS_FOLDER, Manifest(sources={"desk": held}))
    assert wrong()["facts"] == (
        "warning",
        "The facts of an older version are made anew by the next worker, or now by: milepost rebuild",
    )
    months = {"2026-03": TicketFiles("tickets.parquet", "events.parquet", "facts.parquet")}
    whole = replace(held, version=manifest.FACTS, months=months)
    manifest.replace(settings.FACTS_FOLDER, Manifest(sources={"desk": whole}))
    assert wrong()["facts"][1] == "Files of the facts are missing, for example tickets.parquet. Restore a backup."
    (settings.FACTS_FOLDER / manifest.NAME).write_text("{")
    assert "cannot be read" in wrong()["facts"][1]
    (settings.FACTS_FOLDER / manifest.NAME).write_text('{"schema": 9999}')
    assert "newer version" in wrong()["facts"][1]


def test_a_mail_server_that_does_not_answer_is_told(installation: Source, settings: Settings, unused_port: int) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused_port
    assert [one.check for one in configuration.findings() if one.is_failure] == ["e-mail"]


@pytest.fixture
def unused_port() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_it_answers_programs_in_json_and_by_its_exit_code(installation: Source, capsys: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        call_command("doctor", "--json")
        told = json.loads(capsys.readouterr().out)
        assert told["ok"]
        assert {"check": "debug", "level": "ok", "text": "Debugging is off."} in told["checks"]
        Job.objects.update(needs_person_since=NOW, error="Nothing.")
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", "--json")
    assert ended.value.code == 1
    assert not json.loads(capsys.readouterr().out)["ok"]


def test_on_a_new_folder_it_says_how_to_begin_and_makes_no_tables(tmp_path: Path) -> None:
    done = answer(tmp_path, "doctor")
    assert done.returncode == 1
    assert "✗ There is no installation yet. Start one with: milepost up" in done.stdout.splitlines()
    assert milepost(tmp_path, "migrate", "--plan").count("Create model") > 10


def test_a_database_that_is_away_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = answer(tmp_path, "doctor", database="postgresql://milepost:s3cr3t@127.0.0.1:1/milepost")
    assert done.returncode == 1
    assert "✗ The database does not answer:" in done.stdout
    assert "s3cr3t" not in done.stdout + done.stderr


def test_a_setting_that_is_wrong_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = answer(tmp_path, "doctor", database="mysql://desk")
    assert done.returncode == 1
    assert done.stderr == "MILEPOST_DATABASE must read postgresql://user:password@host:port/name.\n"
