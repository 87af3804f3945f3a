"""What is particular to HubSpot; what every connector keeps to is in tests/contracts."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys
from tests.contracts import hubspot
from tests.contracts.hubspot import StrictHubSpot


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictHubSpot:
    return StrictHubSpot(httpserver)


def test_tickets_of_one_millisecond_are_all_read_beyond_where_a_search_ends(
    desk: StrictHubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubspot, "END", 200)
    for _ in range(450):
        desk.opens()
    assert keys(read(desk)) == [str(number) for number in range(450, 0, -1)]


def test_months_without_tickets_are_passed_over(desk: StrictHubSpot) -> None:
    desk.opens()
    desk.pass_(days=700)
    desk.opens()
    assert keys(read(desk)) == ["2", "1"]
    assert desk.asked < 24


def test_a_change_that_searches_learn_of_later_is_not_lost(desk: StrictHubSpot) -> None:
    late, other = desk.opens(), desk.opens()
    cursor = read(desk)[-1].cursor
    desk.pass_(hours=1)
    desk.becomes(late, "resolved", by="celina")
    desk.unindexed.add(int(late))
    desk.pass_(minutes=5)
    desk.becomes(other, "resolved", by="celina")
    later = read(desk, cursor)
    assert keys(later) == [other]
    desk.unindexed.clear()
    assert late in keys(read(desk, later[-1].cursor))


def test_stages_mean_what_their_names_and_their_pipelines_say(desk: StrictHubSpot) -> None:
    ticket = desk.opens()
    for status in ("feedback", "open", "resolved"):
        desk.pass_(minutes=1)
        desk.becomes(ticket, status, by="celina")
    assert [event["status"] for event in events(desk)] == ["new", "waiting_customer", "open", "closed"]
    assert [event["status"] for event in events(desk, statuses="closed = resolved")][-1] == "resolved"


def test_who_left_keeps_what_was_done_and_the_account_itself_is_nobody(desk: StrictHubSpot) -> None:
    ticket = desk.opens()
    desk.pass_(minutes=1)
    desk.becomes(ticket, "resolved", by="dawid")
    desk.pass_(minutes=1)
    desk.reopens(ticket)
    assert [event["actor_kind"] for event in events(desk)] == ["customer", "agent", "system"]
    with opened(desk) as connector:
        assert {agent.name: agent.active for agent in connector.agents()} == {"Celina": True, "Dawid": False}


def test_a_ticket_that_was_entered_by_hand_is_no_message_of_a_customer(desk: StrictHubSpot) -> None:
    desk.opens(source="CRM_UI")
    assert [event.get("message") for event in events(desk)] == [None]


def test_a_merged_ticket_and_a_deleted_one_are_missing_and_others_are_not(desk: StrictHubSpot) -> None:
    first, second, third = desk.opens(), desk.opens(), desk.opens()
    desk.merges(second, first, by="celina")
    desk.shreds(third)
    with opened(desk) as connector:
        assert list(connector.missing([first, second, third])) == [second, third]


def test_where_it_does_not_say_which_tickets_are_not_there_those_are_gone_that_it_does_not_tell(
    desk: StrictHubSpot,
) -> None:
    first, second = desk.opens(), desk.opens()
    desk.says_which = False
    desk.shreds(second)
    with opened(desk) as connector:
        assert list(connector.missing([first, second])) == [second]


def test_where_not_one_ticket_of_many_is_there_all_are_missing(desk: StrictHubSpot) -> None:
    gone = [desk.opens() for _ in range(3)]
    desk.opens()
    for ticket in gone:
        desk.shreds(ticket)
    with opened(desk) as connector:
        assert list(connector.missing(gone)) == gone


def test_an_account_that_finds_none_of_its_own_tickets_has_lost_none(desk: StrictHubSpot) -> None:
    ticket = desk.opens()
    desk.answers_next(404)
    with opened(desk) as connector:
        assert list(connector.missing([ticket])) == []
    desk.finds_none = True
    with opened(desk) as connector, pytest.raises(SourceFailed, match="finds tickets") as failure:
        list(connector.missing([ticket]))
    assert not failure.value.permanent


def test_the_first_reply_may_be_told_by_the_number_of_a_user(desk: StrictHubSpot) -> None:
    desk.replied_by = {name: str(user) for name, (_, user) in hubspot.OWNERS.items()}
    ticket = desk.opens()
    desk.pass_(minutes=1)
    desk.answers_ticket(ticket, by="dawid")
    assert [event.get("actor") for event in events(desk)] == [None, "52"]


def test_other_pipelines_are_left_out_and_what_left_for_them_is_told_on(desk: StrictHubSpot) -> None:
    moved, other = desk.opens(), desk.opens(queue="2")
    first = read(desk, pipelines="support")
    assert keys(first) == [moved]
    desk.pass_(hours=1)
    desk.moves(moved, "2", by="celina")
    desk.answers_ticket(other, by="celina")
    assert keys(read(desk, first[-1].cursor, pipelines="support")) == [moved]


def test_a_pipeline_that_is_not_there_is_refused_with_those_that_are(desk: StrictHubSpot) -> None:
    with opened(desk, pipelines="Sales") as connector, pytest.raises(SourceFailed, match="Known are: Billing, Support"):
        list(connector.check())


class TestConversations:
    """What was written in the conversation that a ticket came from, where the token may read it."""

    @pytest.fixture(autouse=True)
    def _converses(self, desk: StrictHubSpot) -> None:
        desk.converses = True

    def written(self, desk: StrictHubSpot) -> list[tuple[str, str, str | None]]:
        told = [one for one in events(desk) if "message" in one]
        return [(one["message"], one["actor_kind"], one.get("actor")) for one in told]

    def test_every_message_is_told_by_who_wrote_it_and_the_first_reply_once(self, desk: StrictHubSpot) -> None:
        ticket = desk.opens()
        for by in ("system", "dawid", "carol", "celina"):
            desk.pass_(minutes=5)
            desk.answers_ticket(ticket, by=by)
        desk.pass_(minutes=5)
        desk.notes(ticket, by="celina")
        assert self.written(desk) == [
            ("customer", "customer", None),
            ("automatic", "system", None),
            ("reply", "agent", "52"),
            ("customer", "customer", None),
            ("reply", "agent", "51"),
            ("note", "agent", "51"),
        ]

    def test_greetings_and_what_could_not_be_sent_are_no_messages(self, desk: StrictHubSpot) -> None:
        ticket = desk.opens()
        desk.pass_(minutes=5)
        desk.says(ticket, "B-1", type="WELCOME_MESSAGE")
        desk.says(ticket, "A-901", status={"statusType": "FAILED"})
        desk.says(ticket, "A-901", archived=True)
        desk.says(ticket, "A-901", type="THREAD_STATUS_CHANGE", direction=None)
        assert self.written(desk) == [("customer", "customer", None)]

    def test_the_message_that_a_ticket_was_made_from_is_its_opening_and_the_next_one_is_not(
        self, desk: StrictHubSpot
    ) -> None:
        ticket = desk.opens()
        desk.threads.clear()
        desk.says(ticket, "V-carol", seconds=-2)
        desk.says(ticket, "V-carol", seconds=-9)
        assert [message for message, _, _ in self.written(desk)] == ["customer", "customer"]

    def test_a_first_reply_that_went_another_way_is_told_too(self, desk: StrictHubSpot) -> None:
        ticket = desk.opens()
        desk.pass_(minutes=5)
        desk.answers_ticket(ticket, by="dawid")
        desk.threads.clear()
        desk.pass_(minutes=5)
        desk.answers_ticket(ticket, by="celina")
        assert [(message, actor) for message, _, actor in self.written(desk)][1:] == [("reply", "52"), ("reply", "51")]

    def test_a_right_that_is_given_later_has_all_tickets_read_once_more(self, desk: StrictHubSpot) -> None:
        desk.converses = False
        ticket = desk.opens()
        desk.pass_(minutes=5)
        desk.answers_ticket(ticket, by="dawid")
        desk.pass_(days=1)
        desk.opens()
        cursor = read(desk, read(desk)[-1].cursor)[-1].cursor
        desk.converses = True
        assert keys(read(desk, cursor)) == ["2", "1"]
        assert keys(read(desk, read(desk, cursor)[-1].cursor)) == ["2"]

    def test_a_right_that_is_taken_away_is_for_a_person(self, desk: StrictHubSpot) -> None:
        desk.opens()
        cursor = read(desk)[-1].cursor
        desk.converses = False
        with pytest.raises(SourceFailed, match="lacks the scope") as failure:
            read(desk, cursor)
        assert failure.value.permanent

    def test_a_check_says_which_replies_are_told(self, desk: StrictHubSpot) -> None:
        desk.opens()
        with opened(desk) as connector:
            assert "all" in list(connector.check())[-1].found
        desk.converses = False
        with opened(desk) as connector:
            assert "conversations.read" in list(connector.check())[-1].found
