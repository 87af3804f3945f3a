"""What is particular to Zendesk; what every connector keeps to is in tests/contracts."""

import pytest
import stamina
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.connectors import parts, settings
from milepost.connectors.contract import Agent, Batch
from milepost.connectors.zendesk.connector import MAKE
from milepost.testing.connector_contract import opened, read
from milepost.testing.strict_desk import TOKEN
from tests.connectors.asking import events, keys
from tests.contracts import zendesk
from tests.contracts.zendesk import USERS, StrictZendesk


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictZendesk:
    return StrictZendesk(httpserver)


def stopped(desk: StrictZendesk, cursor: str = "") -> list[Batch]:
    """All batches, each of another sync that is killed after it."""
    batches: list[Batch] = []
    while True:
        with opened(desk) as connector:
            batch = next(iter(connector.changes(cursor)))
        if not batch.events and batch.cursor == cursor:
            return batches
        batches, cursor = [*batches, batch], batch.cursor


def of_one_second(desk: StrictZendesk, count: int) -> list[str]:
    """Tickets of one moment, as an import makes them; the numbers, the highest first."""
    numbers = [desk.opens() for _ in range(count)]
    for number in numbers:
        desk.tickets[int(number)]["created_at"] = "2026-03-01T00:00:00Z"
    return numbers[::-1]


def test_tickets_of_one_second_are_all_read_beyond_where_a_search_ends(
    desk: StrictZendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zendesk, "END", 100)
    many = of_one_second(desk, 230)
    later = desk.opens()
    assert keys([batch for batch in read(desk) if batch.progress]) == [later, *many]


def test_an_import_that_is_killed_within_one_second_goes_on_there(
    desk: StrictZendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LARGEST", 2)
    many = of_one_second(desk, 5)
    batches = stopped(desk)
    assert keys(batches) == many
    assert [batch.progress.done for batch in batches if batch.progress] == [2, 4, 5]


def test_an_export_that_is_killed_after_any_batch_tells_every_change_once(
    desk: StrictZendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [desk.opens() for _ in range(9)]
    cursor = read(desk)[-1].cursor
    desk.pass_(hours=1)
    for ticket in tickets:
        desk.notes(ticket, by="celina")
    desk.pass_(minutes=1)
    monkeypatch.setattr(zendesk, "EXPORT", 5)
    monkeypatch.setattr(parts, "LARGEST", 4)
    told = [
        event.key for batch in stopped(desk, cursor) for event in batch.events if event.columns.get("message") == "note"
    ]
    assert told == tickets


def test_whoever_asks_the_export_too_often_waits(desk: StrictZendesk, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = [desk.opens() for _ in range(15)]
    cursor = read(desk)[-1].cursor
    for ticket in tickets:
        desk.notes(ticket, by="celina")
    desk.pass_(minutes=1)
    monkeypatch.setattr(zendesk, "EXPORT", 1)
    with stamina.set_testing(True, attempts=3):
        assert keys(read(desk, cursor)) == tickets


def test_a_ticket_that_searches_learn_of_later_is_told_by_the_export(desk: StrictZendesk) -> None:
    desk.opens()
    late = desk.opens()
    desk.unindexed.add(int(late))
    desk.pass_(minutes=2)
    batches = read(desk)
    assert late not in keys([batch for batch in batches if batch.progress])
    assert late in keys(batches)


def test_the_last_minute_is_told_by_the_next_sync(desk: StrictZendesk) -> None:
    ticket = desk.opens()
    desk.pass_(minutes=2)
    cursor = read(desk)[-1].cursor
    desk.notes(ticket, by="celina")
    desk.pass_(seconds=59)
    later = read(desk, cursor)
    assert keys(later) == []
    desk.pass_(seconds=1)
    assert keys(read(desk, later[-1].cursor)) == [ticket]


def test_old_tickets_are_left_out_when_they_change_too(desk: StrictZendesk) -> None:
    old = desk.opens()
    desk.pass_(days=10)
    new = desk.opens()
    cursor = read(desk, since="2026-03-10")[-1].cursor
    desk.notes(old, by="celina")
    desk.notes(new, by="celina")
    desk.pass_(minutes=1)
    assert keys(read(desk, cursor, since="2026-03-10")) == [new]


def test_an_account_without_tickets_is_read_from_its_first_one_on(desk: StrictZendesk) -> None:
    cursor = read(desk)[-1].cursor
    ticket = desk.opens()
    desk.pass_(minutes=1)
    assert keys(read(desk, cursor)) == [ticket]


def test_all_of_a_long_history_is_read(desk: StrictZendesk) -> None:
    ticket = desk.opens()
    for _ in range(230):
        desk.answers_ticket(ticket, by="celina")
    assert sum(event.get("message") == "reply" for event in events(desk)) == 230


class TestStatuses:
    def test_the_statuses_of_zendesk_mean_what_they_say(self, desk: StrictZendesk) -> None:
        ticket = desk.opens()
        for status in ("open", "feedback", "hold", "resolved", "closed"):
            desk.becomes(ticket, status, by="celina")
        told = ["new", "open", "waiting_customer", "on_hold", "resolved", "closed"]
        assert [event["status"] for event in events(desk)] == told

    def test_a_custom_status_means_what_its_category_does_unless_its_name_is_mapped(self, desk: StrictZendesk) -> None:
        desk.statuses = [
            {"id": 31, "agent_label": "In progress", "status_category": "open"},
            {"id": 32, "agent_label": "Waiting for parts", "status_category": "pending"},
        ]
        ticket = desk.opens()
        desk.becomes_custom(ticket, 31, by="celina")
        desk.becomes_custom(ticket, 32, by="celina")
        assert [event["status"] for event in events(desk)] == ["new", "open", "waiting_customer"]
        mapped = events(desk, statuses="waiting for parts = on_hold\nnew = new")
        assert [event["status"] for event in mapped] == ["new", "open", "on_hold"]

    def test_a_change_within_a_category_changes_what_is_mapped(self, desk: StrictZendesk) -> None:
        desk.statuses = [
            {"id": 31, "agent_label": "In progress", "status_category": "open"},
            {"id": 33, "agent_label": "With the supplier", "status_category": "open"},
        ]
        ticket = desk.opens()
        desk.becomes_custom(ticket, 31, by="celina")
        desk.becomes_custom(ticket, 33, by="celina")
        told = events(desk, statuses="with the supplier = on_hold\nopen = open\nnew = new")
        assert [event["status"] for event in told] == ["new", "open", "on_hold"]


class TestPeople:
    def test_who_asks_for_help_is_the_customer_of_that_ticket_agent_or_not(self, desk: StrictZendesk) -> None:
        ticket = desk.opens(by="celina", requester="celina")
        desk.answers_ticket(ticket, by="celina")
        desk.answers_ticket(ticket, by="dawid")
        assert [event["message"] for event in events(desk)] == ["customer", "customer", "reply"]

    def test_a_ticket_that_an_agent_opens_for_a_customer_begins_with_the_agent(self, desk: StrictZendesk) -> None:
        desk.opens(by="celina")
        (opening,) = events(desk)
        assert (opening["actor_kind"], opening["actor"], opening["message"]) == ("agent", str(USERS["celina"]), "reply")

    def test_a_comment_that_a_program_enters_is_that_of_its_author(self, desk: StrictZendesk) -> None:
        ticket = desk.opens()
        comment = {"type": "Comment", "author_id": USERS["carol"], "public": True, "body": "carol"}
        desk.audited(int(ticket), comment, by="celina", channel="api")
        assert events(desk)[1]["message"] == "customer"

    def test_what_rules_and_bots_write_is_no_reply(self, desk: StrictZendesk) -> None:
        ticket = desk.opens()
        desk.answers_ticket(ticket, by="system")
        desk.answers_ticket(ticket, by="dawid")
        comment = {"type": "Comment", "author_id": USERS["celina"], "public": True, "body": "Have you read this?"}
        desk.audited(int(ticket), comment, by="celina", channel="answer_bot_for_web_widget")
        told = [event["message"] for event in events(desk, bots="Dawid")]
        assert told == ["customer", "automatic", "automatic", "automatic"]

    def test_who_is_suspended_is_not_active_and_keeps_what_was_done(self, desk: StrictZendesk) -> None:
        desk.answers_ticket(desk.opens(), by="dawid")
        desk.suspended.add("dawid")
        with opened(desk) as connector:
            told = {agent.name: agent.active for agent in connector.agents()}
        assert told == {"Celina": True, "Dawid": False}
        assert events(desk)[1]["message"] == "reply"

    def test_who_held_a_ticket_and_is_no_agent_any_more_is_told_and_answered_it(self, desk: StrictZendesk) -> None:
        ticket = desk.opens()
        desk.assigns(ticket, "dawid", by="dawid")
        desk.answers_ticket(ticket, by="dawid")
        desk.downgraded.add("dawid")
        with opened(desk) as connector:
            told = [event.columns for batch in connector.changes("") if batch.progress for event in batch.events]
            agents = list(connector.agents())
        assert told[2]["message"] == "reply"
        left = Agent(str(USERS["dawid"]), "Dawid", "dawid@example.com", active=False)
        assert agents == [Agent("51", "Celina", "celina@example.com", teams=["Frontline"]), left]


class TestTraces:
    def test_a_rating_is_told_where_it_is_one(self, desk: StrictZendesk) -> None:
        ticket = desk.opens()
        for score in ("good", "bad", "good_with_comment"):
            desk.rates(ticket, score)
        assert [event["score"] for event in events(desk) if "score" in event] == [100, 0, 100]

    def test_a_merge_names_its_survivor_and_is_no_reply_there(self, desk: StrictZendesk) -> None:
        first, second = desk.opens(), desk.opens()
        desk.merges(second, first, by="celina")
        told = events(desk)
        gone, came = told[1], told[3]
        assert (gone["removal"], gone["survivor"], gone.get("message")) == ("merged", first, None)
        assert came["message"] == "note"

    def test_a_follow_up_of_a_merged_ticket_is_none(self, desk: StrictZendesk) -> None:
        ticket = desk.opens(tags=["closed_by_merge"])
        tags = desk.change(int(ticket), "tags", ["closed_by_merge", "printer"])
        desk.audited(int(ticket), tags, by="celina")
        assert [event.get("removal") for event in events(desk)] == [None]

    def test_a_deletion_is_told_by_the_export_as_of_its_moment(self, desk: StrictZendesk) -> None:
        first, second = desk.opens(), desk.opens()
        desk.pass_(minutes=20)
        cursor = read(desk)[-1].cursor
        desk.deletes(second, by="celina")
        at = int(desk.now.timestamp())
        desk.pass_(minutes=1)
        (told,) = [event for batch in read(desk, cursor) for event in batch.events]
        assert (told.key, told.happened_at, told.columns["removal"]) == (second, at, "deleted")
        with opened(desk) as connector:
            assert list(connector.missing([first, second])) == [second]

    def test_what_triggers_send_and_what_changes_no_field_we_know_is_left_out(self, desk: StrictZendesk) -> None:
        ticket = desk.opens()
        desk.audited(int(ticket), {"type": "Notification", "subject": "Hello"}, by="system", channel="rule")
        desk.audited(int(ticket), {"type": "Change", "field_name": "360001", "value": ["a"]}, by="celina")
        assert len(events(desk)) == 1

    def test_the_channel_the_group_and_the_form_are_told(self, desk: StrictZendesk) -> None:
        desk.assigns(desk.opens(), "celina", by="celina")
        opening, assigned = events(desk)
        assert (opening["channel"], opening["pipeline"], opening["team"], opening["agent"]) == (
            "email",
            "Support",
            "",
            "",
        )
        assert (assigned["team"], assigned["agent"]) == ("Frontline", str(USERS["celina"]))


class TestPipelines:
    def test_brands_or_groups_may_divide_tickets_instead_of_forms(self, desk: StrictZendesk) -> None:
        desk.assigns(desk.opens(), "celina", by="celina")
        assert [event.get("pipeline") for event in events(desk, pipelines="brands")] == ["Shop", None]
        assert [event.get("pipeline") for event in events(desk, pipelines="Groups")] == ["", "Frontline"]

    def test_an_account_without_forms_is_read_without_pipelines(self, desk: StrictZendesk) -> None:
        desk.forms = False
        desk.tickets[int(desk.opens())]["ticket_form_id"] = None
        desk.audits[1][0]["events"] = [one for one in desk.audits[1][0]["events"] if "form" not in str(one)]
        assert [event["pipeline"] for event in events(desk)] == [""]
        with opened(desk) as connector:
            assert list(connector.pipelines()) == []

    def test_another_word_is_refused_with_those_that_do(self, desk: StrictZendesk) -> None:
        with opened(desk, pipelines="queues") as connector, pytest.raises(SourceFailed, match="forms, brands, groups"):
            list(connector.check())


class TestTokens:
    def test_an_api_token_lets_in_with_an_address_and_is_warned_about(self, desk: StrictZendesk) -> None:
        desk.answers_ticket(desk.opens(), by="celina")
        desk.email = "anna@example.com"
        with opened(desk, email="anna@example.com") as connector:
            assert [step.name for step in connector.check() if step.warning] == ["Token valid"]

    def test_a_token_of_somebody_who_is_no_administrator_is_refused(self, desk: StrictZendesk) -> None:
        desk.role = "agent"
        with opened(desk) as connector, pytest.raises(SourceFailed, match="only administrators"):
            list(connector.check())

    def test_neither_the_token_nor_the_header_is_in_the_text_of_the_settings(self, desk: StrictZendesk) -> None:
        told = settings.read(MAKE.settings, desk.told | {"email": "anna@example.com"})
        assert TOKEN not in repr(told)
        assert told.signing_in["Authorization"] not in repr(told)
