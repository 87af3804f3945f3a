"""The files of a log that are understood in another way: what they no longer tell is gone, and nothing counts twice."""

from pathlib import Path

import pytest

from milepost.sources import folders, sync
from milepost.sources.models import Sync
from tests.sources.test_folders import NOON, Folder, folder

__all__ = ["folder"]

HEADER = "id,at,event,agent\n"
FIRST = HEADER + "1,2026-01-05 09:00,Created,\n1,2026-01-05 09:10,Call,Celina\n1,2026-01-05 11:00,Closed,Celina\n"
SECOND = HEADER + "1,2026-01-07 09:00,Reopened,Celina\n1,2026-01-07 09:30,Call,Dawid\n2,2026-01-07 10:00,Created,\n"
MAPPING = """
rows: events
ticket: id
time: at
agent: agent
message: {column: event, values: {Created: customer, Call: %s, Closed: ignore, Reopened: ignore}}
status: {column: event, values: {Created: new, Call: ignore, Closed: closed, Reopened: open}}
"""


@pytest.fixture
def log(folder: Folder, tmp_path: Path) -> Folder:
    """A folder with a log, in which a call is a reply."""
    folder.mapping = tmp_path / "log.yaml"
    understand(folder, "reply")
    folder.has("1.csv", FIRST)
    folder.has("2.csv", SECOND)
    folder.read()
    return folder


def understand(folder: Folder, call: str) -> None:
    """Say what a call is."""
    folder.mapping.write_text(MAPPING % call)
    folder.source = folders.watch(folder.path, folder.mapping, slug="old", name="Old", now=NOON)


def acts() -> dict[str, int]:
    """How many acts of each kind count."""
    return sync.store().read(lambda db: dict(db.sql("SELECT kind, count(*) FROM facts GROUP BY kind").fetchall()))


def test_a_log_that_is_understood_otherwise_counts_nothing_twice(log: Folder) -> None:
    assert (acts()["reply"], acts()["first_reply"]) == (2, 1)
    understand(log, "note")
    log.read()
    assert {"reply", "first_reply"} & set(acts()) == set()
    assert (acts()["created"], acts()["resolution"], acts()["reopen"]) == (2, 1, 1)
    assert Folder.what() == ["1.csv", "2.csv", "1.csv, 2.csv"]


def test_a_log_that_is_understood_as_before_counts_as_before(log: Folder) -> None:
    before = acts()
    for call in ("note", "reply"):
        understand(log, call)
        log.read()
    assert acts() == before


def test_a_file_that_cannot_be_read_any_more_is_told_and_the_others_are_read_anew(log: Folder) -> None:
    log.has("2.csv", "number,when\n1,2\n")
    log.look()
    understand(log, "note")
    look = log.read()
    assert [file.name for file in look.refused] == ["2.csv"]
    assert "reply" not in acts()


def test_what_only_a_file_told_that_is_gone_stays(log: Folder) -> None:
    (log.path / "2.csv").unlink()
    understand(log, "note")
    log.read()
    assert acts()["created"] == 2


def test_files_are_not_read_again_when_the_mapping_says_what_it_said(log: Folder) -> None:
    folders.watch(log.path, log.mapping, slug="old", name="Old", now=NOON)
    log.read()
    assert Sync.objects.count() == 2
