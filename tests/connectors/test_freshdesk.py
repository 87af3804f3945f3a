"""What is particular to Freshdesk; what every connector keeps to is in tests/contracts."""

import pytest
import stamina
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.connectors import parts, settings
from milepost.connectors.contract import Agent, Batch
from milepost.connectors.freshdesk import connector as freshdesk_connector
from milepost.connectors.freshdesk import server as freshdesk_server
from milepost.connectors.freshdesk.connector import MAKE
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys
from tests.contracts import freshdesk
from tests.contracts.freshdesk import USERS, StrictFreshdesk


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictFreshdesk:
    return StrictFreshdesk(httpserver)


@pytest.fixture
def lists_end_early(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (freshdesk, freshdesk_connector, freshdesk_server):
        monkeypatch.setattr(module, "LAST", 2)


def imported(desk: StrictFreshdesk, **told: str) -> list[str]:
    return keys([batch for batch in read(desk, **told) if batch.progress])


def numbers(highest: int, lowest: int = 1) -> list[str]:
    return [str(number) for number in range(highest, lowest - 1, -1)]


class TestImport:
    @pytest.mark.usefixtures("lists_end_early")
    def test_tickets_older_than_where_lists_end_are_read_by_their_changes(self, desk: StrictFreshdesk) -> None:
        for _ in range(450):
            desk.opens()
            desk.pass_(seconds=1)
        told = imported(desk)
        assert told[:200] == numbers(450, 251)
        assert sorted(told[200:], key=int) == numbers(250)[::-1]

    @pytest.mark.parametrize("after", [1, 2, 3])
    def test_what_is_deleted_while_pages_are_read_lets_none_slip_through(
        self, desk: StrictFreshdesk, after: int
    ) -> None:
        for _ in range(450):
            desk.opens()
            desk.pass_(seconds=1)
        told: list[str] = []
        with opened(desk) as connector:
            for place, batch in enumerate(filter(lambda one: one.progress, connector.changes("")), start=1):
                told += dict.fromkeys(event.key for event in batch.events)
                # All that was told goes, so that the pages after it move to the front.
                if place == after:
                    for key in told:
                        desk.shreds(key)
        assert told == numbers(450)

    def test_what_is_opened_while_pages_are_read_is_told_afterwards(self, desk: StrictFreshdesk) -> None:
        for _ in range(250):
            desk.opens()
            desk.pass_(seconds=1)
        batches: list[Batch] = []
        with opened(desk) as connector:
            for batch in connector.changes(""):
                batches.append(batch)
                if len(batches) == 1:
                    for _ in range(150):
                        desk.opens()
        assert keys([batch for batch in batches if batch.progress]) == numbers(250)
        assert set(keys(batches)) == set(numbers(400))

    def test_an_import_that_is_killed_after_any_batch_goes_on_there(
        self, desk: StrictFreshdesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parts, "LARGEST", 4)
        for _ in range(7):
            desk.opens()
        told, cursor, done = [], "", 0
        while done < 7:
            with opened(desk) as connector:
                batch = next(iter(connector.changes(cursor)))
            assert batch.progress is not None
            told += [event.key for event in batch.events]
            cursor, done = batch.cursor, batch.progress.done
        assert list(dict.fromkeys(told)) == numbers(7)
        assert len(told) == 14

    def test_old_tickets_are_left_out_when_they_change_too(self, desk: StrictFreshdesk) -> None:
        old = desk.opens()
        desk.pass_(days=10)
        new = desk.opens()
        desk.notes(old, by="celina")
        first = read(desk, since="2026-03-10")
        assert keys(first) == [new]
        desk.pass_(hours=1)
        desk.rates(old, 103)
        assert keys(read(desk, first[-1].cursor, since="2026-03-10")) == [new]
        desk.deletes(old, by="celina")
        assert keys(read(desk, first[-1].cursor, since="2026-03-10")) == [new]

    def test_who_has_no_credit_left_waits(self, desk: StrictFreshdesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(freshdesk, "CREDITS", 10)
        desk.answers_ticket(desk.opens(), by="celina")
        with stamina.set_testing(True, attempts=3):
            assert imported(desk) == ["1"]


class TestChanges:
    def test_all_that_changed_within_one_second_is_told(self, desk: StrictFreshdesk) -> None:
        for _ in range(250):
            desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=1)
        for number in range(1, 251):
            desk.notes(str(number), by="celina")
        told = [event.key for batch in read(desk, cursor) for event in batch.events]
        assert set(told) == set(numbers(250))
        # The opening and the status, once.
        assert len(told) == 500

    def test_a_deletion_and_spam_are_told_as_of_the_change_and_a_restore_tells_the_ticket_again(
        self, desk: StrictFreshdesk
    ) -> None:
        first, second = desk.opens(), desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=1)
        desk.deletes(first, by="celina")
        desk.spams(second)
        at = int(desk.now.timestamp())
        batches = read(desk, cursor)
        gone = [(event.key, event.happened_at, event.columns["removal"]) for one in batches for event in one.events]
        assert gone == [(first, at, "deleted"), (second, at, "spam")]
        with opened(desk) as connector:
            assert list(connector.missing([first, second, "7"])) == [first, second]
        desk.pass_(hours=1)
        desk.restores(first)
        assert keys([batch for batch in read(desk, batches[-1].cursor) if batch.whole]) == [first]

    def test_a_rating_is_told_although_it_does_not_change_the_ticket(self, desk: StrictFreshdesk) -> None:
        ticket, other = desk.opens(), desk.opens()
        desk.answers_ticket(ticket, by="celina")
        desk.becomes(ticket, "resolved", by="celina")
        desk.pass_(hours=1)
        desk.notes(other, by="celina")
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=1)
        desk.rates(ticket, 103)
        told = [event.columns for batch in read(desk, cursor) for event in batch.events if event.key == ticket]
        assert [event["score"] for event in told if "score" in event] == [100]


class TestReplies:
    def test_the_first_public_reply_of_a_person_is_told_with_its_author(self, desk: StrictFreshdesk) -> None:
        ticket = desk.opens()
        desk.notes(ticket, by="dawid")
        desk.answers_ticket(ticket, by="dawid", source=8)
        desk.answers_ticket(ticket, by="dawid", automation_id=4)
        desk.answers_ticket(ticket, by="dawid", auto_response=True)
        desk.answers_ticket(ticket, by="carol")
        desk.answers_ticket(ticket, by="celina")
        desk.answers_ticket(ticket, by="dawid")
        replies = [event for event in events(desk) if event.get("message") == "reply"]
        assert [event["actor"] for event in replies] == [str(USERS["celina"])]

    def test_a_reply_that_is_not_among_what_was_written_has_no_author(self, desk: StrictFreshdesk) -> None:
        ticket = desk.opens()
        desk.answers_ticket(ticket, by="celina")
        desk.written[1].clear()
        (reply,) = [event for event in events(desk) if event.get("message") == "reply"]
        assert "actor" not in reply

    def test_a_ticket_that_nobody_answered_is_not_asked_for_what_was_written(self, desk: StrictFreshdesk) -> None:
        for _ in range(30):
            desk.answers_ticket(desk.opens(), by="carol")
        events(desk)
        assert desk.asked < 20

    def test_what_an_agent_opened_by_writing_to_somebody_brings_no_message_of_a_customer(
        self, desk: StrictFreshdesk
    ) -> None:
        desk.opens(source=10)
        opening = events(desk)[0]
        assert (opening["channel"], opening.get("message")) == ("Outbound email", None)


class TestStatuses:
    def test_statuses_mean_what_their_names_say(self, desk: StrictFreshdesk) -> None:
        told = {}
        for status in ("open", "feedback", "customer", "third", "8", "resolved", "closed"):
            ticket = desk.opens()
            desk.pass_(minutes=1)
            desk.becomes(ticket, status, by="celina")
            told[ticket] = status
        for batch in read(desk, statuses="with the supplier = on_hold\nresolved = resolved\nclosed = closed"):
            for event in batch.events:
                told[event.key] = event.columns.get("status", told[event.key])
        assert list(told.values()) == ["open", "open", "open", "open", "on_hold", "resolved", "closed"]

    def test_what_freshdesk_names_at_first_needs_no_mapping(self, desk: StrictFreshdesk) -> None:
        for status in ("feedback", "customer", "third"):
            desk.becomes(desk.opens(), status, by="celina")
        told = [event["status"] for event in events(desk) if "status" in event]
        assert told == ["on_hold", "waiting_customer", "waiting_customer"]

    def test_what_is_closed_was_resolved_before_and_a_reopen_is_told(self, desk: StrictFreshdesk) -> None:
        ticket = desk.opens()
        for status in ("resolved", "open", "resolved", "closed"):
            desk.pass_(hours=1)
            desk.becomes(ticket, status, by="celina")
        at = [event.happened_at for batch in read(desk) if batch.progress for event in batch.events]
        assert [event.get("status") for event in events(desk)] == [None, "open", "resolved", "closed"]
        assert [moment - at[0] for moment in at] == [0, 2 * 3600, 3 * 3600, 4 * 3600]


class TestRatings:
    @pytest.mark.parametrize(("answer", "score"), [(103, 100), (100, 50), (-103, 0), (-101, 33)])
    def test_seven_answers_are_scores_from_0_to_100(self, desk: StrictFreshdesk, answer: int, score: int) -> None:
        ticket = desk.opens()
        desk.becomes(ticket, "closed", by="celina")
        desk.rates(ticket, answer)
        assert [event["score"] for event in events(desk) if "score" in event] == [score]

    def test_an_account_that_asks_nobody_is_not_asked_ticket_by_ticket(self, desk: StrictFreshdesk) -> None:
        desk.surveys = False
        for _ in range(30):
            desk.becomes(desk.opens(), "closed", by="celina")
        assert len(imported(desk)) == 30
        assert desk.asked < 20


class TestPeople:
    def test_who_is_no_agent_any_more_keeps_what_was_done(self, desk: StrictFreshdesk) -> None:
        ticket = desk.opens()
        desk.assigns(ticket, "dawid", by="dawid")
        desk.answers_ticket(ticket, by="dawid")
        desk.gone.add("dawid")
        with opened(desk) as connector:
            told = [event.columns for batch in connector.changes("") if batch.progress for event in batch.events]
            agents = list(connector.agents())
        assert [event["actor"] for event in told if event.get("message") == "reply"] == [str(USERS["dawid"])]
        celina = Agent("51", "Celina", "celina@example.com", teams=["Frontline"])
        assert agents == [celina, Agent(str(USERS["dawid"]), f"#{USERS['dawid']}", active=False)]

    def test_an_agent_who_may_not_sign_in_is_not_active(self, desk: StrictFreshdesk) -> None:
        desk.inactive.add("dawid")
        with opened(desk) as connector:
            assert {agent.name: agent.active for agent in connector.agents()} == {"Celina": True, "Dawid": False}

    def test_a_key_of_somebody_who_does_not_see_all_tickets_is_warned_about(self, desk: StrictFreshdesk) -> None:
        desk.answers_ticket(desk.opens(), by="celina")
        desk.scope = 2
        with opened(desk) as connector:
            assert [step.name for step in connector.check() if step.warning] == ["Tickets seen"]


class TestPipelines:
    def test_types_or_groups_may_divide_tickets_instead_of_products(self, desk: StrictFreshdesk) -> None:
        desk.assigns(desk.opens(), "celina", by="celina")
        assert events(desk)[0]["pipeline"] == "Support"
        assert events(desk, pipelines="types")[0]["pipeline"] == "Question"
        assert events(desk, pipelines="Groups")[0]["pipeline"] == "Frontline"
        with opened(desk, pipelines="types") as connector:
            assert list(connector.pipelines()) == ["Incident", "Question"]

    def test_another_word_is_refused_with_those_that_do(self, desk: StrictFreshdesk) -> None:
        with (
            opened(desk, pipelines="queues") as connector,
            pytest.raises(SourceFailed, match="products, types, groups"),
        ):
            list(connector.check())


def test_neither_the_key_nor_the_header_is_in_the_text_of_the_settings(desk: StrictFreshdesk) -> None:
    told = settings.read(MAKE.settings, desk.told)
    assert freshdesk.KEY not in repr(told)
    assert told.signing_in["Authorization"] not in repr(told)
