"""What every connector keeps to, whatever the make: each test runs against a strict server of every make."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from milepost.base.errors import SourceFailed
from milepost.connectors import registry, settings
from milepost.connectors.contract import LARGEST, Batch, Connector
from milepost.connectors.http import Door
from milepost.people.models import Person
from milepost.sources import help_desks, sync
from milepost.sources.models import Identity, Source
from milepost.tickets.events import Tells
from tests.contracts.conftest import Desk
from tests.contracts.django_helpdesk import StrictDjangoHelpdesk
from tests.contracts.request_tracker import StrictRequestTracker
from tests.contracts.zammad import StrictZammad

WARSAW = ZoneInfo("Europe/Warsaw")
# Merging is not for every make; telling of a deletion, and writing “not set” as a date are not for every make.
only_merging = pytest.mark.parametrize("desk", ["request_tracker", "django_helpdesk", "zammad"], indirect=True)
only_request_tracker = pytest.mark.parametrize("desk", ["request_tracker"], indirect=True)


@contextmanager
def opened(desk: Desk) -> Iterator[Connector]:
    """A connector that may read the desk on this machine."""
    make = registry.make(desk.make)
    door = Door(frozenset({("127.0.0.1", desk.server.port)}))
    with make.open(settings.read(make.settings, desk.told), door) as connector:
        yield connector


def read(desk: Desk, cursor: str = "") -> list[Batch]:
    """All there is since the cursor."""
    with opened(desk) as connector:
        return list(connector.changes(cursor))


@pytest.fixture
def source(tmp_path: Path, settings: Settings, db: None, desk: Desk) -> Source:
    """The desk, connected."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    desk.opens()
    help_desks.allow("127.0.0.1", desk.server.port, by=None, now=desk.now)
    return help_desks.connect(desk.make, desk.told, slug="desk", name="Help desk", by=None, now=desk.now)


def synced(desk: Desk, source: Source, *, until: Callable[[], bool] = lambda: False) -> int:
    """The job reads; how many tickets changed."""
    source.refresh_from_db()
    with help_desks.connector(source) as connector:
        return help_desks.sync(source, connector, clock=lambda: desk.now, zone=WARSAW, stopped=until).changed


def facts(*columns: str, kind: str) -> list[Any]:
    """Facts of one kind, in order, with persons and names of pipelines in the place of numbers."""
    query = (
        f"SELECT {', '.join(columns)} FROM facts WHERE kind = '{kind}' AND counts_until IS NULL "
        "ORDER BY happened_at, ticket"
    )
    known = Identity.objects.select_related("person")
    named = {(one.kind, one.number): one.person.name if one.person else one.key for one in known}
    rows = sync.store().read(lambda db: db.execute(query).fetchall())
    return [tuple(named.get((name, value), value) for name, value in zip(columns, row, strict=True)) for row in rows]


def test_a_check_says_step_by_step_what_was_found(desk: Desk) -> None:
    ticket = desk.opens()
    desk.answers_ticket(ticket, by="celina")
    with opened(desk) as connector:
        steps = list(connector.check())
    assert len(steps) >= 5
    assert [step.name for step in steps if step.warning] == []
    assert steps[0].name == "Server reached"


def test_a_token_that_can_change_tickets_is_warned_about(desk: Desk) -> None:
    desk.answers_ticket(desk.opens(), by="celina")
    desk.may_write = True
    with opened(desk) as connector:
        told = [step.name for step in connector.check() if step.warning]
    # Some makes tell nobody what a token may do.
    assert told == (["Token valid"] if getattr(desk, "tells_rights", True) else [])


def test_agents_groups_and_pipelines_are_told_by_their_names(desk: Desk) -> None:
    with opened(desk) as connector:
        assert {agent.name for agent in connector.agents()} == {"Celina", "Dawid"}
        assert list(connector.teams()) == list(getattr(desk, "teams", ["Frontline"]))
        assert list(connector.pipelines()) == ["Billing", "Support"]


def test_all_pages_are_read_the_newest_tickets_first_in_batches_that_are_not_too_large(desk: Desk) -> None:
    for _ in range(130):
        desk.answers_ticket(desk.opens(), by="celina")
    batches = [batch for batch in read(desk) if batch.progress]
    first_seen = list(dict.fromkeys(event.key for batch in batches for event in batch.events))
    assert first_seen == [str(number) for number in range(130, 0, -1)]
    assert max(len(batch.events) for batch in batches) <= LARGEST
    told = [batch.progress for batch in batches if batch.progress is not None]
    assert (told[0].total, told[-1].done) == (130, 130)
    assert sum(event.columns.get("message") == "reply" for batch in batches for event in batch.events) == 130


def test_a_sync_killed_after_any_batch_ends_as_an_undisturbed_one(desk: Desk, source: Source) -> None:
    for _ in range(119):
        ticket = desk.opens()
        desk.becomes(ticket, "resolved", by="celina")
    while not source.complete_until:
        synced(desk, source, until=lambda: True)
        source.refresh_from_db()
        if "below" not in source.cursor:
            synced(desk, source)
            source.refresh_from_db()
    assert len(facts("ticket", kind="created")) == 120
    assert len(facts("ticket", kind="resolution")) == 119
    assert {person.name for person in Person.objects.all()} == {"Celina"}


def test_after_the_import_only_what_changed_is_asked_for(desk: Desk, source: Source) -> None:
    for _ in range(60):
        desk.opens()
    synced(desk, source)
    synced(desk, source)
    desk.pass_(hours=1)
    desk.becomes("7", "resolved", by="dawid")
    desk.asked = 0
    desk.pass_(minutes=1)
    assert synced(desk, source) == 1
    assert desk.asked < getattr(desk, "most_asked", 20)
    assert facts("agent", kind="resolution") == [("Dawid",)]
    assert synced(desk, source) == 0


@pytest.mark.parametrize("answer", [(429, "", {"Retry_After": "2"}), (500, "", {}), (200, '{"items": [', {})])
def test_what_passes_is_asked_again(desk: Desk, source: Source, answer: tuple[int, str, dict[str, str]]) -> None:
    status, body, headers = answer
    desk.answers_next(status, body, **headers)
    assert synced(desk, source) == 1


def test_a_desk_that_stays_away_is_a_failure_that_may_pass_and_loses_nothing(desk: Desk, source: Source) -> None:
    for _ in range(3):
        desk.answers_next(503)
    with pytest.raises(SourceFailed, match="HTTP 503") as failure:
        synced(desk, source)
    assert not failure.value.permanent
    assert synced(desk, source) == 1


def test_a_token_that_was_revoked_is_for_a_person_and_in_no_text(
    desk: Desk, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.token = "another"
    with pytest.raises(SourceFailed, match="refuses the token") as failure:
        synced(desk, source)
    assert failure.value.permanent
    told = desk.told["token"]
    source.refresh_from_db()
    for text in (caplog.text, str(failure.value), repr(source.settings), source.secrets):
        assert told not in text


def test_a_clock_that_is_hours_away_from_ours_loses_nothing(desk: Desk, source: Source) -> None:
    ours = datetime(2031, 1, 1, tzinfo=UTC)
    synced(desk, source)
    desk.pass_(minutes=30)
    desk.becomes("1", "resolved", by="celina")
    with help_desks.connector(Source.objects.get()) as connector:
        source.refresh_from_db()
        assert help_desks.sync(source, connector, clock=lambda: ours, zone=WARSAW).changed == 1


class TestStories:
    """What was done at the help desk is what the facts say."""

    def test_the_first_answer_of_an_agent_is_the_response_and_a_note_is_none(self, desk: Desk, source: Source) -> None:
        desk.pass_(minutes=10)
        desk.notes("1", by="dawid")
        desk.pass_(minutes=10)
        desk.answers_ticket("1", by="celina")
        desk.pass_(minutes=10)
        desk.answers_ticket("1", by="dawid")
        synced(desk, source)
        assert facts("agent", "calendar_seconds", kind="first_reply") == [("Celina", 1200)]
        # Some makes tell the first reply alone.
        with opened(desk) as connector:
            told = ["Celina", "Dawid"] if Tells.MESSAGES in connector.telling.tells else ["Celina"]
        assert facts("agent", kind="reply") == [(name,) for name in told]
        assert {person.name for person in Person.objects.all()} == set(told)

    def test_what_the_system_sends_is_no_answer(self, desk: Desk, source: Source) -> None:
        desk.answers_ticket("1", by="RT_System")
        desk.answers_ticket("1", by="carol")
        synced(desk, source)
        assert facts("agent", kind="first_reply") == []

    def test_a_resolution_counts_for_whoever_held_the_ticket_then(self, desk: Desk, source: Source) -> None:
        desk.assigns("1", "celina", by="celina")
        desk.becomes("1", "resolved", by="dawid")
        desk.moves("1", "2", by="dawid")
        synced(desk, source)
        assert facts("agent", "pipeline", kind="resolution") == [("Celina", "Support")]
        assert facts("agent", "pipeline", kind="created") == [(None, "Support")]

    def test_a_customer_who_writes_again_reopens(self, desk: Desk, source: Source) -> None:
        desk.assigns("1", "celina", by="celina")
        desk.becomes("1", "resolved", by="celina")
        desk.pass_(hours=1)
        desk.reopens("1")
        desk.pass_(hours=1)
        desk.assigns("1", "dawid", by="celina")
        desk.becomes("1", "resolved", by="dawid")
        synced(desk, source)
        assert facts("agent", "calendar_seconds", kind="reopen") == [("Celina", 3600)]
        assert facts("agent", "nth", kind="resolution") == [("Celina", 1), ("Dawid", 2)]

    @only_merging
    def test_a_merged_ticket_is_out_and_its_survivor_is_not(
        self, desk: StrictRequestTracker | StrictDjangoHelpdesk | StrictZammad, source: Source
    ) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.pass_(minutes=10)
        desk.merges(second, "1", by="celina")
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 1
        removed = sync.store().read(lambda db: db.execute("SELECT key, removal, survivor FROM tickets").fetchall())
        assert sorted(removed) == [("1", None, None), (second, "merged", "1")]

    @only_request_tracker
    def test_a_deletion_that_is_told_takes_the_ticket_out_at_once(
        self, desk: StrictRequestTracker, source: Source
    ) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.pass_(minutes=10)
        desk.deletes(second, by="celina")
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 1

    def test_a_ticket_that_left_no_trace_is_found_by_the_reconciliation(self, desk: Desk, source: Source) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.shreds(second)
        assert synced(desk, source) == 0
        source.refresh_from_db()
        with help_desks.connector(source) as connector:
            help_desks.reconcile(source, connector, clock=lambda: desk.now, stopped=lambda: False)
        assert len(facts("ticket", kind="created")) == 1

    @only_request_tracker
    def test_a_date_that_is_not_set_is_no_date(self, desk: StrictRequestTracker, source: Source) -> None:
        desk.opens(created="1970-01-01T00:00:00Z")
        synced(desk, source)
        assert min(at for (at,) in facts("happened_at", kind="created")) > 1_700_000_000

    def test_neither_text_nor_names_of_customers_are_kept(self, desk: Desk, source: Source) -> None:
        desk.answers_ticket("1", by="carol")
        synced(desk, source)
        names = sync.store().read(lambda db: db.execute("SELECT text FROM names").fetchall())
        assert not {"carol", desk.customer} & {text.casefold() for (text,) in names}
