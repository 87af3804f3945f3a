"""Request Tracker 5 as Debian ships it: what was done there is what the facts say."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from milepost.people.models import Person
from milepost.sources import help_desks, sync
from milepost.sources.models import Source
from tests.help_desks.conftest import RequestTracker

pytestmark = pytest.mark.help_desk
MAKE = "request_tracker"


def told(desk: RequestTracker, *, by: str = "milepost") -> dict[str, str]:
    """What it takes to read it."""
    return {"address": desk.address, "token": desk.tokens[by]}


@pytest.fixture
def read(tmp_path: Path, settings: Settings, db: None, request_tracker: RequestTracker) -> Callable[[], int]:
    """The desk, connected: each call is a sync, and says how many tickets changed."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    now = datetime.now(UTC)
    help_desks.allow("127.0.0.1", request_tracker.port, by=None, now=now)
    help_desks.connect(MAKE, told(request_tracker), slug="rt", name="RT", by=None, now=now)

    def once() -> int:
        source, zone = Source.objects.get(), ZoneInfo("Europe/Warsaw")
        with help_desks.connector(source) as connector:
            return help_desks.sync(source, connector, clock=lambda: datetime.now(UTC), zone=zone).changed

    return once


def facts(ticket: str) -> list[tuple[Any, ...]]:
    """The acts of a ticket in order: what, whose, in which queue; those that do not count any more are left out."""

    def ask(db: Any) -> list[tuple[Any, ...]]:
        rows = db.execute(
            """
            SELECT facts.kind, agent.text, queue.text, ended_at IS NOT NULL
            FROM facts JOIN tickets USING (ticket)
            LEFT JOIN names agent ON agent.kind = 'agent' AND agent.number = facts.agent
            LEFT JOIN names queue ON queue.kind = 'pipeline' AND queue.number = facts.pipeline
            WHERE tickets.key = ? AND counts_until IS NULL AND facts.kind NOT IN ('open', 'awaiting', 'waiting')
            ORDER BY happened_at, facts.kind
            """,
            [ticket],
        ).fetchall()
        return list(rows)

    return sync.store().read(ask)


def test_the_check_tells_a_token_that_reads_from_one_that_can_change_tickets(
    request_tracker: RequestTracker, read: Callable[[], int]
) -> None:
    request_tracker.says("celina", request_tracker.opens("a question"))
    steps = {step.name: step for step in help_desks.check(MAKE, told(request_tracker))}
    assert [name for name, step in steps.items() if step.warning] == []
    assert steps["Agents"].values == {"active": 2, "inactive": 0}
    writing = {step.name: step for step in help_desks.check(MAKE, told(request_tracker, by="celina"))}
    assert writing["Token valid"].warning


def test_every_fact_is_what_was_done(request_tracker: RequestTracker, read: Callable[[], int]) -> None:
    desk = request_tracker
    ticket = desk.opens("printer broken")
    desk.says("dawid", ticket, "comment")
    desk.says("celina", ticket)
    desk.does("celina", "PUT", f"/ticket/{ticket}/take", {})
    desk.sets("celina", ticket, Status="resolved")
    desk.says("carol", ticket)
    desk.sets("celina", ticket, Owner="dawid")
    desk.says("dawid", ticket)
    desk.sets("dawid", ticket, Status="resolved")
    desk.sets("dawid", ticket, Queue="Billing")
    read()
    assert facts(ticket) == [
        ("created", None, "Support", False),
        ("first_reply", "celina", "Support", False),
        ("reply", "celina", "Support", False),
        ("assignment", "celina", "Support", False),
        ("resolution", "celina", "Support", True),
        ("reopen", "celina", "Support", False),
        ("assignment", "dawid", "Support", False),
        ("reply", "dawid", "Support", False),
        ("resolution", "dawid", "Support", False),
    ]
    assert {"Celina", "Dawid"} <= set(Person.objects.values_list("name", flat=True))


def test_what_was_merged_or_deleted_after_it_was_read_is_out(
    request_tracker: RequestTracker, read: Callable[[], int]
) -> None:
    desk = request_tracker
    kept, merged, deleted = (desk.opens(subject) for subject in ("kept", "the same again", "spam"))
    read()
    assert [len(facts(ticket)) for ticket in (kept, merged, deleted)] == [1, 1, 1]
    desk.sets("celina", merged, MergeInto=kept)
    desk.does("celina", "DELETE", f"/ticket/{deleted}")
    read()
    assert [len(facts(ticket)) for ticket in (kept, merged, deleted)] == [1, 0, 0]
    removed = sync.store().read(
        lambda db: db.execute(
            "SELECT key, removal, survivor FROM tickets WHERE removal IS NOT NULL AND key IN (?, ?)", [merged, deleted]
        ).fetchall()
    )
    assert sorted(removed) == sorted([(merged, "merged", kept), (deleted, "deleted", None)])
    assert read() == 0
