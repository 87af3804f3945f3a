"""What is particular to Intercom; what every connector keeps to is in tests/contracts."""

import pytest
import stamina
from pytest_httpserver import HTTPServer
from werkzeug import Response

from milepost.base.errors import SourceFailed
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys, messages
from tests.contracts.intercom import CELINA, DAWID, READER, StrictIntercom


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictIntercom:
    return StrictIntercom(httpserver)


class TestPages:
    """No conversation falls between two pages."""

    def test_conversations_of_one_second_are_all_read_also_when_the_sync_goes_on_in_the_middle(
        self, desk: StrictIntercom
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

    def test_what_changed_comes_in_the_order_of_its_change_and_goes_on_in_the_middle(
        self, desk: StrictIntercom
    ) -> None:
        desk.most = 2
        for _ in range(5):
            desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=1)
        for ticket in ("4", "2", "5", "1"):
            desk.answers_ticket(ticket, by="celina")
            desk.pass_(seconds=1)
        batches = [batch for batch in read(desk, cursor) if batch.whole]
        assert keys(batches) == ["3", "4", "2", "5", "1"]
        assert keys(read(desk, batches[0].cursor)) == ["2", "5", "1"]

    def test_what_the_index_did_not_have_yet_is_read_by_the_next_sync(self, desk: StrictIntercom) -> None:
        desk.opens()
        late = desk.opens()
        desk.late.add(int(late))
        cursor = read(desk)[-1].cursor
        desk.late.clear()
        assert late in keys(read(desk, cursor))

    def test_a_search_in_no_order_is_a_failure_and_skips_nothing(self, desk: StrictIntercom) -> None:
        desk.sorts = False
        desk.opens()
        desk.pass_(minutes=1)
        desk.opens()
        with pytest.raises(SourceFailed, match="in no order"):
            read(desk)

    def test_conversations_from_before_the_day_of_the_import_are_left_out(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.pass_(days=1)
        desk.opens()
        assert keys(read(desk, since="2026-03-03")) == ["2"]

    def test_a_first_answer_from_before_the_parts_that_are_told_is_one_all_the_same(self, desk: StrictIntercom) -> None:
        desk.opens()
        for _ in range(510):
            desk.pass_(minutes=1)
            desk.answers_ticket("1", by="celina")
        desk.tickets[1]["statistics"]["first_admin_reply_at"] = int(desk.tickets[1]["created_at"]) + 60
        batches = [batch for batch in read(desk) if batch.progress]
        first = next(event for event in batches[0].events if event.columns.get("message") == "reply")
        assert first.happened_at - first.created_at == 60

    def test_a_limit_that_ends_within_a_minute_is_waited_for_and_a_longer_one_is_left_to_the_next_sync(
        self, desk: StrictIntercom
    ) -> None:
        desk.opens()
        now = desk.now.timestamp()
        with stamina.set_testing(True, attempts=2):
            desk.answers.append(Response("", status=429, headers={"X-RateLimit-Reset": str(int(now) + 30)}))
            assert keys(read(desk)) == ["1"]
            desk.answers.append(Response("", status=429, headers={"X-RateLimit-Reset": str(int(now) + 3600)}))
            desk.asked = 0
            with pytest.raises(SourceFailed, match="HTTP 429") as failure:
                read(desk)
        assert (failure.value.permanent, desk.asked) == (False, 1)


class TestMessages:
    """Who wrote, and whether customers see it."""

    def test_neither_notes_nor_what_a_bot_writes_are_replies(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.writes("1", by="system")
        desk.notes("1", by="celina")
        desk.writes("1", by="celina", kind="note_and_reopen")
        desk.writes("1", by="celina", author={"type": "admin", "id": str(CELINA), "from_ai_agent": True})
        desk.answers_ticket("1", by="celina")
        assert messages(desk) == [
            ("customer", "customer"),
            ("bot", "automatic"),
            ("agent", "note"),
            ("agent", "note"),
            ("bot", "automatic"),
            ("agent", "reply"),
        ]

    def test_a_text_with_which_a_conversation_is_closed_is_a_reply_and_a_summary_is_none(
        self, desk: StrictIntercom
    ) -> None:
        desk.opens()
        desk.becomes("1", "resolved", by="celina", body="<p>It is on its way.</p>")
        desk.writes("1", by="celina", kind="conversation_summary")
        assert [(one["message"], one["status"]) for one in events(desk)[2:]] == [("reply", "closed")]

    def test_a_campaign_that_a_customer_answers_was_begun_by_no_person(self, desk: StrictIntercom) -> None:
        desk.opens(by="celina", delivered_as="automated")
        assert messages(desk) == [("system", "automatic")]

    def test_an_agent_who_begins_a_conversation_opens_it(self, desk: StrictIntercom) -> None:
        desk.opens(by="celina", delivered_as="admin_initiated")
        opening = events(desk)[0]
        assert (opening["actor"], opening["message"], opening["channel"]) == (str(CELINA), "reply", "email")

    def test_what_was_redacted_was_said_all_the_same(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.writes("1", by="celina", body=None, redacted=True)
        assert messages(desk)[-1] == ("agent", "reply")


class TestChanges:
    """What was changed, by whom."""

    def test_a_customer_who_writes_opens_what_was_closed_or_snoozed(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.becomes("1", "feedback", by="celina")
        desk.reopens("1")
        desk.becomes("1", "resolved", by="celina")
        desk.reopens("1")
        told = ["open", "on_hold", "open", "closed", "open"]
        assert [one["status"] for one in events(desk) if "status" in one] == told
        mapped = events(desk, statuses="snoozed = waiting_customer\nclosed = resolved")
        assert [one["status"] for one in mapped if "status" in one][1::2] == ["waiting_customer", "resolved"]

    def test_a_conversation_whose_time_is_up_is_open_again_by_no_person(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.becomes("1", "feedback", by="celina")
        desk.writes("1", by="system", kind="timer_unsnooze", body=None)
        assert (events(desk)[-1]["status"], events(desk)[-1]["actor_kind"]) == ("open", "bot")

    def test_holder_and_team_are_changed_each_for_itself(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.assigns("1", "celina", by="celina")
        desk.moves("1", "2", by="celina")
        desk.tickets[1]["admin_assignee_id"] = None
        desk.writes("1", by="celina", kind="assignment", body=None, assigned_to={"type": "nobody_admin", "id": None})
        opening, *later = events(desk)
        assert (opening["team"], opening["pipeline"], opening["agent"]) == ("", "Support", "")
        assert [one.get("team") for one in later] == ["Support", None, "Billing", None]
        assert [one.get("agent") for one in later] == [None, str(CELINA), None, ""]

    def test_a_conversation_that_was_given_to_nobody_by_any_part_has_its_team_and_holder_from_the_start(
        self, desk: StrictIntercom
    ) -> None:
        desk.opens(queue="")
        desk.tickets[1] |= {"team_assignee_id": "2", "admin_assignee_id": DAWID}
        (opening,) = events(desk)
        assert (opening["team"], opening["pipeline"], opening["agent"]) == ("Billing", "Billing", str(DAWID))

    def test_what_a_bot_holds_is_nobodys(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.tickets[1]["admin_assignee_id"] = 1
        desk.writes("1", by="system", kind="assignment", body=None, assigned_to={"type": "bot", "id": "1"})
        assert {one["agent"] for one in events(desk) if "agent" in one} == {""}

    def test_a_conversation_that_is_closed_without_a_part_was_closed_when_it_says(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.tickets[1]["state"] = "closed"
        desk.tickets[1]["statistics"]["last_close_at"] = int(desk.tickets[1]["created_at"]) + 3600
        batches = [batch for batch in read(desk) if batch.progress]
        last = batches[0].events[-1]
        assert (last.happened_at - last.created_at, last.columns["status"]) == (3600, "closed")

    def test_a_rating_of_one_to_five_is_a_score_and_one_that_was_only_asked_for_is_none(
        self, desk: StrictIntercom
    ) -> None:
        desk.opens()
        desk.opens()
        asked = {"rating": None, "created_at": 1_772_445_600, "remark": None}
        desk.tickets[1]["conversation_rating"] = asked
        desk.tickets[2]["conversation_rating"] = asked | {"rating": 4}
        assert [one["score"] for one in events(desk, "1") if "score" in one] == []
        assert [one["score"] for one in events(desk, "2") if "score" in one] == [75]


class TestPeople:
    """Who works conversations."""

    def test_agents_are_those_with_a_seat_and_are_in_the_teams_that_name_them(self, desk: StrictIntercom) -> None:
        with opened(desk) as connector:
            told = {agent.name: (agent.teams, agent.active) for agent in connector.agents()}
        assert told == {"Celina": (["Support"], True), "Dawid": (["Billing"], True)}

    def test_whoever_left_keeps_what_was_done(self, desk: StrictIntercom) -> None:
        desk.opens()
        desk.answers_ticket("1", by="dawid")
        desk.seats, desk.admins = (CELINA,), (CELINA, READER)
        with opened(desk) as connector:
            assert [agent.name for agent in connector.agents()] == ["Celina"]
            list(connector.changes(""))
            assert {agent.name: agent.active for agent in connector.agents()} == {"Celina": True, "Dawid": False}

    def test_what_a_token_may_do_is_not_told_and_said_to_be_so(self, desk: StrictIntercom) -> None:
        with opened(desk) as connector:
            (step,) = [step for step in connector.check() if step.name == "Token valid"]
        assert (step.found, step.warning) == ("whether it can also change tickets is not told there", False)
