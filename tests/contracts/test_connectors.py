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
from tests.contracts.conftest import DATABASES, DESKS, QUERIED, Desk, OverHttp
from tests.contracts.django_helpdesk import StrictDjangoHelpdesk
from tests.contracts.freshdesk import StrictFreshdesk
from tests.contracts.request_tracker import StrictRequestTracker
from tests.contracts.sql import StrictSql
from tests.contracts.zammad import StrictZammad
from tests.contracts.zendesk import StrictZendesk

WARSAW = ZoneInfo("Europe/Warsaw")
# Merging is not for every make; telling of a deletion, and writing “not set” as a date are not for every make.
only_merging = pytest.mark.parametrize(
    "desk", ["request_tracker", "django_helpdesk", "zendesk", "zammad", *DATABASES], indirect=True
)
only_deleting = pytest.mark.parametrize("desk", ["request_tracker", "zendesk", "freshdesk", *QUERIED], indirect=True)
only_restoring = pytest.mark.parametrize("desk", ["zendesk", "freshdesk"], indirect=True)
# Some makes tell how a ticket stands, and not how it came there.
telling_history = pytest.mark.parametrize(
    "desk", [*(make for make in DESKS if make != "freshdesk"), *DATABASES], indirect=True
)
without_history = pytest.mark.parametrize("desk", ["freshdesk"], indirect=True)
only_writing_unset = pytest.mark.parametrize("desk", ["request_tracker", *QUERIED], indirect=True)
# A database answers otherwise than a server of pages, and a file lets everybody in: see tests/connectors/test_sql.py.
only_over_http = pytest.mark.parametrize("desk", DESKS, indirect=True)
only_signing_in = pytest.mark.parametrize(
    "desk", [*DESKS, *(name for name in DATABASES if name != "sql")], indirect=True
)


@contextmanager
def opened(desk: Desk) -> Iterator[Connector]:
    """A connector that may read the desk on this machine."""
    make = registry.make(desk.make)
    door = Door(frozenset({("127.0.0.1", _port(desk))}), getattr(desk, "folders", ()))
    with make.open(settings.read(make.settings, desk.told), door) as connector:
        yield connector


def _port(desk: Desk) -> int:
    return desk.port if isinstance(desk, StrictSql) else desk.server.port


def read(desk: Desk, cursor: str = "") -> list[Batch]:
    """All there is since the cursor."""
    with opened(desk) as connector:
        return list(connector.changes(cursor))


@pytest.fixture
def source(tmp_path: Path, settings: Settings, db: None, desk: Desk) -> Source:
    """The desk, connected."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    settings.DATABASE_FOLDERS = getattr(desk, "folders", ())
    desk.opens()
    help_desks.allow("127.0.0.1", _port(desk), by=None, now=desk.now)
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
    # Some makes have no token that only reads.
    assert [step.name for step in steps if step.warning] == list(getattr(desk, "warns", ()))
    assert steps[0].name == "Server reached"


@only_signing_in
def test_a_token_that_can_change_tickets_is_warned_about(desk: OverHttp) -> None:
    desk.answers_ticket(desk.opens(), by="celina")
    desk.may_write = True
    with opened(desk) as connector:
        told = [step.name for step in connector.check() if step.warning]
    # Some makes tell nobody what a token may do.
    assert told in ([["Token valid"], ["Database user"]] if getattr(desk, "tells_rights", True) else [[]])


def test_agents_groups_and_pipelines_are_told_by_their_names(desk: Desk) -> None:
    for pipeline in ("1", "2"):
        desk.opens(queue=pipeline)
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
        desk.assigns(ticket, "celina", by="celina")
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
    desk.assigns("7", "dawid", by="dawid")
    desk.becomes("7", "resolved", by="dawid")
    desk.asked = 0
    desk.pass_(minutes=1)
    assert synced(desk, source) == 1
    assert desk.asked < getattr(desk, "most_asked", 20)
    assert facts("agent", kind="resolution") == [("Dawid",)]
    assert synced(desk, source) == 0


@only_over_http
@pytest.mark.parametrize("answer", [(429, "", {"Retry_After": "2"}), (500, "", {}), (200, '{"items": [', {})])
def test_what_passes_is_asked_again(desk: OverHttp, source: Source, answer: tuple[int, str, dict[str, str]]) -> None:
    status, body, headers = answer
    desk.answers_next(status, body, **headers)
    assert synced(desk, source) == 1


@only_over_http
def test_a_desk_that_stays_away_is_a_failure_that_may_pass_and_loses_nothing(desk: OverHttp, source: Source) -> None:
    for _ in range(3):
        desk.answers_next(503)
    with pytest.raises(SourceFailed, match="HTTP 503") as failure:
        synced(desk, source)
    assert not failure.value.permanent
    assert synced(desk, source) == 1


@only_signing_in
def test_a_token_that_was_revoked_is_for_a_person_and_in_no_text(
    desk: OverHttp, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.token = "another"
    with pytest.raises(SourceFailed, match=r"refuses the (token|user)") as failure:
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
    desk.pass_(minutes=1)
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
        # Some makes tell the first reply alone; without history it is no reply among others.
        with opened(desk) as connector:
            tells = connector.telling.tells
        told = ["Celina", "Dawid"] if Tells.MESSAGES in tells else ["Celina"]
        assert facts("agent", kind="reply") == [(name,) for name in told if Tells.HISTORY in tells]
        assert {person.name for person in Person.objects.all()} == set(told)

    def test_what_the_system_sends_is_no_answer(self, desk: Desk, source: Source) -> None:
        desk.answers_ticket("1", by="RT_System")
        desk.answers_ticket("1", by="carol")
        synced(desk, source)
        assert facts("agent", kind="first_reply") == []

    @telling_history
    def test_a_resolution_counts_for_whoever_held_the_ticket_then(self, desk: Desk, source: Source) -> None:
        desk.assigns("1", "celina", by="celina")
        desk.becomes("1", "resolved", by="dawid")
        desk.moves("1", "2", by="dawid")
        synced(desk, source)
        # osTicket hands a ticket to whoever closes it.
        holder = "Dawid" if desk.make == "osticket" else "Celina"
        assert facts("agent", "pipeline", kind="resolution") == [(holder, "Support")]
        assert facts("agent", "pipeline", kind="created") == [(None, "Support")]

    @telling_history
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

    @without_history
    def test_without_history_a_resolution_counts_for_whoever_holds_the_ticket_now(
        self, desk: StrictFreshdesk, source: Source
    ) -> None:
        desk.assigns("1", "celina", by="celina")
        desk.becomes("1", "resolved", by="celina")
        synced(desk, source)
        desk.pass_(hours=1)
        desk.assigns("1", "dawid", by="celina")
        desk.moves("1", "2", by="celina")
        synced(desk, source)
        assert facts("agent", "pipeline", kind="resolution") == [("Dawid", "Billing")]

    @without_history
    def test_without_history_a_reopen_ends_the_resolution_that_was_read(
        self, desk: StrictFreshdesk, source: Source
    ) -> None:
        desk.becomes("1", "resolved", by="celina")
        resolved = int(desk.now.timestamp())
        synced(desk, source)
        desk.pass_(hours=1)
        desk.reopens("1")
        reopened = int(desk.now.timestamp())
        desk.pass_(hours=1)
        synced(desk, source)
        assert facts("happened_at", "ended_at", kind="resolution") == [(resolved, reopened)]
        desk.pass_(hours=1)
        desk.becomes("1", "resolved", by="celina")
        again = int(desk.now.timestamp())
        desk.pass_(minutes=5)
        synced(desk, source)
        assert facts("happened_at", "ended_at", kind="resolution") == [(resolved, reopened), (again, None)]

    @only_merging
    def test_a_merged_ticket_is_out_and_its_survivor_is_not(
        self,
        desk: StrictRequestTracker | StrictDjangoHelpdesk | StrictZendesk | StrictZammad | StrictSql,
        source: Source,
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

    @only_deleting
    def test_a_deletion_that_is_told_takes_the_ticket_out_at_once(
        self, desk: StrictRequestTracker | StrictZendesk | StrictFreshdesk | StrictSql, source: Source
    ) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.pass_(minutes=10)
        desk.deletes(second, by="celina")
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 1

    @only_restoring
    def test_a_ticket_that_is_restored_counts_again(
        self, desk: StrictZendesk | StrictFreshdesk, source: Source
    ) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.pass_(minutes=10)
        desk.deletes(second, by="celina")
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 1
        desk.pass_(minutes=10)
        desk.restores(second)
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 2

    def test_a_ticket_that_left_no_trace_is_found_by_the_reconciliation(self, desk: Desk, source: Source) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.pass_(hours=1)
        desk.notes("1", by="celina")
        synced(desk, source)
        desk.shreds(second)
        assert synced(desk, source) == 0
        source.refresh_from_db()
        with help_desks.connector(source) as connector:
            help_desks.reconcile(source, connector, clock=lambda: desk.now, stopped=lambda: False)
        assert len(facts("ticket", kind="created")) == 1

    @only_writing_unset
    def test_a_date_that_is_not_set_is_no_date(self, desk: StrictRequestTracker | StrictSql, source: Source) -> None:
        desk.opens(created="1970-01-01T00:00:00Z")
        synced(desk, source)
        assert min(at for (at,) in facts("happened_at", kind="created")) > 1_700_000_000

    def test_neither_text_nor_names_of_customers_are_kept(self, desk: Desk, source: Source) -> None:
        desk.answers_ticket("1", by="carol")
        synced(desk, source)
        names = sync.store().read(lambda db: db.execute("SELECT text FROM names").fetchall())
        assert not {"carol", desk.customer} & {text.casefold() for (text,) in names}
