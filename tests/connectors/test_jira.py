"""What is particular to Jira Service Management; what every connector keeps to is in tests/contracts."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys, messages
from tests.contracts.jira import StrictJira


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictJira:
    return StrictJira(httpserver)


class TestPages:
    """No ticket falls between two pages."""

    def test_tickets_of_one_second_are_all_read_also_when_the_sync_goes_on_in_the_middle(
        self, desk: StrictJira
    ) -> None:
        desk.most = 3
        for _ in range(5):
            desk.opens()
        desk.pass_(minutes=1)
        for _ in range(4):
            desk.opens()
        batches = [batch for batch in read(desk) if batch.progress]
        assert keys(batches) == ["9", "8", "7", "6", "5", "4", "3", "2", "1"]
        for number, batch in enumerate(batches[:-1], 1):
            rest = [later for later in read(desk, batch.cursor) if later.progress]
            assert keys(rest) == keys(batches[number:])
            assert rest[-1].progress == batches[-1].progress

    def test_what_changed_comes_in_the_order_of_its_change_and_goes_on_in_the_middle(self, desk: StrictJira) -> None:
        desk.most = 2
        for _ in range(5):
            desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=1)
        for ticket in ("4", "2", "5", "1"):
            desk.becomes(ticket, "open", by="celina")
            desk.pass_(seconds=1)
        batches = [batch for batch in read(desk, cursor) if batch.whole]
        assert keys(batches) == ["3", "4", "2", "5", "1"]
        assert keys(read(desk, batches[0].cursor)) == ["2", "5", "1"]

    def test_what_the_index_did_not_have_yet_is_read_by_the_next_sync(self, desk: StrictJira) -> None:
        desk.opens()
        late = desk.opens()
        desk.pass_(minutes=1)
        hidden = desk.tickets.pop(int(late))
        cursor = read(desk)[-1].cursor
        desk.tickets[int(late)] = hidden
        assert late in keys(read(desk, cursor))

    def test_tickets_from_before_the_day_of_the_import_are_left_out(self, desk: StrictJira) -> None:
        desk.opens()
        desk.pass_(days=1)
        desk.opens()
        assert keys(read(desk, since="2026-03-03")) == ["2"]

    def test_more_changes_and_comments_than_a_search_tells_are_read_to_their_end(self, desk: StrictJira) -> None:
        desk.opens()
        for _ in range(60):
            desk.becomes("1", "feedback", by="celina")
            desk.becomes("1", "open", by="carol")
            desk.answers_ticket("1", by="celina")
        told = events(desk)
        assert sum("status" in one for one in told) == 121
        assert messages(desk).count(("agent", "reply")) == 60


class TestMessages:
    """Who wrote, and whether customers see it."""

    def test_neither_notes_nor_what_a_rule_writes_are_replies(self, desk: StrictJira) -> None:
        desk.opens()
        desk.writes("1", by="system")
        desk.notes("1", by="celina")
        desk.writes("1", by="celina", visibility={"type": "role", "value": "Administrators"})
        desk.answers_ticket("1", by="celina")
        desk.writes("1", by="carol")
        assert messages(desk) == [
            ("customer", "customer"),
            ("system", "automatic"),
            ("agent", "note"),
            ("agent", "note"),
            ("agent", "reply"),
            ("customer", "customer"),
        ]

    def test_a_colleague_who_works_no_tickets_is_a_customer_and_answers_nobody(self, desk: StrictJira) -> None:
        desk.opens()
        desk.answers_ticket("1", by="ewa")
        desk.notes("1", by="ewa")
        assert messages(desk)[1:] == [("customer", "customer"), ("unknown", "note")]

    def test_an_agent_who_reported_the_ticket_writes_as_a_customer(self, desk: StrictJira) -> None:
        desk.opens(by="dawid", to="dawid")
        desk.answers_ticket("1", by="dawid")
        assert messages(desk) == [("customer", "customer"), ("customer", "customer")]

    def test_a_ticket_that_an_agent_opened_for_a_customer_is_not_answered(self, desk: StrictJira) -> None:
        desk.opens(by="celina")
        (opening,) = events(desk)
        assert (opening["actor_kind"], opening.get("message")) == ("agent", None)

    def test_the_channel_is_that_of_the_request(self, desk: StrictJira) -> None:
        desk.opens(channel="email")
        assert events(desk)[0]["channel"] == "email"


class TestChanges:
    """What was changed, by whom."""

    def test_statuses_mean_what_their_names_and_their_categories_say(self, desk: StrictJira) -> None:
        desk.opens()
        for status in ("open", "feedback", "supplier", "resolved", "closed"):
            desk.becomes("1", status, by="celina")
        told = ["new", "open", "waiting_customer", "open", "resolved", "closed"]
        assert [one["status"] for one in events(desk)] == told
        mapped = events(desk, statuses="with the supplier = on_hold\nclosed = resolved")
        assert [one["status"] for one in mapped][3:] == ["on_hold", "closed", "resolved"]

    def test_a_ticket_that_was_moved_is_told_of_its_first_project_until_then(self, desk: StrictJira) -> None:
        desk.opens()
        desk.moves("1", "2", by="dawid")
        assert [one["pipeline"] for one in events(desk)] == ["Support", "Billing"]
        assert events(desk)[1]["actor_kind"] == "agent"

    def test_a_ticket_that_was_imported_closed_was_closed_when_it_says(self, desk: StrictJira) -> None:
        desk.opens()
        desk.tickets[1] |= {"status": 6, "resolutiondate": "2026-03-02T10:00:00.000+0100"}
        batches = [batch for batch in read(desk) if batch.progress]
        told = [(event.happened_at - event.created_at, event.columns["status"]) for event in batches[0].events]
        assert told == [(0, "open"), (3600, "closed")]

    def test_what_a_rule_does_is_done_by_no_person(self, desk: StrictJira) -> None:
        desk.opens()
        desk.becomes("1", "resolved", by="system")
        assert events(desk)[-1]["actor_kind"] == "system"

    def test_whoever_left_keeps_what_was_done(self, desk: StrictJira) -> None:
        desk.opens()
        desk.answers_ticket("1", by="dawid")
        desk.agents, desk.closed = ("celina",), {"dawid"}
        desk.comments[1][0]["author"]["active"] = False
        with opened(desk) as connector:
            assert [agent.name for agent in connector.agents()] == ["Celina"]
            told = [event for batch in connector.changes("") for event in batch.events]
            assert told[-1].columns["message"] == "reply"
            assert {agent.name: agent.active for agent in connector.agents()} == {"Celina": True, "Dawid": False}

    def test_whoever_held_a_ticket_and_wrote_nothing_is_known_by_name(self, desk: StrictJira) -> None:
        desk.opens()
        desk.assigns("1", "dawid", by="celina")
        desk.agents = ("celina",)
        with opened(desk) as connector:
            list(connector.changes(""))
            assert [agent.name for agent in connector.agents()] == ["Celina", "Dawid"]


class TestRights:
    """What the account may do and see."""

    def test_only_the_projects_that_are_wanted_are_read(self, desk: StrictJira) -> None:
        desk.opens()
        desk.opens(queue="2")
        assert keys(read(desk, projects="bil")) == ["2"]
        with opened(desk, projects="Billing") as connector:
            assert list(connector.pipelines()) == ["Billing"]

    def test_a_project_that_is_not_there_is_refused_by_its_name(self, desk: StrictJira) -> None:
        with opened(desk, projects="Support, Legal") as connector, pytest.raises(SourceFailed, match="legal"):
            list(connector.check())

    def test_an_account_that_sees_no_service_project_is_refused(self, desk: StrictJira) -> None:
        desk.browses = ()
        with opened(desk) as connector, pytest.raises(SourceFailed, match="sees no service project"):
            list(connector.check())

    def test_a_ticket_in_a_project_that_is_not_read_is_not_missing(self, desk: StrictJira) -> None:
        first, second, third = desk.opens(), desk.opens(queue="2"), desk.opens()
        desk.shreds(third)
        with opened(desk, projects="SUP") as connector:
            assert list(connector.missing([first, second, third])) == [third]

    def test_to_an_account_that_is_not_let_in_any_more_nothing_is_missing(self, desk: StrictJira) -> None:
        first = desk.opens()
        desk.token = "another"
        with opened(desk) as connector, pytest.raises(SourceFailed, match="refuses the token"):
            list(connector.missing([first]))
