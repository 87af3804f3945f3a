"""Two workers that tell and send, killed again and again: every notice once, no letter lost, twice only by a kill.

A few kills by default; a larger MILEPOST_KILLING than 24 brings more, and more people to tell.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.test_jobs_killed import SECONDS, SEED
from tests.mail_server import MailServer, mail_server
from tests.program import PATIENCE, environment, kill, milepost, stop

PROGRAM: Final = Path(__file__).with_name("mailing.py")
# A lease is over, and another sends, eight seconds after a kill.
KILLS: Final = max(3, int(SECONDS / 8))
AGENTS: Final = 40 * KILLS


@pytest.fixture
def post() -> Iterator[MailServer]:
    """A mail server that is slow to say that it took a letter: a kill falls between."""
    with mail_server(slow=0.02) as server:
        yield server


def program(environment: dict[str, str], *arguments: str) -> str:
    """What the program answers."""
    command = [sys.executable, str(PROGRAM), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """One that tells and sends."""
    return subprocess.Popen([sys.executable, str(PROGRAM), "work"], env=environment, stdout=subprocess.PIPE)


def until(post: MailServer, letters: int) -> None:
    """Wait for so many letters."""
    deadline = time.monotonic() + PATIENCE
    while len({one["Message-ID"] for one in post.letters}) < letters:
        assert time.monotonic() < deadline, "letters are stuck"
        post.came.wait(1)
        post.came.clear()


@pytest.mark.database
def test_a_letter_comes_twice_only_by_a_kill_and_with_the_same_id(
    tmp_path: Path, database: str, post: MailServer, record_property: Callable[[str, object], None]
) -> None:
    milepost(tmp_path, "migrate", "--verbosity=0", database=database)
    where = environment(tmp_path, database) | {"MILEPOST_SMTP": f"smtp://127.0.0.1:{post.port}"}
    program(where, "prepare", str(AGENTS))
    chance = random.Random(SEED)  # noqa: S311 - chance, not a secret
    workers = [worker(where) for _ in range(2)]
    try:
        for part in range(1, KILLS + 1):
            until(post, part * AGENTS // (KILLS + 1) + chance.randint(-5, 5))
            for number in range(2):
                kill(workers[number])
                workers[number] = worker(where)
        until(post, AGENTS)
        told = settled(where)
    finally:
        codes = stop(workers)
    copies = Counter(one["Message-ID"] for one in post.letters)
    record_property("kills", KILLS)
    record_property("copies", sum(copies.values()) - len(copies))
    # Everybody was told of both goals, once; the letters of the first are all there, those of the second leave later.
    assert told["notices"] == {"2": AGENTS}
    assert (told["sent"], told["waiting"], told["later"], told["asking"]) == (AGENTS, 0, AGENTS, 0)
    assert len(copies) == AGENTS
    # Each kill of the one that sends makes one copy at most; some did, or nothing was killed in the middle.
    assert 1 <= sum(copies.values()) - AGENTS <= KILLS
    assert codes == [0, 0]


def settled(where: dict[str, str]) -> dict[str, Any]:
    """What became of it, once the workers have noted the last letter and looked at both goals."""
    deadline = time.monotonic() + PATIENCE
    while True:
        told: dict[str, Any] = json.loads(program(where, "tell"))
        if told["waiting"] == 0 and told["later"] == AGENTS:
            return told
        assert time.monotonic() < deadline, f"not settled: {told}"
