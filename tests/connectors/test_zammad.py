"""What is particular to Zammad; what every connector keeps to is in tests/contracts."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.connectors.http import OutOfReach
from milepost.connectors.zammad import server
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys, messages
from tests.contracts.zammad import CELINA, DAWID, GROUPS, StrictZammad


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictZammad:
    return StrictZammad(httpserver)


class TestPages:
    """No ticket falls between two pages."""

    def test_tickets_of_one_moment_are_all_read_also_when_the_sync_goes_on_in_the_middle(
        self, desk: StrictZammad, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "PAGE", 3)
        for _ in range(5):
            desk.opens()
        desk.pass_(minutes=1)
        for _ in range(4):
            desk.opens()
        batches = [batch for batch in read(desk) if batch.progress]
        assert keys(batches) == ["9", "8", "7", "6", "5", "4", "3", "2", "1"]
        for number, batch in enumerate(batches[:-1], 1):
            rest = [later for later in read(desk, batch.cursor) if later.whole]
            assert keys(rest)[: 9 - len(keys(batches[:number]))] == keys(batches[number:])

    def test_what_changed_comes_in_the_order_of_its_change(
        self, desk: StrictZammad, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "PAGE", 2)
        for _ in range(5):
            desk.opens()
        cursor = read(desk, read(desk)[-1].cursor)[-1].cursor
        desk.pass_(hours=1)
        for ticket in ("4", "2", "5", "1"):
            desk.becomes(ticket, "open", by="celina")
        batches = read(desk, cursor)
        assert keys(batches) == ["4", "2", "5", "1"]
        assert keys(read(desk, batches[0].cursor)) == ["2", "5", "1"]
        assert keys(read(desk, read(desk, batches[-1].cursor)[-1].cursor)) == []

    def test_more_tickets_of_neighbouring_moments_than_a_page_holds_are_no_end(
        self, desk: StrictZammad, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "PAGE", 2)
        for _ in range(3):
            for _ in range(3):
                desk.opens()
            desk.pass_(milliseconds=1)
        batches = read(desk)
        assert keys([batch for batch in batches if batch.progress]) == ["9", "8", "7", "6", "5", "4", "3", "2", "1"]
        assert keys([batch for batch in batches if not batch.progress]) == [str(number) for number in range(1, 10)]

    def test_a_server_that_leaves_out_conditions_is_a_failure_and_no_loop(self, desk: StrictZammad) -> None:
        desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(days=1)
        desk.opens()
        later = read(desk, read(desk, cursor)[-1].cursor)[-1].cursor
        desk.knows_conditions = False
        with pytest.raises(SourceFailed, match="not in its form"):
            read(desk, later)

    def test_tickets_from_before_the_day_of_the_import_are_left_out(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.pass_(days=1)
        desk.opens()
        assert keys(read(desk, since="2026-03-03")) == ["2"]


class TestMessages:
    """Who wrote, and whether customers see it."""

    def test_neither_notes_nor_what_zammad_sends_are_replies(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.writes("1", by="system")
        desk.notes("1", by="celina")
        desk.writes("1", by="celina", kind="note")
        desk.writes("1", by="celina", kind="phone")
        desk.writes("1", by="carol", preferences={"is-auto-response": True})
        assert messages(desk) == [
            ("customer", "customer"),
            ("system", "automatic"),
            ("agent", "note"),
            ("agent", "note"),
            ("agent", "reply"),
            ("system", "automatic"),
        ]

    def test_an_agent_who_is_the_customer_writes_as_one(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.tickets[1]["customer_id"] = DAWID
        desk.writes("1", by="dawid")
        assert messages(desk)[-1] == ("customer", "customer")

    def test_what_is_written_for_somebody_counts_for_that_person(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.writes("1", by="dawid", origin_by_id=CELINA)
        assert events(desk)[-1]["actor"] == str(CELINA)

    def test_the_channel_is_that_of_the_first_article(self, desk: StrictZammad) -> None:
        desk.opens(kind="phone")
        assert events(desk)[0]["channel"] == "phone"

    def test_a_ticket_that_an_agent_opened_with_a_message_has_it_as_its_opening(self, desk: StrictZammad) -> None:
        desk.opens(by="celina")
        (opening,) = events(desk)
        assert (opening["actor"], opening["message"]) == (str(CELINA), "reply")


class TestChanges:
    """What was changed, by whom."""

    def test_states_mean_what_their_names_and_their_types_say(self, desk: StrictZammad) -> None:
        desk.opens()
        for status in ("open", "feedback", "supplier", "resolved", "removed"):
            desk.becomes("1", status, by="celina")
        told = ["new", "open", "waiting_customer", "waiting_customer", "closed", "deleted"]
        assert [one["status"] for one in events(desk)] == told
        mapped = events(desk, statuses="with the supplier = on_hold\nclosed = resolved")
        assert [one["status"] for one in mapped][3:5] == ["on_hold", "resolved"]

    def test_what_is_changed_at_once_is_one_event_and_a_group_is_team_and_pipeline(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.assigns("1", "celina", by="dawid")
        desk.moves("1", "2", by="dawid")
        *_, moved = events(desk)
        assert (moved["team"], moved["pipeline"], moved["agent"]) == ("Billing", "Billing", "")
        assert events(desk)[0]["pipeline"] == "Support"

    def test_a_ticket_that_was_imported_closed_was_closed_when_it_says(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.tickets[1] |= {"state_id": 4, "close_at": "2026-03-02T09:00:00.000Z"}
        batches = [batch for batch in read(desk) if batch.progress]
        told = [(event.happened_at - event.created_at, event.columns["status"]) for event in batches[0].events]
        assert told == [(0, "open"), (3600, "closed")]

    def test_what_a_trigger_does_is_done_by_no_person(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.becomes("1", "resolved", by="celina", sourceable_type="Trigger")
        assert events(desk)[-1]["actor_kind"] == "system"

    def test_whoever_left_keeps_what_was_done(self, desk: StrictZammad) -> None:
        desk.opens()
        desk.assigns("1", "dawid", by="celina")
        desk.agents = (CELINA,)
        with opened(desk) as connector:
            assert [agent.name for agent in connector.agents()] == ["Celina"]
            list(connector.changes(""))
            assert {agent.name: agent.active for agent in connector.agents()} == {"Celina": True, "Dawid": False}

    def test_a_group_that_was_renamed_has_its_new_name(
        self, desk: StrictZammad, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.opens()
        desk.moves("1", "2", by="celina")
        monkeypatch.setitem(GROUPS, 2, "Accounts")
        assert [one["team"] for one in events(desk)] == ["Support", "Accounts"]


class TestMerges:
    """A ticket that was merged into another one."""

    def test_what_a_merged_ticket_brought_along_answers_nobody(self, desk: StrictZammad) -> None:
        desk.opens()
        other = desk.opens()
        desk.pass_(minutes=1)
        desk.answers_ticket(other, by="celina")
        desk.pass_(minutes=1)
        desk.merges(other, "1", by="celina")
        desk.pass_(minutes=1)
        desk.answers_ticket("1", by="dawid")
        assert messages(desk, "1") == [("customer", "customer"), ("agent", "reply")]
        assert events(desk)[-2]["actor"] == str(DAWID)

    def test_an_earlier_version_tells_of_a_merge_by_the_state_alone(self, desk: StrictZammad) -> None:
        desk.tells_merges = False
        desk.opens()
        other = desk.opens()
        desk.merges(other, "1", by="celina")
        assert [one["removal"] for one in events(desk, other) if "removal" in one] == ["merged"]
        assert "status" not in events(desk, other)[-1]


class TestRights:
    """What the token may do."""

    def test_a_user_without_groups_is_refused(self, desk: StrictZammad) -> None:
        desk.rights = {}
        with opened(desk) as connector, pytest.raises(SourceFailed, match="sees no group"):
            list(connector.check())

    def test_a_role_that_may_change_tickets_is_warned_about(self, desk: StrictZammad) -> None:
        desk.rights = {"2": ["read", "change"]}
        desk.answers_ticket(desk.opens(), by="celina")
        with opened(desk) as connector:
            assert [step.name for step in connector.check() if step.warning] == ["Token valid"]

    def test_a_version_that_is_too_old_is_refused(self, desk: StrictZammad) -> None:
        desk.counts = False
        with opened(desk) as connector, pytest.raises(SourceFailed, match="too old"):
            list(connector.check())

    def test_a_ticket_that_was_moved_out_of_sight_is_neither_told_nor_missing(self, desk: StrictZammad) -> None:
        first, second, third = desk.opens(), desk.opens(), desk.opens()
        desk.hidden.add(int(second))
        desk.shreds(third)
        with opened(desk) as connector:
            assert list(connector.missing([first, second, third])) == [third]
        assert keys(read(desk)) == [first]

    def test_a_token_that_may_not_read_histories_is_a_failure_and_no_ticket_without_one(
        self, desk: StrictZammad
    ) -> None:
        desk.opens()
        desk.tells_history = False
        with pytest.raises(OutOfReach, match="ticket_history"):
            read(desk)
