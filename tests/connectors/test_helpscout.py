"""What is particular to Help Scout; what every connector keeps to is in tests/contracts."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.connectors.http import Elsewhere
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys, messages
from tests.connectors.threaded import MANY, ReadInPages, ToldByThreads
from tests.contracts.helpscout import StrictHelpScout
from tests.contracts.threads import CELINA, DAWID


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictHelpScout:
    return StrictHelpScout(httpserver)


def test_an_account_without_teams_is_read_without_them(desk: StrictHelpScout) -> None:
    desk.answers_ticket(desk.opens(), by="celina")
    desk.has_teams = False
    with opened(desk) as connector:
        assert list(connector.teams()) == []
        assert {(agent.name, tuple(agent.teams)) for agent in connector.agents()} == {("Celina", ()), ("Dawid", ())}
    assert keys(read(desk)) == ["1"]


class TestLettingIn:
    """An app is lent a word for two days, and another one when that ended."""

    def test_a_sync_goes_on_when_what_it_was_lent_ends_in_the_middle(self, desk: StrictHelpScout) -> None:
        for _ in range(3):
            desk.opens()
            desk.pass_(seconds=1)
        with opened(desk) as connector:
            list(connector.pipelines())
            desk.pass_(days=3)
            told = keys(connector.changes(""))
        assert told == ["3", "2", "1"]
        assert list(desk.lent) == ["lent-1", "lent-2"]

    # Which of them Help Scout answers is not confirmed.
    @pytest.mark.parametrize("status", [400, 401])
    def test_an_app_that_is_gone_is_for_a_person_who_is_told_what_to_look_at(
        self, desk: StrictHelpScout, status: int
    ) -> None:
        desk.opens()
        desk.refuses_by = status
        desk.revokes()
        with pytest.raises(SourceFailed, match="refuses the App ID with this App Secret") as failure:
            read(desk)
        assert failure.value.permanent


class TestPages(ReadInPages):
    """No conversation falls between two pages."""

    def test_what_is_deleted_between_two_pages_hides_no_other_conversation(self, desk: StrictHelpScout) -> None:
        for _ in range(2 * MANY):
            desk.opens()

        def deletes() -> None:
            for number in range(1, 6):
                desk.shreds(str(number))

        # Two questions for what is newest and one for how many there are; then the first page, and the second.
        desk.meanwhile = [lambda: None] * 4 + [deletes]
        told = keys(batch for batch in read(desk) if batch.progress)
        assert told == [str(number) for number in range(2 * MANY, 5, -1)]

    @pytest.mark.parametrize("bound", ["in", "out"])
    def test_what_changes_again_between_two_pages_hides_no_other_change_of_its_second(
        self, desk: StrictHelpScout, bound: str
    ) -> None:
        desk.bound = bound
        for _ in range(2 * MANY):
            desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=1)
        for number in range(1, 2 * MANY + 1):
            desk.notes(str(number), by="celina")

        def changes_again() -> None:
            desk.pass_(seconds=5)
            for number in range(1, 6):
                desk.notes(str(number), by="dawid")

        desk.meanwhile = [lambda: None, changes_again]
        told = keys(batch for batch in read(desk, cursor) if batch.whole)
        assert sorted(map(int, told)) == list(range(1, 2 * MANY + 1))

    def test_where_only_the_last_change_of_a_user_is_told_it_is_read_by_that(self, desk: StrictHelpScout) -> None:
        desk.leaves_out = ("updatedAt",)
        desk.opens()
        desk.pass_(hours=3)
        desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=1)
        desk.notes("2", by="celina")
        assert keys(read(desk, cursor)) == ["2"]

    def test_all_that_happened_in_a_long_conversation_is_read(self, desk: StrictHelpScout) -> None:
        desk.opens()
        for _ in range(2 * MANY):
            desk.answers_ticket("1", by="celina")
        assert messages(desk)[1:] == [("agent", "reply")] * 2 * MANY

    def test_what_is_written_between_two_pages_tells_no_message_twice(self, desk: StrictHelpScout) -> None:
        desk.opens()
        for _ in range(MANY):
            desk.answers_ticket("1", by="celina")
        desk.writing = [lambda: None, lambda: desk.answers_ticket("1", by="dawid")]
        assert messages(desk) == [("customer", "customer")] + [("agent", "reply")] * MANY


class TestGone:
    """What is there no more."""

    def test_a_conversation_that_went_into_another_one_is_gone_and_stops_no_sync(self, desk: StrictHelpScout) -> None:
        for _ in range(3):
            desk.opens()
        # It is in the list still, and elsewhere when what happened in it is asked for.
        desk.merged[2] = 1
        assert keys(batch for batch in read(desk) if batch.progress) == ["3", "1"]
        desk.merges("2", into="1")
        with opened(desk) as connector:
            assert list(connector.missing(["1", "2", "3"])) == ["2"]

    @pytest.mark.parametrize(
        "place", ["https://elsewhere.example.org/v2/conversations/1", "/login", "/v2/conversations/2", ""]
    )
    def test_a_server_that_is_elsewhere_makes_no_conversation_gone(self, desk: StrictHelpScout, place: str) -> None:
        desk.opens()
        with opened(desk) as connector:
            list(connector.missing(["1"]))
            desk.answers_next(301, headers={"Location": place})
            with pytest.raises(Elsewhere):
                list(connector.missing(["2"]))

    def test_what_is_in_no_list_and_may_not_be_read_is_not_gone_and_what_is_deleted_there_is(
        self, desk: StrictHelpScout
    ) -> None:
        desk.opens()
        with opened(desk) as connector:
            assert list(connector.missing(["1", "7"])) == ["7"]
            desk.answers_next(403)
            assert list(connector.missing(["7"])) == []
            desk.opens(state="deleted")
            assert list(connector.missing(["2"])) == ["2"]


class TestMessages:
    """Who wrote, and whether customers see it."""

    def test_neither_notes_nor_what_is_forwarded_nor_what_a_program_sends_are_replies(
        self, desk: StrictHelpScout
    ) -> None:
        desk.opens()
        desk.notes("1", by="celina")
        desk.happens("1", by="celina", kind="forwardparent")
        desk.answers_ticket("1", by="system")
        desk.happens("1", by="carol", kind="beaconchat")
        desk.happens("1", by="dawid", kind="chat")
        desk.happens("1", by="celina", kind="reply")
        assert messages(desk) == [
            ("customer", "customer"),
            ("agent", "note"),
            ("agent", "note"),
            ("bot", "automatic"),
            ("customer", "customer"),
            ("agent", "reply"),
            ("agent", "reply"),
        ]

    @pytest.mark.parametrize("state", ["draft", "hidden", "underreview"])
    def test_what_was_not_sent_was_said_to_nobody(self, desk: StrictHelpScout, state: str) -> None:
        desk.opens()
        desk.happens("1", by="celina", state=state)
        desk.opens(by="celina", state="draft")
        assert messages(desk) == [("customer", "customer")]

    def test_a_user_who_is_called_a_bot_is_one(self, desk: StrictHelpScout) -> None:
        desk.opens()
        desk.answers_ticket("1", by="dawid")
        assert messages(desk, bots="Dawid")[-1] == ("bot", "automatic")
        with opened(desk, bots="Dawid") as connector:
            assert [agent.name for agent in connector.agents()] == ["Celina"]

    def test_how_it_came_and_its_tags_are_told(self, desk: StrictHelpScout) -> None:
        desk.opens(by="celina", type="phone", tags=[{"id": 2, "tag": "refund"}, {"id": 1, "tag": "overdue"}])
        opening = events(desk)[0]
        assert (opening["actor"], opening["message"], opening["channel"]) == (str(CELINA), "reply", "phone")
        assert opening["tags"].split("\x1f") == ["overdue", "refund"]


class TestChanges(ToldByThreads):
    """What was changed, by whom."""

    def test_who_held_it_is_told_and_what_a_team_holds_nobody_does(self, desk: StrictHelpScout) -> None:
        desk.opens()
        desk.assigns("1", "celina", by="celina")
        desk.happens("1", by="carol", kind="customer", assignedTo=None)
        desk.happens("1", by="carol", kind="customer", assignedTo={"id": 0, "type": "user"})
        desk.assigns("1", "frontline", by="celina")
        desk.answers_ticket("1", by="dawid")
        desk.assigns("1", "dawid", by="dawid")
        desk.assigns("1", "", by="dawid")
        assert [one["agent"] for one in events(desk) if "agent" in one] == ["", str(CELINA), "", str(DAWID), ""]

    @pytest.mark.parametrize("word", ["deleted-ticket", "deletedTicket"])
    def test_words_of_a_line_are_read_as_both_versions_write_them(self, desk: StrictHelpScout, word: str) -> None:
        desk.opens()
        desk.conversations[1]["state"] = "deleted"
        desk.happens("1", by="dawid", kind="lineitem", action=word)
        assert events(desk)[-1] == {"actor_kind": "agent", "actor": str(DAWID), "removal": "deleted"}

    def test_a_conversation_that_came_from_another_inbox_was_where_the_customer_wrote_to(
        self, desk: StrictHelpScout
    ) -> None:
        desk.opens()
        desk.moves("1", "2", by="celina")
        assert [one["pipeline"] for one in events(desk) if "pipeline" in one] == ["Support", "Billing"]


class TestPeople:
    """Who works conversations."""

    def test_agents_have_their_teams_and_whoever_left_keeps_what_was_done(self, desk: StrictHelpScout) -> None:
        desk.opens()
        desk.answers_ticket("1", by="dawid")
        desk.users = (CELINA,)
        with opened(desk) as connector:
            list(connector.changes(""))
            told = {agent.name: (agent.active, list(agent.teams)) for agent in connector.agents()}
        assert told == {"Celina": (True, ["Frontline"]), "Dawid": (False, [])}
