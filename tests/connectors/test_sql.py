"""Reading a database by queries: what they may be, what their columns mean, and what becomes of rows that are wrong."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import stamina

from milepost.base.errors import Refused, SourceFailed
from milepost.connectors.contract import LARGEST, Agent, Batch
from milepost.connectors.database import server
from milepost.tickets.events import Tells
from tests.connectors.tables import filled, made, read, reading

TABLE = "CREATE TABLE tickets (id, opened, changed, answered, closed, owner, queue, subject)"
QUERY = """
SELECT id AS ticket, opened AS created, changed AS updated, answered AS first_reply, closed AS resolved, owner AS agent,
       queue, subject
FROM tickets
"""
DAY = "2026-03-02"


def row(number: Any, hour: int = 8, **more: Any) -> list[Any]:
    """A ticket that was opened at this hour."""
    told = {"opened": f"{DAY} {hour:02}:00:00", "changed": f"{DAY} {hour:02}:00:00", "answered": None, "closed": None}
    told |= {"owner": "celina", "queue": "Support", "subject": "about it"} | more
    return [number, *told.values()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An empty table."""
    made(tmp_path / "desk.db", TABLE)
    return tmp_path / "desk.db"


def keys(batches: list[Batch]) -> list[str]:
    """The tickets that were told, in order."""
    return list(dict.fromkeys(event.key for batch in batches for event in batch.events))


class TestQueries:
    """Somebody writes them, and they may only read."""

    @pytest.mark.parametrize(
        "query",
        [
            "DELETE FROM tickets",
            "SELECT 1 AS ticket; DROP TABLE tickets",
            "/* SELECT */ UPDATE tickets SET id = 1",
            "PRAGMA writable_schema = 1",
            "SELECT 1 AS ticket /*! INTO OUTFILE '/tmp/x' */",
            "SELECTED",
            "",
        ],
    )
    def test_only_one_select_is_a_query(self, file: Path, query: str) -> None:
        with pytest.raises(Refused), reading(file, query) as connector:
            list(connector.check())

    @pytest.mark.parametrize(
        "query",
        [
            f"{QUERY};",
            f"-- of the desk\n{QUERY}-- to here",
            f"/* of it\n */ WITH found AS ({QUERY}) SELECT * FROM found",
            QUERY.replace("subject", "'50 %, a:b and ::c' AS remark"),
        ],
    )
    def test_comments_colons_and_percents_are_left_as_they_are(self, file: Path, query: str) -> None:
        filled(file, "tickets", [row(1)])
        assert keys(read(file, query)) == ["1"]

    def test_a_column_that_is_needed_and_not_there_is_named(self, file: Path) -> None:
        with pytest.raises(Refused, match="lacks the column “updated”") as refused:
            read(file, QUERY.replace("AS updated", "AS touched"))
        assert "touched" in str(refused.value)

    def test_what_the_database_says_of_a_wrong_query_is_shown(self, file: Path) -> None:
        with pytest.raises(SourceFailed, match="no such column: nowhere") as failed:
            read(file, QUERY.replace("opened", "nowhere"))
        assert failed.value.permanent

    def test_a_ticket_that_a_join_gives_twice_is_refused(self, file: Path) -> None:
        filled(file, "tickets", [row(1), row(1)])
        with pytest.raises(Refused, match="2 rows for 1 tickets"), reading(file, QUERY) as connector:
            list(connector.check())

    def test_columns_without_a_meaning_are_never_asked_for(self, file: Path) -> None:
        filled(file, "tickets", [row(1)])
        with reading(file, QUERY) as connector:
            told = [step for step in connector.check() if step.name == "Columns"]
            events = [event for batch in connector.changes("") for event in batch.events]
        assert told[0].values["unused"] == "subject"
        assert "about it" not in repr(events)

    def test_a_query_that_never_ends_is_ended(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "SECONDS", 0)
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS ticket, "
        with pytest.raises(SourceFailed, match="too long"):
            read(file, f"{endless} 1 AS created, 1 AS updated FROM n")


class TestTables:
    """Without a history a ticket is what its row says now."""

    def test_a_row_tells_creation_first_reply_and_closing(self, file: Path) -> None:
        answered, closed = f"{DAY} 09:00:00", f"{DAY} 10:00:00"
        filled(file, "tickets", [row(1, answered=answered, closed=closed)])
        with reading(file, QUERY, zone="Europe/Warsaw") as connector:
            tells = connector.telling.tells
            batch = next(iter(connector.changes("")))
        eight = 1_772_434_800  # in Warsaw
        assert [(event.key, event.created_at, event.happened_at) for event in batch.events] == [
            ("1", eight, eight),
            ("1", eight, eight + 3600),
            ("1", eight, eight + 7200),
        ]
        assert batch.events[0].columns == {"agent": "celina", "pipeline": "Support"}
        assert (batch.events[1].columns["message"], batch.events[2].columns["status"]) == ("reply", "resolved")
        assert batch.whole
        assert tells == {Tells.RESPONSE, Tells.STATUS, Tells.AGENTS}

    def test_null_is_nobody_and_the_dates_that_databases_write_for_none_are_none(self, file: Path) -> None:
        filled(
            file,
            "tickets",
            [row(1, owner=None, answered="0000-00-00 00:00:00", closed="1970-01-01 00:00:00")],
        )
        (event,) = read(file, QUERY)[0].events
        assert event.columns == {"agent": "", "pipeline": "Support"}

    def test_rows_that_cannot_be_read_are_counted_by_reason_and_the_others_told(self, file: Path) -> None:
        filled(file, "tickets", [row(1), row(2, answered="soon"), row(3, answered=f"{DAY} 07:00:00"), row(4)])
        batch = read(file, QUERY)[0]
        assert {event.key for event in batch.events} == {"1", "4"}
        assert sorted((one.reason, one.column, one.count, one.example) for one in batch.rejected) == [
            ("before the ticket was created", "first_reply", 1, f"{DAY} 07:00:00"),
            ("not a date", "first_reply", 1, "soon"),
        ]
        with reading(file, QUERY) as connector:
            assert [step.name for step in connector.check() if step.warning][:1] == ["Rows that cannot be read"]

    def test_tickets_without_a_moment_are_left_out_and_it_is_said(self, file: Path) -> None:
        filled(file, "tickets", [row(1), row(2, opened=None), row(3, changed=None), row(None)])
        with reading(file, QUERY) as connector:
            (warned, *_) = (step for step in connector.check() if step.name == "Tickets left out")
        assert warned.values == {"count": 3}

    def test_moments_of_another_zone_are_noticed_by_the_clock_of_the_database(self, file: Path) -> None:
        filled(file, "tickets", [row(1, changed="2999-01-01 00:00:00")])
        with reading(file, QUERY) as connector:
            assert "Time zone" in [step.name for step in connector.check() if step.warning]


class TestHistory:
    """A second query tells what happened."""

    QUERY = "SELECT ticket, at, seq, status, message, owner, actor FROM acts"

    @pytest.fixture
    def acts(self, file: Path) -> Path:
        """A ticket whose history is empty."""
        made(file, "CREATE TABLE acts (ticket, at, seq, status, message, owner, actor)")
        filled(file, "tickets", [row(1)])
        return file

    def events(self, file: Path, **more: str) -> list[tuple[int, dict[str, Any]]]:
        """Hours after the creation, and what is told."""
        told = read(file, QUERY, history=self.QUERY, **more)[0].events
        return [((event.happened_at - event.created_at) // 3600, dict(event.columns)) for event in told]

    def test_what_both_queries_have_the_history_tells_alone(self, acts: Path) -> None:
        filled(
            acts,
            "acts",
            [
                [1, f"{DAY} 08:00:00", 1, "NEW", "Customer", "", None],
                [1, f"{DAY} 09:00:00", 2, None, None, "dawid", "celina"],
                [1, f"{DAY} 09:00:00", 3, "solved", None, None, "dawid"],
            ],
        )
        assert self.events(acts) == [
            (0, {"pipeline": "Support", "status": "new", "message": "customer", "agent": ""}),
            (1, {"agent": "dawid", "actor": "celina"}),
            (1, {"status": "resolved", "actor": "dawid"}),
        ]

    def test_a_row_with_a_word_that_nobody_explained_is_set_aside(self, acts: Path) -> None:
        filled(acts, "acts", [[1, f"{DAY} 09:00:00", 1, "parked", None, None, None]])
        batch = read(acts, QUERY, history=self.QUERY)[0]
        assert [(one.column, one.example) for one in batch.rejected] == [("status", "parked")]
        assert self.events(acts, statuses="Parked = on_hold")[1] == (1, {"status": "on_hold"})

    def test_what_happened_before_the_creation_happened_at_it(self, acts: Path) -> None:
        filled(acts, "acts", [[1, f"{DAY} 07:59:59", 1, "open", None, None, None]])
        assert self.events(acts) == [(0, {"pipeline": "Support", "status": "open"})]


class TestCursors:
    """Where a sync got to is said in the words of the database."""

    def test_many_tickets_come_in_windows_and_each_comes_once(self, file: Path) -> None:
        filled(file, "tickets", [row(number, hour=number % 24) for number in range(1, 12_001)])
        batches = read(file, QUERY)
        told = [event.key for batch in batches if batch.progress for event in batch.events]
        assert len(told) == len(set(told)) == 12_000
        assert max(len(batch.events) for batch in batches) <= LARGEST
        resumed = read(file, QUERY, batches[3].cursor)
        assert {event.key for batch in (*batches[:4], *resumed) for event in batch.events} == set(told)

    def test_numbers_of_tickets_may_be_texts(self, file: Path) -> None:
        filled(file, "tickets", [row(f"INC-{number:05}") for number in range(5_500)])
        assert len(keys(read(file, QUERY))) == 5_500

    def test_what_changed_long_ago_is_not_told_again(self, file: Path) -> None:
        filled(file, "tickets", [row(number) for number in range(1, 4)])
        cursor = read(file, QUERY)[-1].cursor
        # While something of that time may still be being written it is asked for once more.
        cursor = read(file, QUERY, cursor)[-1].cursor
        assert keys(read(file, QUERY, cursor)) == []
        made(file, f"UPDATE tickets SET changed = '{DAY} 09:00:00' WHERE id = 2")
        assert keys(read(file, QUERY, cursor)) == ["2"]

    def test_what_changed_just_now_is_told_once_more(self, file: Path) -> None:
        filled(file, "tickets", [row(1)])
        made(file, "UPDATE tickets SET changed = datetime('now')")
        cursor = read(file, QUERY)[-1].cursor
        assert "changed" in json.loads(cursor)
        assert keys(read(file, QUERY, cursor)) == ["1"]

    @pytest.mark.parametrize("ahead", ["2999-01-01 00:00:00", "2999-01-01T00:00:00.5Z"])
    def test_a_change_that_lies_ahead_does_not_hide_those_of_today(self, file: Path, ahead: str) -> None:
        filled(file, "tickets", [row(1), row(2, changed=ahead)])
        cursor = read(file, QUERY)[-1].cursor
        assert keys(read(file, QUERY, cursor)) == ["2"]
        made(file, "UPDATE tickets SET changed = strftime('%Y-%m-%d %H:%M:%S', 'now', '+1 seconds') WHERE id = 1")
        assert keys(read(file, QUERY.replace(" changed", f" replace(changed, ' ', '{ahead[10]}')"), cursor)) == [
            "1",
            "2",
        ]

    def test_a_change_may_be_known_by_a_growing_number(self, file: Path) -> None:
        filled(file, "tickets", [row(number, changed=number) for number in range(1, 4)])
        cursor = read(file, QUERY)[-1].cursor
        made(file, "UPDATE tickets SET changed = 9 WHERE id = 1")
        assert keys(read(file, QUERY, cursor)) == ["3", "1"]

    def test_tickets_that_the_query_does_not_give_are_missing_unless_it_gives_none(self, file: Path) -> None:
        filled(file, "tickets", [row(1), row(2)])
        with reading(file, QUERY) as connector:
            assert list(connector.missing(["1", "3", "x"])) == ["3", "x"]
            made(file, "DELETE FROM tickets")
            with pytest.raises(SourceFailed, match="none at all"):
                list(connector.missing(["1"]))

    def test_a_database_that_is_locked_is_asked_again_and_then_left_for_later(self, file: Path) -> None:
        filled(file, "tickets", [row(1)])
        with stamina.set_testing(True, attempts=2), closing(sqlite3.connect(file)) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            with pytest.raises(SourceFailed, match="does not answer") as failed:
                read(file, QUERY)
            assert not failed.value.permanent
            writer.rollback()
        assert keys(read(file, QUERY)) == ["1"]


class TestPeople:
    """A third query says who works there."""

    def test_an_agent_of_two_groups_has_two_rows_and_one_who_left_is_not_active(self, file: Path) -> None:
        made(file, "CREATE TABLE staff (id, name, email, enabled, department)")
        rows = [[5, "Celina", "celina@example.org", 1, "Frontline"], [5, "Celina", "celina@example.org", 1, "Billing"]]
        filled(file, "staff", [*rows, [6, None, "", 0, None]])
        with reading(file, QUERY, people="SELECT * FROM staff") as connector:
            assert list(connector.agents()) == [
                Agent("5", "Celina", "celina@example.org", active=True, teams=("Frontline", "Billing")),
                Agent("6", "6", "", active=False, teams=()),
            ]
            assert list(connector.teams()) == ["Billing", "Frontline"]

    def test_without_it_agents_are_called_as_tickets_call_them(self, file: Path) -> None:
        filled(file, "tickets", [row(1)])
        with reading(file, QUERY) as connector:
            assert list(connector.agents()) == []
            assert list(connector.pipelines()) == ["Support"]
            assert "Agents" not in [step.name for step in connector.check()]
