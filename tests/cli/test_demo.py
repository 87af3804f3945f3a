"""`milepost demo` shows a real help desk as of today, and touches nobody's data."""

import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from milepost.base.errors import Refused
from milepost.cli import demo
from milepost.connectors.demo.log import ATTRIBUTION
from milepost.goals import status
from milepost.goals.status import Status
from milepost.sources.models import Demo, Source
from tests.program import MILEPOST, answer, counted, environment, hashes, milepost

ROOT = Path(__file__).resolve().parents[2]
LOADED = "SELECT slug, started_at, password FROM sources_source, sources_sync, people_user"
TABLE = "id,created,first_reply,resolved,agent,team\n1,2026-01-05 09:00,2026-01-05 09:10,,Celina,Frontline\n"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder of a demo desk that was loaded once, and what was printed."""
    data = tmp_path_factory.mktemp("demo") / "data"
    return data, milepost(data, "demo", "--once")


@pytest.fixture
def desk(shown: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(shown[0], tmp_path / "data"))


def asked(data: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "milepost.sqlite3")) as database:
        return database.execute(statement).fetchall()


def test_once_prints_the_overview_with_every_status_and_ends(shown: tuple[Path, str]) -> None:
    _, printed = shown
    assert ATTRIBUTION in printed
    (head,) = [line.split() for line in printed.splitlines() if "Contributor" in line]
    assert head == ["Goal", "Period", "Contributor", "Target", "Actual", "Progress", "Status", "Pace"]
    assert [one for one in Status if one is not Status.NOT_SET and status.NAMES[one] not in printed] == []
    assert re.search(r"Tickets closed by week +W\d+, .+ Group \d+ +≥\s[\d,]+ +[\d,]+ +\d+% +\w+", printed)
    assert re.search(r"Resolution time by month .+ Group \d+ +≤\s\d+\sh", printed)


def test_a_second_start_on_a_day_loads_nothing_and_shows_the_same(desk: Path) -> None:
    day = None
    # Once more where midnight has passed between the two.
    while day != datetime.now(UTC).date():
        day = datetime.now(UTC).date()
        first = milepost(desk, "demo", "--once")
        loaded = asked(desk, LOADED)
        again = milepost(desk, "demo", "--once")
    assert again == first
    # Nobody who is looking at the demo is signed out by it.
    assert asked(desk, LOADED) == loaded


@contextmanager
def served(data: Path, port: int) -> Iterator[list[str]]:
    """The lines that the served demo prints up to its address."""
    command = [str(MILEPOST), "demo", "--port", str(port)]
    with subprocess.Popen(command, env=environment(data), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if "http://" in line:
                break
        try:
            yield lines
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_demo_is_served_at_its_address_and_the_printed_password_opens_it(desk: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with served(desk, port) as lines:
        assert lines[-1] == f"Milepost is at http://127.0.0.1:{port}/"
        assert answers(port)
        (found,) = [re.fullmatch(r"Sign in as (\S+) with the password (\S+)", line) for line in lines if "Sign" in line]
        assert found is not None
        ((password,),) = asked(desk, f"SELECT password FROM people_user WHERE email = '{found[1]}'")
        assert PBKDF2PasswordHasher().verify(found[2], str(password))


def answers(port: int) -> bool:
    """Whether there is a page; an address that is told must answer at once."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
        return bool(page.status == HTTPStatus.OK)


def test_an_address_that_is_taken_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = answer(tmp_path / "data", "demo", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "Choose another one with --port" in done.stderr
    assert not (tmp_path / "data/milepost.sqlite3").exists()


def test_real_tickets_are_not_mixed_with_the_demo(tmp_path: Path) -> None:
    table = tmp_path / "tickets.csv"
    table.write_text(TABLE)
    data = tmp_path / "data"
    milepost(data, "import", table, "--mapping", ROOT / "docs/examples/ticket-table.yaml")
    before = hashes(data)
    done = answer(data, "demo", "--once")
    assert done.returncode == 1
    assert "real data" in done.stderr
    assert hashes(data) == before
    assert counted(data, "sources_source") == 1


def test_an_installation_without_tickets_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    milepost(tmp_path, "migrate", "--verbosity=0")
    with closing(sqlite3.connect(tmp_path / "milepost.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO people_user (password, email, name, role, seat, is_active, created_at) "
            "VALUES ('', 'anna@example.org', 'Anna', 'manager', true, true, '2026-01-01')"
        )
    done = answer(tmp_path, "demo", "--once")
    assert done.returncode == 1
    assert "real data" in done.stderr
    assert counted(tmp_path, "people_user") == 1


@pytest.mark.django_db
def test_a_database_with_a_real_source_is_refused_whatever_the_data_folder_holds(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    Source.objects.create(slug="desk", name="Desk", make=Source.Make.FILE, connected_at=now)
    with pytest.raises(Refused, match="real data"):
        demo.load(now=now)
    assert Source.objects.count() == 1


@pytest.mark.django_db
def test_an_installation_that_was_given_the_demo_on_a_page_is_left_alone(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    Source.objects.create(slug="demo-20261120", name="Demo desk", make=Source.Make.DEMO, connected_at=now)
    Demo.objects.create(pk=1, asked_at=now, asked_by=1, loaded_at=now)
    with pytest.raises(Refused, match="real data"):
        demo.load(now=now)
    assert Demo.objects.exists()


def test_a_load_that_was_killed_begins_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with subprocess.Popen([MILEPOST, "demo", "--once"], env=environment(data)) as process:
        # The tickets are in, the source is not known yet.
        while not (data / "facts/manifest.json").exists():
            with suppress(subprocess.TimeoutExpired):
                assert process.wait(0.01) is None
        process.kill()
    assert process.returncode == -signal.SIGKILL
    printed = milepost(data, "demo", "--once")
    assert status.NAMES[Status.ACHIEVED] in printed
    assert counted(data, "sources_source") == 1
