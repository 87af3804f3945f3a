"""What is particular to Chatwoot; what every connector keeps to is in tests/contracts."""

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.errors import SourceFailed
from milepost.connectors.chatwoot import activity
from milepost.testing.connector_contract import opened, read
from milepost.tickets.events import Tells
from tests.connectors.asking import events, keys
from tests.contracts.chatwoot import CELINA, DAWID, StrictChatwoot


@pytest.fixture
def desk(httpserver: HTTPServer) -> StrictChatwoot:
    return StrictChatwoot(httpserver)


def changed_by(sentence: str) -> tuple[dict[str, str], str]:
    told = activity.read(sentence, {})
    assert told is not None
    return {change.value: value for change, value in told.changes.items()}, told.by


class TestPages:
    """No conversation falls between two pages."""

    def test_a_sync_that_goes_on_reads_the_rest_whatever_became_new_or_was_deleted(self, desk: StrictChatwoot) -> None:
        for _ in range(80):
            desk.opens()
        first = next(batch for batch in read(desk) if batch.progress)
        for _ in range(30):
            desk.opens()
        desk.shreds("79")
        rest = [batch for batch in read(desk, first.cursor) if batch.progress]
        told = {int(key) for key in keys([first, *rest])}
        assert told >= set(range(1, 81)) - {79}
        assert keys(rest)[0] == "55"

    def test_conversations_that_are_deleted_between_two_pages_hide_no_others(self, desk: StrictChatwoot) -> None:
        for _ in range(80):
            desk.opens()

        def deletes() -> None:
            for ticket in ("78", "77"):
                desk.shreds(ticket)

        with opened(desk) as connector:
            pages = connector.changes("")
            first = next(pages)
            desk.meanwhile = [deletes]
            rest = [batch for batch in pages if batch.progress]
        assert {int(key) for key in keys([first, *rest])} == set(range(1, 81))

    def test_a_version_that_does_not_know_the_order_is_a_failure(self, desk: StrictChatwoot) -> None:
        first = desk.opens()
        desk.pass_(hours=1)
        desk.opens()
        desk.pass_(hours=1)
        desk.answers_ticket(first, by="celina")
        desk.sorts = False
        with pytest.raises(SourceFailed, match="not in its form"):
            read(desk)

    def test_a_conversation_of_many_messages_is_read_whole(self, desk: StrictChatwoot) -> None:
        desk.opens()
        for _ in range(230):
            desk.answers_ticket("1", by="celina")
        assert len(events(desk)) == 231

    def test_conversations_from_before_the_day_of_the_import_are_left_out(self, desk: StrictChatwoot) -> None:
        desk.opens()
        desk.pass_(days=1)
        desk.opens()
        assert keys(read(desk, since="2026-03-03")) == ["2"]


class TestMessages:
    """Who wrote, and whether customers see it."""

    def test_neither_notes_nor_bots_nor_rules_reply(self, desk: StrictChatwoot) -> None:
        desk.opens()
        desk.writes("1", by="bot")
        desk.writes("1", by="system")
        desk.notes("1", by="celina")
        desk.writes("1", by="celina", content_attributes={"automation_rule_id": 4})
        desk.writes("1", by="celina")
        desk.writes("1", by="carol", content_attributes={"email": {"auto_reply": True}})
        told = [(one["actor_kind"], one["message"]) for one in events(desk) if "message" in one]
        assert told == [
            ("customer", "customer"),
            ("bot", "automatic"),
            ("system", "automatic"),
            ("agent", "note"),
            ("system", "automatic"),
            ("agent", "reply"),
            ("system", "automatic"),
        ]

    def test_a_rating_is_told_as_of_when_the_customer_was_asked(self, desk: StrictChatwoot) -> None:
        desk.opens()
        desk.pass_(hours=1)
        desk.rates("1", 4)
        batches = [batch for batch in read(desk) if batch.progress]
        *_, rating = batches[0].events
        assert (rating.columns["score"], rating.happened_at - rating.created_at) == (75, 3600)

    def test_a_rating_that_comes_later_is_told_though_nothing_else_happened(self, desk: StrictChatwoot) -> None:
        desk.opens()
        for _ in range(3):
            desk.pass_(hours=1)
            desk.opens()
        cursor = read(desk, read(desk)[-1].cursor)[-1].cursor
        settled = read(desk, cursor)[-1].cursor
        assert keys(read(desk, settled)) == []
        desk.conversations[1]["last_activity_at"] = active = desk.conversations[1]["last_activity_at"]
        desk.rates("1", 5)
        desk.conversations[1]["last_activity_at"] = active
        batches = read(desk, settled)
        assert keys(batches) == ["1"]
        assert keys(read(desk, batches[-1].cursor)) == []


class TestChanges:
    """What happened, as far as its sentences tell."""

    @pytest.mark.parametrize(
        ("sentence", "changed", "by"),
        [
            ("Conversation was marked resolved by Celina", {"status": "resolved"}, "Celina"),
            ("Conversation was marked as pending by Celina", {"status": "pending"}, "Celina"),
            ("Conversation was snoozed by Celina", {"status": "snoozed"}, "Celina"),
            ("Conversation was reopened by Celina", {"status": "open"}, "Celina"),
            ("Conversation was resolved by Carol", {"status": "resolved"}, "Carol"),
            (
                "Conversation was marked resolved by system due to 3 days of inactivity",
                {"status": "resolved"},
                "system",
            ),
            ("Conversation was marked resolved by Helper (nothing left)", {"status": "resolved"}, "Helper"),
            ("Conversation was marked open automatically after an agent reply", {"status": "open"}, ""),
            ("System reopened the conversation due to a new incoming message.", {"status": "open"}, ""),
            ("Assigned to Celina via Frontline by Dawid", {"agent": "Celina", "team": "Frontline"}, "Dawid"),
            ("Assigned to Stand by me by Dawid", {"either": "Stand by me"}, "Dawid"),
            ("Celina self-assigned this conversation", {"agent": "Celina"}, "Celina"),
            ("Conversation unassigned by Celina", {"agent": ""}, "Celina"),
            ("Unassigned from Frontline by Celina", {"team": ""}, "Celina"),
            ("Celina set the priority to high", {"priority": "high"}, "Celina"),
            ("Celina changed the priority from low to high", {"priority": "high"}, "Celina"),
            ("Celina removed the priority", {"priority": ""}, "Celina"),
        ],
    )
    def test_a_sentence_tells_what_changed_and_by_whom(self, sentence: str, changed: dict[str, str], by: str) -> None:
        assert changed_by(sentence) == (changed, by)

    def test_what_else_is_written_down_tells_nothing(self) -> None:
        assert activity.read("Celina added billing", {}) is None

    def test_statuses_mean_what_the_settings_say(self, desk: StrictChatwoot) -> None:
        desk.opens()
        for status in ("feedback", "open", "new", "resolved"):
            desk.becomes("1", status, by="celina")
        assert [one["status"] for one in events(desk)] == ["open", "on_hold", "open", "new", "resolved"]
        mapped = events(desk, statuses="snoozed = waiting_customer\nresolved = closed\nopen = open\npending = open")
        assert [one["status"] for one in mapped] == ["open", "waiting_customer", "open", "open", "closed"]

    def test_a_conversation_that_a_bot_had_first_was_pending(self, desk: StrictChatwoot) -> None:
        desk.opens()
        desk.becomes("1", "open", by="celina")
        desk.opens(status="pending")
        assert [one["status"] for one in events(desk, "1")] == ["new", "open"]
        assert [one["status"] for one in events(desk, "2")] == ["new"]

    def test_what_a_rule_does_is_done_by_no_person(self, desk: StrictChatwoot) -> None:
        desk.opens()
        desk.conversations[1]["status"] = "resolved"
        desk.happens("1", "Conversation was marked resolved by Automation System")
        assert events(desk)[-1] == {"actor_kind": "system", "status": "resolved"}

    def test_whom_nobody_assigned_held_it_from_the_beginning(self, desk: StrictChatwoot) -> None:
        desk.opens(assignee=CELINA)
        desk.opens()
        desk.assigns("2", "dawid", by="celina")
        assert [one["agent"] for one in events(desk, "1")] == [str(CELINA)]
        assert [one.get("agent") for one in events(desk, "2")] == ["", str(DAWID)]

    def test_a_team_and_what_it_was_given_to_are_told_apart_by_their_names(self, desk: StrictChatwoot) -> None:
        desk.opens()
        desk.moves("1", "2", by="celina")
        assert [one.get("team") for one in events(desk)] == ["", "Frontline"]

    def test_of_two_agents_of_one_name_it_is_told_as_it_is_now(self, desk: StrictChatwoot) -> None:
        desk.names[DAWID] = "Celina"
        desk.opens()
        desk.assigns("1", "dawid", by="celina")
        assert [one["agent"] for one in events(desk)] == [str(DAWID)]

    def test_in_another_language_the_status_is_read_where_it_is_told_beside(self, desk: StrictChatwoot) -> None:
        desk.speaks, desk.tells_status = "Polish", True
        desk.opens()
        desk.becomes("1", "resolved", by="celina")
        desk.pass_(hours=1)
        desk.notes("1", by="celina")
        told = [one.get("status") for one in events(desk)]
        assert told == ["open", "resolved", None]

    def test_what_cannot_be_read_is_told_as_it_is_now_since_the_last_such_sentence(self, desk: StrictChatwoot) -> None:
        desk.speaks = "Polish"
        desk.opens()
        desk.assigns("1", "celina", by="dawid")
        desk.becomes("1", "resolved", by="celina")
        desk.pass_(hours=1)
        desk.notes("1", by="celina")
        batches = [batch for batch in read(desk) if batch.progress]
        *_, last = batches[0].events
        assert (last.columns["actor_kind"], last.columns["status"]) == ("unknown", "resolved")
        assert last.happened_at - last.created_at == 2

    def test_labels_and_channel_are_told_as_they_are(self, desk: StrictChatwoot) -> None:
        desk.opens(labels=["billing", "angry"])
        opening = events(desk)[0]
        assert (opening["tags"], opening["channel"]) == ("angry\x1fbilling", "Email")


class TestRights:
    """What the token may do."""

    def test_the_only_account_of_a_user_needs_no_number_and_of_several_one_is_asked_for(
        self, desk: StrictChatwoot
    ) -> None:
        desk.opens()
        assert keys(read(desk)) == ["1"]
        desk.accounts = (3, 4)
        with pytest.raises(SourceFailed, match="accounts 3, 4"):
            read(desk)
        assert keys(read(desk, account="3")) == ["1"]

    def test_a_user_who_sees_no_inbox_is_refused(self, desk: StrictChatwoot) -> None:
        desk.inboxes = {}
        with opened(desk) as connector, pytest.raises(SourceFailed, match="sees no inbox"):
            list(connector.check())

    def test_an_agent_reads_all_but_new_ratings(self, desk: StrictChatwoot) -> None:
        desk.role = "agent"
        desk.answers_ticket(desk.opens(), by="celina")
        with opened(desk) as connector:
            assert [step.found for step in connector.check()][-1] == "only for administrators"
            assert connector.telling.tells == frozenset(Tells) - {Tells.RATINGS}
        assert keys(read(desk)) == ["1"]

    def test_a_conversation_that_was_moved_out_of_sight_is_not_missing(self, desk: StrictChatwoot) -> None:
        first, second, third = desk.opens(), desk.opens(), desk.opens()
        desk.hidden.add(int(second))
        desk.shreds(third)
        with opened(desk) as connector:
            assert list(connector.missing([first, second, third])) == [third]

    def test_whoever_left_keeps_what_was_done(self, desk: StrictChatwoot) -> None:
        desk.answers_ticket(desk.opens(), by="dawid")
        desk.agents = (CELINA,)
        with opened(desk) as connector:
            list(connector.changes(""))
            assert {agent.name: agent.active for agent in connector.agents()} == {"Celina": True, "Dawid": False}
            assert next(iter(connector.agents())).teams == ["Frontline"]
