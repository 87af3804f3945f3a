"""SIGTERM stops politely: a request that is under way is answered, a job that is at work ends or is given back."""

import re
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Final
from urllib.parse import urlencode

import pytest
from pytest_httpserver import HTTPServer

from tests.program import MILEPOST, PATIENCE, counted, environment, milepost
from tests.sources.help_desk import TOKEN, HelpDesk

EMAIL: Final = "ewa@example.org"
PASSWORD: Final = "a long night over the desk"
METRICS: Final = "only-for-the-watch"
UNDER_WAY: Final = re.compile(r"(?m)^milepost_http_requests_under_way 1\.0$")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A new installation, which Ewa runs."""
    command: list[str | Path] = [MILEPOST, "create-admin", EMAIL, "--name=Ewa"]
    subprocess.run(command, env=environment(tmp_path), input=PASSWORD, text=True, check=True, timeout=PATIENCE)
    return tmp_path


@contextmanager
def running(data: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program, until the end of the test at the latest."""
    told = environment(data) | {"MILEPOST_METRICS_TOKEN": METRICS}
    process = subprocess.Popen([MILEPOST, *arguments], env=told)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


def eventually(what: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Ask again and again, as long as the process lives; each question takes a while of its own."""
    while not what():
        assert process.poll() is None


def asked(port: int, path: str, **headers: str) -> str:
    """What the server answers; nothing where nobody listens."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as server, suppress(ConnectionError):
        server.request("GET", path, headers=headers)
        return server.getresponse().read().decode()
    return ""


def is_listening(port: int) -> bool:
    """Whether somebody takes new requests there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def free_port() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Nobody else can write to the database."""
    with closing(sqlite3.connect(data / "milepost.sqlite3", isolation_level=None, timeout=PATIENCE)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


class Browser:
    """Ewa, who is about to sign in."""

    def __init__(self, port: int) -> None:
        self._server = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._server.request("GET", "/sign-in")
        answer = self._server.getresponse()
        self._cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
        found = re.search('name="csrfmiddlewaretoken" value="(.+?)"', answer.read().decode())
        assert found is not None
        self._token = found[1]

    def sign_in(self) -> int:
        """Sends address and password; the status of the answer. Whoever comes in has a session, which is written."""
        form = {"csrfmiddlewaretoken": self._token, "username": EMAIL, "password": PASSWORD}
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._server.request("POST", "/sign-in", urlencode(form), headers)
        return self._server.getresponse().status


@pytest.mark.parametrize("command", ["serve", "up"])
def test_a_request_that_is_under_way_is_answered(data: Path, command: str) -> None:
    port = free_port()
    with running(data, command, f"--port={port}") as server, ThreadPoolExecutor() as beside:
        eventually(lambda: asked(port, "/readyz") == "ready\n", server)
        browser = Browser(port)
        with locked(data):
            answer = beside.submit(browser.sign_in)
            eventually(lambda: is_answering(port), server)
            server.terminate()
            eventually(lambda: not is_listening(port), server)
            assert not answer.done()
        assert answer.result(PATIENCE) == HTTPStatus.FOUND
        assert server.wait(PATIENCE) == 0
    assert counted(data, "django_session") == 1


def is_answering(port: int) -> bool:
    """Whether a request is under way."""
    return bool(UNDER_WAY.search(asked(port, "/metrics", Authorization=f"Bearer {METRICS}")))


def test_a_worker_ends_what_it_reads_and_gives_back_the_rest(data: Path, httpserver: HTTPServer) -> None:
    desk = HelpDesk(httpserver)
    for number in range(4):
        desk.solves(f"T{number}")
    token = data / "token"
    token.write_text(TOKEN)
    milepost(data, "connect", desk.address, "--token-file", token, "--source=desk")
    reading, go_on = Event(), Event()

    def first_page(_cursor: str) -> None:
        reading.set()
        assert go_on.wait(PATIENCE)

    desk.before = first_page
    asked_before = len(desk.asked)
    with running(data, "worker") as worker:
        assert reading.wait(PATIENCE)
        worker.terminate()
        go_on.set()
        assert worker.wait(PATIENCE) == 0
    # The page that it was reading is in, the other three are not asked for, and nobody holds the job.
    assert len(desk.asked) == asked_before + 1
    assert rows(data, "SELECT name FROM worker_job WHERE lease_until IS NOT NULL") == []
    assert rows(data, "SELECT cursor, answered_at FROM sources_source") == [("event-2", None)]
    # The rest is there at once for whoever comes next.
    assert rows(data, "SELECT due_at <= done_at, attempts FROM worker_job WHERE name = 'sync:desk'") == [(1, 0)]


def rows(data: Path, statement: str) -> list[tuple[object, ...]]:
    """What the database answers."""
    with closing(sqlite3.connect(data / "milepost.sqlite3")) as database:
        return database.execute(statement).fetchall()
