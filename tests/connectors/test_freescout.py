"""What is particular to FreeScout; what every connector keeps to is in tests/contracts."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys, messages
from tests.connectors.threaded import MANY, ReadInPages, ToldByThreads
from tests.contracts.freescout import WORKFLOW, StrictFreeScout
from tests.contracts.threads import CELINA, DAWID


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictFreeScout:
    return StrictFreeScout(httpserver)


class TestPages(ReadInPages):
    """No conversation falls between two pages."""

    def test_what_is_deleted_between_two_pages_hides_no_other_conversation(self, desk: StrictFreeScout) -> None:
        for _ in range(2 * MANY):
            desk.opens()

        def deletes() -> None:
            for number in range(2 * MANY, 2 * MANY - 5, -1):
                desk.shreds(str(number))

        # Two questions for what is newest and one for how many there are; then the first page, and the second.
        desk.meanwhile = [lambda: None] * 4 + [deletes]
        told = keys(batch for batch in read(desk) if batch.progress)
        assert sorted(map(int, told)) == list(range(1, 2 * MANY + 1))

    def test_an_import_goes_on_also_when_many_that_were_told_are_deleted_since(self, desk: StrictFreeScout) -> None:
        for _ in range(3 * MANY):
            desk.opens()
        batches = [batch for batch in read(desk) if batch.progress]
        for number in range(3 * MANY, 2 * MANY, -1):
            desk.shreds(str(number))
        rest = keys(later for later in read(desk, batches[1].cursor) if later.progress)
        assert rest == keys(batches[2:])

    def test_more_than_a_page_that_changed_in_one_second_is_read_at_once(self, desk: StrictFreeScout) -> None:
        for _ in range(3 * MANY):
            desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=2)
        for number in range(1, 3 * MANY + 1):
            desk.notes(str(number), by="celina")
        told = keys(batch for batch in read(desk, cursor) if batch.whole)
        assert sorted(map(int, told)) == list(range(1, 3 * MANY + 1))

    def test_more_of_one_second_than_the_server_hands_out_is_a_failure_and_skips_nothing(
        self, desk: StrictFreeScout
    ) -> None:
        for _ in range(3 * MANY):
            desk.opens()
        desk.most = 40
        with pytest.raises(SourceFailed, match="40 of 90"):
            read(desk)

    def test_what_changed_in_the_hour_that_comes_twice_is_read(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(minutes=-50)
        desk.conversations[1]["updatedAt"] = desk.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert "1" in keys(read(desk, cursor))


class TestMessages:
    """Who wrote, and whether customers see it."""

    def test_neither_notes_nor_what_a_program_sends_are_replies(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.notes("1", by="celina")
        desk.answers_ticket("1", by="system")
        desk.answers_ticket("1", by="dawid")
        assert messages(desk) == [
            ("customer", "customer"),
            ("agent", "note"),
            ("bot", "automatic"),
            ("agent", "reply"),
        ]

    def test_a_draft_was_said_to_nobody(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.happens("1", by="celina", state="draft")
        desk.opens(by="celina", state="draft")
        assert messages(desk) == [("customer", "customer")]

    def test_an_agent_who_begins_a_conversation_opens_it(self, desk: StrictFreeScout) -> None:
        desk.opens(by="celina", type="phone")
        opening = events(desk)[0]
        assert (opening["actor"], opening["message"], opening["channel"]) == (str(CELINA), "reply", "phone")

    def test_an_answer_of_a_user_who_is_no_more_is_one_all_the_same(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.happens("1", by="celina", createdBy=None)
        assert messages(desk)[-1] == ("agent", "reply")

    def test_tags_are_told_as_they_are_now(self, desk: StrictFreeScout) -> None:
        desk.opens(tags=[{"id": 2, "name": "refund"}, {"id": 1, "name": "overdue"}])
        assert events(desk)[0]["tags"].split("\x1f") == ["overdue", "refund"]


class TestChanges(ToldByThreads):
    """What was changed, by whom."""

    def test_who_held_it_is_told_by_lines_and_by_messages(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.conversations[1]["assignee"] = {"id": CELINA, "type": "user", "firstName": "Celina", "lastName": ""}
        desk.answers_ticket("1", by="celina")
        desk.happens("1", by="carol", kind="customer", assignedTo=None)
        desk.assigns("1", "dawid", by="celina")
        desk.assigns("1", "", by="dawid")
        assert [one["agent"] for one in events(desk) if "agent" in one] == ["", str(CELINA), str(DAWID), ""]

    def test_what_a_program_holds_is_nobodys(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.assigns("1", "system", by="system")
        assert {one["agent"] for one in events(desk) if "agent" in one} == {""}

    def test_a_holder_of_whom_no_thread_tells_held_it_from_its_beginning(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.conversations[1]["assignee"] = {"id": DAWID, "type": "user", "firstName": "Dawid", "lastName": ""}
        (opening,) = events(desk)
        assert opening["agent"] == str(DAWID)

    def test_where_it_came_to_is_the_mailbox_that_the_customer_wrote_to(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.moves("1", "2", by="celina")
        assert [one["pipeline"] for one in events(desk) if "pipeline" in one] == ["Support", "Billing"]
        desk.threads[1][0]["to"] = ["an-alias@example.com"]
        assert {one["pipeline"] for one in events(desk) if "pipeline" in one} == {"Billing"}

    def test_of_several_moves_the_last_one_says_where_it_is(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.moves("1", "2", by="celina")
        desk.moves("1", "1", by="celina")
        desk.moves("1", "2", by="celina")
        told = [one.get("pipeline") for one in events(desk)]
        assert [name for name in told if name] == ["Support", "Billing"]
        assert told[-1] == "Billing"

    def test_a_conversation_that_was_closed_or_deleted_without_a_line_is_so_all_the_same(
        self, desk: StrictFreeScout
    ) -> None:
        desk.opens()
        desk.conversations[1] |= {"status": "closed", "closedAt": "2026-03-02T10:00:00Z"}
        desk.opens(state="deleted")
        batches = [batch for batch in read(desk) if batch.progress]
        deleted, closed = (
            [event for batch in batches for event in batch.events if event.key == key][-1] for key in ("2", "1")
        )
        assert deleted.columns["removal"] == "deleted"
        assert (closed.happened_at - closed.created_at, closed.columns["status"]) == (7200, "closed")


class TestPeople:
    """Who works conversations."""

    def test_whoever_left_keeps_what_was_done_and_a_program_is_no_agent(self, desk: StrictFreeScout) -> None:
        desk.opens()
        desk.answers_ticket("1", by="dawid")
        desk.users = (CELINA, WORKFLOW)
        with opened(desk) as connector:
            assert [agent.name for agent in connector.agents()] == ["Celina"]
            list(connector.changes(""))
            assert {agent.name: agent.active for agent in connector.agents()} == {"Celina": True, "Dawid": False}

    def test_every_page_of_users_is_read(self, desk: StrictFreeScout) -> None:
        desk.users = (CELINA,) * 50 + (DAWID,)
        with opened(desk) as connector:
            assert {agent.name for agent in connector.agents()} == {"Celina", "Dawid"}
