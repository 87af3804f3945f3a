"""The log of a real help desk becomes the facts that plain counting finds in it."""

import shutil
import zipfile
from fractions import Fraction
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest

from milepost.connectors.demo.log import MAPPING, MEMBER
from milepost.tickets.store import Store
from tests.acceptance import oracle
from tests.program import hashes, milepost

STANDING = "facts WHERE kind = 'resolution' AND ended_at IS NULL AND counts_until IS NULL"


@pytest.fixture(scope="module")
def store(installation: Path) -> Store:
    return Store(installation / "facts")


def ask(store: Store, sql: str) -> Any:
    """The one row that the statement gives; the only value in it where there is one."""
    (row,) = store.read(lambda db: db.execute(sql).fetchall())
    return row if len(row) > 1 else row[0]


def test_every_ticket_of_the_log_is_there_once(store: Store) -> None:
    assert ask(store, "SELECT count(*), count(DISTINCT ticket) FROM facts WHERE kind = 'created'") == (24_918, 24_918)
    assert len(oracle.tickets()) == 24_918


def test_every_ticket_has_one_standing_resolution(store: Store) -> None:
    assert ask(store, f"SELECT count(*), count(DISTINCT ticket) FROM {STANDING}") == (24_918, 24_918)


def test_all_but_13_tickets_were_resolved_before_they_were_closed(store: Store) -> None:
    events = ", ".join(
        f"'{store.folder / month.events}'" for month in store.manifest().sources["files"].months.values()
    )
    resolved = f"SELECT DISTINCT ticket FROM read_parquet([{events}]) WHERE status = 'resolved'"
    assert ask(store, f"SELECT count(*) FROM {STANDING} AND ticket IN ({resolved})") == 24_905
    assert ask(store, f"SELECT count(*) FROM {STANDING} AND ticket NOT IN ({resolved})") == 13


def test_1556_tickets_do_not_tell_when_they_were_resolved_and_can_be_left_out(store: Store) -> None:
    assert ask(store, f"SELECT count(*) FROM {STANDING} AND field_resolved_at IS NOT NULL") == 23_362
    told = [ticket for ticket in oracle.tickets().values() if ticket.entries[0].resolved_at != "?"]
    assert len(told) == 23_362 == 24_918 - 1_556


def test_275_tickets_were_reopened_where_sorting_by_time_would_find_276(store: Store) -> None:
    assert ask(store, "SELECT count(DISTINCT ticket) FROM facts WHERE kind = 'reopen'") == 275
    assert oracle.reopened(sort=False) == 275
    assert oracle.reopened(sort=True) == 276


def test_725_resolutions_are_of_nobody_and_2157_of_no_team(store: Store) -> None:
    assert ask(store, f"SELECT count(*) FROM {STANDING} AND agent IS NULL") == 725
    assert ask(store, f"SELECT count(*) FROM {STANDING} AND team IS NULL") == 2_157


def test_mean_and_median_of_the_resolution_are_those_of_the_log(store: Store) -> None:
    standing = [one for one in oracle.acts().resolutions if one.undone_at is None]
    clocks = [one.seconds for one in standing if one.seconds is not None]
    whole, some, middle = ask(
        store, f"SELECT sum(calendar_seconds), count(calendar_seconds), median(calendar_seconds) FROM {STANDING}"
    )
    assert Fraction(int(whole), some) == mean(map(Fraction, clocks))
    assert middle == median(clocks)


def test_the_first_event_that_leaves_new_stands_for_the_reply_and_8521_tickets_have_none(store: Store) -> None:
    assert ask(store, "SELECT count(*) FROM facts WHERE kind = 'first_reply'") == 24_918 - 8_521
    assert len(oracle.acts().replies) == 24_918 - 8_521


def test_the_same_log_again_changes_no_byte(installation: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(installation, tmp_path / "data"))
    before = hashes(data, "*")
    printed = milepost(data, "import", oracle.LOG, "--mapping", MAPPING)
    assert "141712 rows read. Tickets: 0 new, 0 updated, 24918 unchanged." in printed
    # Beside the facts stands when they were measured last, which is now.
    assert hashes(data, "*") | {"measured": ""} == before | {"measured": ""}
    assert len(before) > 30


def test_bad_rows_are_counted_by_reason_with_their_lines(tmp_path: Path) -> None:
    with zipfile.ZipFile(oracle.LOG) as archive, archive.open(MEMBER) as raw:
        lines = [next(raw).decode() for _ in range(2_001)]
    header = lines[0].strip().split(",")
    spoil(lines, header, 3, "sys_updated_at", "31/2/2016 10:00")
    spoil(lines, header, 7, "sys_updated_at", "yesterday")
    spoil(lines, header, 1_999, "incident_state", "Parked")
    spoil(lines, header, 11, "number", "?")
    lines[20] = "INC0000001,New\n"
    log = tmp_path / "log.csv"
    log.write_text("".join(lines))
    printed = milepost(tmp_path / "data", "import", log, "--mapping", MAPPING)
    assert "2000 rows read." in printed
    rejected = [line for line in printed.splitlines() if line.startswith("Rejected")]
    assert sorted(rejected) == [
        "Rejected: 1 × a word that the mapping does not know in “incident_state”, as “Parked” (lines 1999)",
        "Rejected: 1 × more or fewer columns than the header in “number”, as “2” (lines 21)",
        "Rejected: 1 × no ticket number in “number”, as “?” (lines 11)",
        "Rejected: 2 × not a date in “sys_updated_at”, as “31/2/2016 10:00” (lines 3, 7)",
    ]
    (kept,) = (tmp_path / "data/rejects").glob("*.csv")
    assert [line.split(",")[0] for line in kept.read_text().splitlines()] == ["line", "3", "7", "11", "21", "1999"]
    assert f"All 5 rejected rows are in {kept}" in printed


def spoil(lines: list[str], header: list[str], number: int, column: str, value: str) -> None:
    """Write a value into a line; the header is line 1."""
    cells = lines[number - 1].split(",")
    cells[header.index(column)] = value
    lines[number - 1] = ",".join(cells)
