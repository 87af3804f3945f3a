"""Many send the same and other events at once while workers are killed: each accepted event is in the facts once."""

import json
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from milepost.tickets.store import Store
from tests.program import MILEPOST, PATIENCE, environment, milepost

PROGRAM: Final = Path(__file__).with_name("taking.py")
TICKETS: Final = 20
REPLIES: Final = 10
# So many events are in a request, so many are taken between one kill and the next, and so many kills there are.
PART: Final = 6
BETWEEN: Final = 20
KILLS: Final = 4
MORNING: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)


def events() -> list[dict[str, str]]:
    """Replies to twenty tickets, a minute apart."""
    return [
        {
            "ticket": str(ticket),
            "created": MORNING.isoformat(),
            "at": (MORNING + timedelta(minutes=reply)).isoformat(),
            "message": "reply",
            "actor_kind": "agent",
            "actor": "Celina",
        }
        for reply in range(1, REPLIES + 1)
        for ticket in range(TICKETS)
    ]


class Takers:
    """Two that take what came; one of them is killed again and again, and another begins in its place."""

    def __init__(self, data: Path, database: str) -> None:
        self._told, self.kills = environment(data, database), 0
        self._running = [self._taker(), self._taker()]

    def kill(self) -> None:
        """The one that began before the other, so that it has had the time to work."""
        one = self.kills % 2
        self._running[one].kill()
        self._running[one].wait(PATIENCE)
        self._running[one] = self._taker()
        self.kills += 1

    def stop(self) -> None:
        """Both end."""
        for process in self._running:
            process.kill()
            process.wait(PATIENCE)

    def _taker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(PROGRAM)], env=self._told)


@contextmanager
def serving(data: Path, database: str) -> Iterator[int]:
    """The web server, until the end of the test; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen([MILEPOST, "serve", "--port", str(port)], env=environment(data, database))
    try:
        while not asked(port, "GET", "/healthz"):
            assert process.poll() is None
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def asked(port: int, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, Any]] | None:
    """The answer; None where nobody listens."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as server, suppress(ConnectionError):
        said = None if body is None else json.dumps(body).encode()
        server.request(method, path, said, {"Content-Type": "application/json", **headers})
        answer = server.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if text.startswith("{") else {}
    return None


@pytest.mark.database
def test_what_many_send_while_workers_are_killed_is_in_the_facts_once(tmp_path: Path, database: str) -> None:
    printed = milepost(tmp_path, "connect", "inbound", "--source", "desk", database=database)
    address, token = re.findall(r"(?m)^(?:Send events to|Token, shown this once): (\S+)$", printed)
    path, entry = urlsplit(address).path, {"Authorization": f"Bearer {token}"}
    told = events()
    parts = [told[start : start + PART] for start in range(0, len(told), PART)]
    outcomes: Counter[str] = Counter()
    counting = Lock()

    with serving(tmp_path, database) as port:
        takers = Takers(tmp_path, database)

        def send(mine: list[list[dict[str, str]]]) -> None:
            for part in mine:
                answer = asked(port, "POST", path, part, **entry)
                assert answer is not None
                assert answer[0] == HTTPStatus.ACCEPTED, answer
                with counting:
                    outcomes.update({one: answer[1][one] for one in ("accepted", "unchanged")})

        # Two send everything, one of them backwards; two send every second part.
        backwards = [part[::-1] for part in parts[::-1]]
        try:
            with ThreadPoolExecutor(4) as senders:
                list(senders.map(send, [parts, backwards, parts[::2], parts[1::2]]))
            left = len(told)
            while left:
                answer = asked(port, "GET", path, **entry)
                assert answer is not None
                waiting = answer[1]["waiting"]
                if 0 < waiting <= left - BETWEEN:
                    takers.kill()
                    left = waiting
                left = left if waiting else 0
        finally:
            takers.stop()

    assert takers.kills >= KILLS
    assert outcomes == {"accepted": len(told), "unchanged": 2 * len(told)}
    counted = "SELECT count(*), count(DISTINCT ticket), count(DISTINCT happened_at) FROM facts WHERE kind = 'reply'"
    found = Store(tmp_path / "facts").read(lambda db: db.execute(counted).fetchall())
    assert found == [(len(told), TICKETS, REPLIES)]
