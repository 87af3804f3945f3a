"""What is promised of every connector whose conversations tell what happened in threads, page by page."""

import pytest

from milepost.base.errors import SourceFailed
from milepost.testing.connector_contract import opened, read
from tests.connectors.asking import events, keys
from tests.contracts.threads import ThreadedDesk

# As many as fill a page, and some more.
MANY = 30


class ReadInPages:
    """Inherit it in a test. No conversation falls between two pages."""

    @pytest.mark.parametrize("seconds", [0, 1])
    def test_an_import_goes_on_in_the_middle_also_when_conversations_came_meanwhile(
        self, desk: ThreadedDesk, seconds: int
    ) -> None:
        for _ in range(3 * MANY):
            desk.opens()
            desk.pass_(seconds=seconds)
        batches = [batch for batch in read(desk) if batch.progress]
        assert keys(batches) == [str(number) for number in range(3 * MANY, 0, -1)]
        for _ in range(MANY):
            desk.opens()
        for number, batch in enumerate(batches[:-1], 1):
            assert keys(later for later in read(desk, batch.cursor) if later.progress) == keys(batches[number:])

    def test_what_changed_comes_in_the_order_of_its_change_and_goes_on_in_the_middle(self, desk: ThreadedDesk) -> None:
        for _ in range(2 * MANY):
            desk.opens()
        cursor = read(desk)[-1].cursor
        desk.pass_(hours=2)
        for number in range(2 * MANY, 0, -1):
            desk.pass_(seconds=1)
            desk.notes(str(number), by="celina")
        batches = [batch for batch in read(desk, cursor) if batch.whole]
        assert keys(batches) == [str(number) for number in range(2 * MANY, 0, -1)]
        assert keys(read(desk, batches[0].cursor)) == keys(batches[1:])

    def test_lists_in_no_order_are_a_failure_and_skip_nothing(self, desk: ThreadedDesk) -> None:
        desk.sorts = False
        desk.opens()
        desk.pass_(seconds=1)
        desk.opens()
        with pytest.raises(SourceFailed, match="in no order"):
            read(desk)

    def test_conversations_from_before_the_day_of_the_import_are_left_out_also_when_they_change(
        self, desk: ThreadedDesk
    ) -> None:
        desk.opens()
        desk.pass_(days=1)
        desk.opens()
        batches = read(desk, since="2026-03-03")
        assert keys(batches) == ["2"]
        desk.notes("1", by="celina")
        assert keys(read(desk, batches[-1].cursor, since="2026-03-03")) == ["2"]


class ToldByThreads:
    """Inherit it in a test. Every thread carries the status that it left the conversation with."""

    def test_a_reply_that_closes_is_both_and_a_customer_who_writes_opens(self, desk: ThreadedDesk) -> None:
        desk.opens()
        desk.conversations[1]["status"] = "closed"
        desk.answers_ticket("1", by="celina")
        desk.reopens("1")
        desk.becomes("1", "feedback", by="celina")
        told = [(one.get("message"), one["status"]) for one in events(desk) if "status" in one]
        assert told == [("customer", "open"), ("reply", "closed"), ("customer", "open"), (None, "waiting_customer")]
        mapped = events(desk, statuses="pending = on_hold\nclosed = resolved")
        assert [one["status"] for one in mapped if "status" in one][1::2] == ["resolved", "on_hold"]

    def test_spam_is_out_and_back_when_it_was_none(self, desk: ThreadedDesk) -> None:
        desk.opens()
        desk.becomes("1", "spam", by="celina")
        desk.becomes("1", "open", by="celina")
        desk.opens(status="spam")
        assert [one["removal"] for one in events(desk, "1") if "removal" in one] == ["spam", "restored"]
        assert [one.get("removal") for one in events(desk, "2")] == [None, "spam"]

    def test_two_mailboxes_of_one_name_are_told_apart(self, desk: ThreadedDesk) -> None:
        desk.mailboxes = {1: "Support", 2: "Support"}
        with opened(desk) as connector:
            assert list(connector.pipelines()) == ["Support #1", "Support #2"]
