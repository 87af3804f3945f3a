"""What every connector keeps to. A package that brings one inherits `ConnectorContract` and gives it a strict server.

What a make does not tell, by its `Telling`, is not looked for, and must not be there.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import stamina
from pytest_django.fixtures import Settings

from milepost.base.errors import SourceFailed
from milepost.connectors import registry, settings
from milepost.connectors.contract import LARGEST, Batch, Connector
from milepost.connectors.http import Door
from milepost.people.models import Person
from milepost.sources import help_desks, sync
from milepost.sources.models import Identity, Source
from milepost.testing.strict_desk import DeletingDesk, MergingDesk, RestoringDesk, StrictDesk
from milepost.tickets.events import Tells

ZONE: Final = ZoneInfo("Europe/Warsaw")
# More often than an import of 120 tickets has batches.
KILLS: Final = 12


class Connected:
    """A strict desk, and the source that reads it. A fixture `desk` of whoever inherits gives the desk."""

    @pytest.fixture(autouse=True)
    def _asks_again_at_once(self) -> Iterator[None]:
        """Where it is asked to wait."""
        with stamina.set_testing(True, attempts=3):
            yield

    @pytest.fixture
    def source(self, tmp_path: Path, settings: Settings, db: None, desk: StrictDesk) -> Source:
        """The desk, connected, with one ticket."""
        settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
        settings.DATABASE_FOLDERS = desk.folders
        desk.opens()
        help_desks.allow("127.0.0.1", desk.port, by=None, now=desk.now)
        return help_desks.connect(desk.make, desk.told, slug="desk", name="Help desk", by=None, now=desk.now)


class EveryConnector(Connected):
    """What is promised of every make, whatever it is read through."""

    def test_a_check_says_step_by_step_what_was_found(self, desk: StrictDesk) -> None:
        desk.answers_ticket(desk.opens(), by="celina")
        with opened(desk) as connector:
            steps = list(connector.check())
        assert len(steps) >= 5
        assert [step.name for step in steps if step.warning] == list(desk.warns)
        assert steps[0].name == "Server reached"

    def test_agents_groups_and_pipelines_are_told_by_their_names(self, desk: StrictDesk) -> None:
        for pipeline in ("1", "2"):
            desk.opens(queue=pipeline)
        with opened(desk) as connector:
            assert {agent.name for agent in connector.agents()} == {"Celina", "Dawid"}
            assert list(connector.teams()) == list(desk.teams)
            assert list(connector.pipelines()) == ["Billing", "Support"]

    def test_all_pages_are_read_the_newest_tickets_first_in_batches_that_are_not_too_large(
        self, desk: StrictDesk
    ) -> None:
        for _ in range(130):
            desk.answers_ticket(desk.opens(), by="celina")
        batches = [batch for batch in read(desk) if batch.progress]
        first_seen = list(dict.fromkeys(event.key for batch in batches for event in batch.events))
        assert first_seen == [str(number) for number in range(130, 0, -1)]
        assert max(len(batch.events) for batch in batches) <= LARGEST
        told = [batch.progress for batch in batches if batch.progress is not None]
        assert (told[0].total, told[-1].done) == (130, 130)
        replies = sum(event.columns.get("message") == "reply" for batch in batches for event in batch.events)
        assert replies == (130 if tells(desk) & {Tells.RESPONSE, Tells.MESSAGES} else 0)

    def test_a_sync_killed_after_any_batch_ends_as_an_undisturbed_one(self, desk: StrictDesk, source: Source) -> None:
        for _ in range(119):
            ticket = desk.opens()
            desk.assigns(ticket, "celina", by="celina")
            desk.becomes(ticket, "resolved", by="celina")
        for _ in range(KILLS):
            synced(desk, source, stopped=lambda: True)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 120
        assert len(facts("ticket", kind="resolution")) == 119
        assert {person.name for person in Person.objects.all()} == {"Celina"}

    def test_after_the_import_only_what_changed_is_asked_for(self, desk: StrictDesk, source: Source) -> None:
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
        assert desk.asked < desk.most_asked
        assert facts("agent", kind="resolution") == [("Dawid",)]
        assert synced(desk, source) == 0

    def test_a_clock_that_is_years_away_from_ours_loses_nothing(self, desk: StrictDesk, source: Source) -> None:
        ours = datetime(2031, 1, 1, tzinfo=UTC)
        synced(desk, source)
        desk.pass_(minutes=30)
        desk.becomes("1", "resolved", by="celina")
        desk.pass_(minutes=1)
        assert synced(desk, source, clock=lambda: ours) == 1

    def test_the_first_answer_of_an_agent_is_the_response_and_a_note_is_none(
        self, desk: StrictDesk, source: Source
    ) -> None:
        for act, who in ((desk.notes, "dawid"), (desk.answers_ticket, "celina"), (desk.answers_ticket, "dawid")):
            desk.pass_(minutes=10)
            act("1", by=who)
        synced(desk, source)
        told = tells(desk)
        first = [("Celina", 1200)] if Tells.RESPONSE in told else []
        assert facts("agent", "calendar_seconds", kind="first_reply") == first
        # Some makes tell the first reply alone; without history it is no reply among others.
        replied = ["Celina", "Dawid"] if Tells.MESSAGES in told else ["Celina"] if first else []
        assert facts("agent", kind="reply") == [(name,) for name in replied if Tells.HISTORY in told]
        assert {person.name for person in Person.objects.all()} == set(replied)

    @pytest.mark.parametrize("who", ["carol", "system"])
    def test_what_a_customer_writes_or_the_system_sends_is_no_answer(
        self, desk: StrictDesk, source: Source, who: str
    ) -> None:
        desk.answers_ticket("1", by=who)
        synced(desk, source)
        assert facts("agent", kind="first_reply") == []

    def test_a_resolution_counts_for_whoever_held_the_ticket_then_or_now_where_no_history_is_told(
        self, desk: StrictDesk, source: Source
    ) -> None:
        desk.assigns("1", "celina", by="celina")
        desk.becomes("1", "resolved", by="dawid")
        closed_by = "Dawid" if desk.hands_over else "Celina"
        desk.moves("1", "2", by="dawid")
        synced(desk, source)
        told = Tells.HISTORY in tells(desk)
        assert facts("agent", "pipeline", kind="resolution") == [(closed_by, "Support" if told else "Billing")]
        assert facts("agent", "pipeline", kind="created") == [(None, "Support") if told else (closed_by, "Billing")]

    def test_a_customer_who_writes_again_reopens_which_only_a_history_tells_afterwards(
        self, desk: StrictDesk, source: Source
    ) -> None:
        desk.assigns("1", "celina", by="celina")
        desk.becomes("1", "resolved", by="celina")
        desk.pass_(hours=1)
        desk.reopens("1")
        desk.pass_(hours=1)
        desk.assigns("1", "dawid", by="celina")
        desk.becomes("1", "resolved", by="dawid")
        synced(desk, source)
        if Tells.HISTORY in tells(desk):
            assert facts("agent", "calendar_seconds", kind="reopen") == [("Celina", 3600)]
            assert facts("agent", "nth", kind="resolution") == [("Celina", 1), ("Dawid", 2)]
        else:
            assert facts("agent", kind="reopen") == []
            assert facts("agent", kind="resolution") == [("Dawid",)]

    def test_a_ticket_that_left_no_trace_is_found_by_the_reconciliation(self, desk: StrictDesk, source: Source) -> None:
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

    def test_what_was_told_twice_changes_nothing(self, desk: StrictDesk, source: Source) -> None:
        desk.answers_ticket("1", by="celina")
        synced(desk, source)
        Source.objects.update(cursor="")
        assert synced(desk, source) == 0

    def test_neither_text_nor_names_of_customers_are_kept(self, desk: StrictDesk, source: Source) -> None:
        desk.answers_ticket("1", by="carol")
        synced(desk, source)
        names = sync.store().read(lambda db: db.execute("SELECT text FROM names").fetchall())
        assert not {"carol", desk.customer} & {text.casefold() for (text,) in names}
        assert not Person.objects.filter(name__iexact="carol").exists()


class SigningIn(Connected):
    """What is promised of a make that lets in by a token or a user."""

    def test_what_lets_us_in_and_can_change_tickets_is_warned_about(self, desk: StrictDesk) -> None:
        desk.answers_ticket(desk.opens(), by="celina")
        desk.lets_write()
        with opened(desk) as connector:
            assert [step.name for step in connector.check() if step.warning] == list(desk.warns_of_writing)

    def test_what_lets_us_in_and_was_revoked_is_for_a_person_and_in_no_text(
        self, desk: StrictDesk, source: Source, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        desk.revokes()
        with pytest.raises(SourceFailed, match="refuses the") as failure:
            synced(desk, source)
        assert failure.value.permanent
        source.refresh_from_db()
        secrets = [
            desk.told[one.key] for one in registry.make(desk.make).asked() if one.is_secret and one.key in desk.told
        ]
        assert secrets
        for secret in secrets:
            for text in (caplog.text, str(failure.value), repr(source.settings), source.secrets):
                assert secret not in text


class OverHttp(Connected):
    """What is promised of a make that is asked over HTTP."""

    @pytest.mark.parametrize("answer", [(429, "", {"Retry-After": "2"}), (500, "", {}), (200, '{"items": [', {})])
    def test_what_passes_is_asked_again(
        self, desk: StrictDesk, source: Source, answer: tuple[int, str, Mapping[str, str]]
    ) -> None:
        desk.answers_next(*answer)
        assert synced(desk, source) == 1

    def test_a_desk_that_stays_away_is_a_failure_that_may_pass_and_loses_nothing(
        self, desk: StrictDesk, source: Source
    ) -> None:
        for _ in range(3):
            desk.answers_next(503)
        with pytest.raises(SourceFailed, match="HTTP 503") as failure:
            synced(desk, source)
        assert not failure.value.permanent
        assert synced(desk, source) == 1


class ConnectorContract(EveryConnector, SigningIn, OverHttp):
    """Inherit it in a test, and write a fixture `desk` that gives the strict server of the make."""


class TellsMerges(Connected):
    """Inherit it too where a merge is told."""

    def test_a_merged_ticket_is_out_and_its_survivor_is_not(self, desk: MergingDesk, source: Source) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.pass_(minutes=10)
        desk.merges(second, "1", by="celina")
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 1
        removed = sync.store().read(lambda db: db.execute("SELECT key, removal, survivor FROM tickets").fetchall())
        assert sorted(removed) == [("1", None, None), (second, "merged", "1")]


class TellsDeletions(Connected):
    """Inherit it too where a deletion is told."""

    def test_a_deletion_that_is_told_takes_the_ticket_out_at_once(self, desk: DeletingDesk, source: Source) -> None:
        second = desk.opens()
        synced(desk, source)
        desk.pass_(minutes=10)
        desk.deletes(second, by="celina")
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 1


class TellsRestored(TellsDeletions):
    """Inherit it too where what was deleted may come back."""

    def test_a_ticket_that_is_restored_counts_again(self, desk: RestoringDesk, source: Source) -> None:
        self.test_a_deletion_that_is_told_takes_the_ticket_out_at_once(desk, source)
        desk.pass_(minutes=10)
        desk.restores("2")
        desk.pass_(minutes=1)
        synced(desk, source)
        assert len(facts("ticket", kind="created")) == 2


@contextmanager
def opened(desk: StrictDesk, **told: str) -> Iterator[Connector]:
    """A connector that may read the desk on this machine, told more than it takes.

    The make is found as an installed package names it.
    """
    make = registry.make(desk.make)
    door = Door(frozenset({("127.0.0.1", desk.port)}), tuple(desk.folders))
    with make.open(settings.read(make.settings, desk.told | told), door) as connector:
        yield connector


def read(desk: StrictDesk, cursor: str = "", **told: str) -> list[Batch]:
    """All there is since the cursor."""
    with opened(desk, **told) as connector:
        return list(connector.changes(cursor))


def synced(
    desk: StrictDesk,
    source: Source,
    *,
    clock: Callable[[], datetime] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """A sync, as the job does it; how many tickets changed."""
    source.refresh_from_db()
    with help_desks.connector(source) as connector:
        ours = clock or (lambda: desk.now)
        return help_desks.sync(source, connector, clock=ours, zone=ZONE, stopped=stopped).changed


def facts(*columns: str, kind: str) -> list[tuple[Any, ...]]:
    """Facts of one kind, in order, with persons and names of pipelines in the place of numbers."""
    query = (
        f"SELECT {', '.join(columns)} FROM facts WHERE kind = '{kind}' AND counts_until IS NULL "
        "ORDER BY happened_at, ticket"
    )
    known = Identity.objects.select_related("person")
    named = {(one.kind, one.number): one.person.name if one.person else one.key for one in known}
    rows = sync.store().read(lambda db: db.execute(query).fetchall())
    return [tuple(named.get((name, value), value) for name, value in zip(columns, row, strict=True)) for row in rows]


def tells(desk: StrictDesk) -> frozenset[Tells]:
    """What its make tells."""
    with opened(desk) as connector:
        return frozenset(connector.telling.tells)
