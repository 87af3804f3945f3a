"""What is sent to us: kept before the answer, in the facts once, in the order of time, whatever is killed meanwhile."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from milepost.base.errors import NotFound, Refused
from milepost.connectors.inbound.body import NO_LIST
from milepost.connectors.table import mapping
from milepost.connectors.vocabulary import MISSING, NO_MOMENT, NO_WORD, NOT_SET, UNKNOWN
from milepost.people.models import Person
from milepost.sources import accepting, entrances, sync, taking, told_before
from milepost.sources.help_desks import Synced
from milepost.sources.models import Arrival, Source, Sync
from milepost.tickets.store import Busy
from milepost.tickets.store.lock import writing
from tests.metrics.changing import treat_as_large
from tests.sources.inbound import CREATED, NOON, Sender, event, facts, open_source


@pytest.fixture
def sender(tmp_path: Path, settings: Settings, db: None) -> Sender:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    return open_source()


def answered(ticket: str = "1") -> list[dict[str, object]]:
    """A ticket comes in, Celina replies after half an hour and resolves it an hour later."""
    return [
        event(ticket, "09:00", status="new", message="customer", actor_kind="customer", team="Frontline"),
        event(ticket, "09:30", message="reply", actor_kind="agent", actor="Celina", agent="Celina"),
        event(ticket, "10:30", status="resolved", actor_kind="agent", actor="Celina"),
    ]


def test_what_is_sent_is_kept_at_once_and_in_the_facts_after_the_job(sender: Sender) -> None:
    assert sender.sends(*answered()) == ["accepted"] * 3
    assert Arrival.objects.filter(taken_at__isnull=True).count() == 3
    assert sender.taken() == Synced(changed=1, whole=True)
    assert facts("first_reply", "agent", "calendar_seconds") == [("09:30", "Celina", 1800)]
    assert facts("resolution", "agent", "team") == [("10:30", "Celina", "Frontline")]
    assert [person.name for person in Person.objects.all()] == ["Celina"]
    assert sender.taken() == Synced(changed=0, whole=True)


def test_the_same_sent_twice_changes_nothing(sender: Sender) -> None:
    sender.brings(*answered())
    assert sender.sends(*answered()) == ["unchanged"] * 3
    assert sender.sends(answered()[0], answered()[0]) == ["unchanged"] * 2
    assert sender.taken().changed == 0


def test_what_is_no_longer_known_by_name_is_known_by_what_it_says(sender: Sender) -> None:
    sender.brings(*answered())
    Arrival.objects.all().delete()
    assert sender.sends(*answered()) == ["accepted"] * 3
    assert sender.taken().changed == 0
    assert facts("reply") == [("09:30",)]


def test_twice_in_one_request_is_once(sender: Sender) -> None:
    note = event("1", "09:10", message="reply", actor="Celina", actor_kind="agent")
    assert sender.sends(note, note) == ["accepted", "unchanged"]
    sender.taken()
    assert facts("reply") == [("09:10",)]


def test_an_event_is_known_by_its_name_too(sender: Sender) -> None:
    assert sender.sends(event("1", "09:00", id="a", status="new")) == ["accepted"]
    assert sender.sends(event("1", "09:00", id="a", status="new")) == ["unchanged"]
    answer = sender.answered([event("1", "09:05", id="a", status="open")])[0]
    assert answer.outcome is accepting.Outcome.REJECTED
    assert answer.refusal is not None
    assert answer.refusal.reason == accepting.SAME_NAME


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_events_that_come_late_find_their_place(sender: Sender, order: tuple[int, ...]) -> None:
    for place in order:
        sender.brings(answered()[place])
    assert facts("first_reply", "agent", "calendar_seconds") == [("09:30", "Celina", 1800)]
    assert facts("resolution", "agent", "team") == [("10:30", "Celina", "Frontline")]
    assert facts("created", "team") == [("09:00", "Frontline")]
    assert facts("open") == []


def test_a_whole_ticket_takes_the_place_of_what_was_told_of_it(sender: Sender) -> None:
    sender.brings(*answered())
    events = [{"at": "2026-03-02T09:45:00Z", "message": "reply", "actor_kind": "agent", "actor": "Dawid"}]
    ticket = {"ticket": "1", "created": "2026-03-02T08:45:00Z", "events": events}
    assert sender.sends(ticket) == ["accepted"]
    assert sender.taken().changed == 1
    assert facts("first_reply", "agent", "calendar_seconds") == [("09:45", "Dawid", 3600)]
    assert facts("resolution") == []
    assert sender.sends(ticket) == ["unchanged"]
    sender.brings(answered()[2])
    assert facts("resolution") == []
    assert sender.brings(event("1", "11:00", status="resolved", actor="Dawid", actor_kind="agent")) == 1
    assert sender.sends(ticket) == ["accepted"]
    sender.taken()
    assert facts("resolution") == []


def test_a_whole_ticket_and_what_follows_it_in_one_request_are_taken_in_their_order(sender: Sender) -> None:
    sender.brings(*answered())
    ticket = {"ticket": "1", "created": CREATED, "events": [{"at": "2026-03-02T09:00:00Z", "status": "new"}]}
    sender.brings(event("1", "09:20", message="reply", actor="Dawid", actor_kind="agent"), ticket, answered()[1])
    assert facts("reply") == []
    sender.brings(event("1", "09:40", message="reply", actor="Dawid", actor_kind="agent"))
    assert facts("reply") == [("09:40",)]


class TestWhatHappensToTickets:
    """The same as every connector tells."""

    def test_merged_deleted_spam_and_restored(self, sender: Sender) -> None:
        sender.brings(*(one for ticket in "1234" for one in answered(ticket)))
        removals = {"1": "merged", "2": "deleted", "3": "spam"}
        assert sender.brings(*(event(key, "11:00", removal=word, survivor="4") for key, word in removals.items())) == 3
        assert len(facts("resolution")) == 1
        asked = "SELECT key, removal, survivor FROM tickets ORDER BY key"
        found = sync.store().read(lambda db: db.execute(asked).fetchall())
        assert found[0] == ("1", "merged", "4")
        assert [removal for _, removal, _ in found] == ["merged", "deleted", "spam", None]
        sender.brings(event("2", "12:00", removal="restored"))
        assert sync.store().read(lambda db: db.execute(asked).fetchall())[1][1] is None

    def test_reassigned(self, sender: Sender) -> None:
        sender.brings(event("1", "09:00", agent="Celina"), event("1", "09:10", agent="Dawid", team="Billing"))
        sender.brings(event("1", "09:05", agent="Ewa"), event("1", "09:20", agent=None))
        assert [agent for _, agent in facts("assignment", "agent")] == ["Celina", "Ewa", "Dawid"]
        assert facts("transfer", "team") == [("09:10", "Billing")]

    def test_reopened(self, sender: Sender) -> None:
        sender.brings(*answered(), event("1", "11:00", status="open"))
        assert facts("resolution") == []
        assert facts("reopen") == [("11:00",)]
        sender.brings(event("1", "12:00", status="closed", actor="Dawid", actor_kind="agent", agent="Dawid"))
        assert facts("resolution", "agent") == [("12:00", "Dawid")]

    def test_notes_and_bots_do_not_reply(self, sender: Sender) -> None:
        opening = event("1", "09:00", message="customer", actor_kind="customer")
        note = event("1", "09:05", message="note", actor_kind="agent", actor="Celina")
        robot = event("1", "09:06", message="reply", actor_kind="bot")
        automatic = event("1", "09:07", message="automatic", actor_kind="system")
        sender.brings(opening, note, robot, automatic)
        assert facts("first_reply") == []


def test_what_a_kill_left_between_the_facts_and_the_mark_is_taken_again_and_changes_nothing(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    sender.sends(*answered(), *answered("2"))
    with monkeypatch.context() as patch:
        patch.setattr(taking, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            sender.taken()
    assert Arrival.objects.filter(taken_at__isnull=True).count() == 6
    assert len(facts("resolution")) == 2
    sender.sends(event("1", "11:00", status="open"))
    assert sender.taken() == Synced(changed=1, whole=True)
    assert len(facts("resolution")) == 1
    assert not Arrival.objects.filter(taken_at__isnull=True).exists()


@pytest.mark.parametrize("folder", ["facts", "arrivals/desk"])
def test_while_another_writes_facts_everything_waits(sender: Sender, settings: Settings, folder: str) -> None:
    sender.sends(*answered())
    with writing(settings.DATA_FOLDER / folder), pytest.raises(Busy):
        sender.taken()
    assert sender.taken().changed == 1


def test_what_waits_is_taken_in_batches_and_a_worker_that_is_told_to_stop_ends_behind_one(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "LOOKED_AT", 4)
    sender.sends(*answered("1"), *answered("2"))
    assert sender.taken(stopped=lambda: True) == Synced(changed=2, whole=False)
    assert sender.taken() == Synced(changed=1, whole=True)
    assert len(facts("resolution")) == 2


def test_of_what_is_taken_only_what_it_is_known_by_is_kept(sender: Sender) -> None:
    sender.brings(*answered())
    assert {str(one.told) for one in Arrival.objects.all()} == {"{}"}


def test_what_came_is_one_reading_for_five_minutes(sender: Sender) -> None:
    sender.brings(*answered())
    sender.pass_(minutes=4)
    sender.brings(*answered("2"), {"ticket": "3"}, {"ticket": "4"})
    sender.pass_(minutes=2)
    sender.brings(*answered("2"))
    sender.brings(*answered("5"))
    newest, oldest = Sync.objects.order_by("-started_at")
    assert (oldest.counts["rows"], oldest.counts["new"], newest.counts["new"]) == (8, 2, 1)
    assert oldest.counts["rejected"] == [
        {"reason": MISSING, "field": "created", "words": "", "example": "", "count": 2, "lines": [4, 5]}
    ]
    assert f"/inbound/{sender.source.entrance.key}" in oldest.what


@pytest.mark.parametrize(
    ("told", "field", "reason"),
    [
        ({"customer": "Jan"}, "customer", UNKNOWN),
        ({"created": None}, "created", MISSING),
        ({"ticket": ""}, "ticket", MISSING),
        ({"at": "2026-03-02T09:00:00"}, "at", NO_MOMENT),
        ({"at": 1772442000}, "at", NO_MOMENT),
        ({"created": "1970-01-01T00:00:00Z"}, "created", NOT_SET),
        ({"status": "finished"}, "status", NO_WORD),
        ({"score": 101}, "score", "“%(field)s” is not a whole number from 0 to 100."),
        ({"score": True}, "score", "“%(field)s” is not a whole number from 0 to 100."),
        ({"agent": "C" * 1001}, "agent", "“%(field)s” is not a text of up to 1,000 characters."),
        ({"agent": "Ce\x00lina"}, "agent", "“%(field)s” is not a text of up to 1,000 characters."),
        ({"team": {"name": "Frontline"}}, "team", "“%(field)s” is not a text of up to 1,000 characters."),
        ({"events": []}, "at", UNKNOWN),
    ],
)
def test_an_item_that_cannot_be_read_says_where_and_why_and_the_others_are_kept(
    sender: Sender, told: dict[str, object], field: str, reason: str
) -> None:
    answers = sender.answered([event("1", "09:00") | told, event("2", "09:00", status="new")])
    assert [answer.outcome.value for answer in answers] == ["rejected", "accepted"]
    refusal = answers[0].refusal
    assert refusal is not None
    assert (refusal.field, refusal.reason) == (field, reason)
    assert sender.taken().changed == 1


def test_in_a_whole_ticket_the_place_of_the_event_is_named_and_nothing_of_it_is_kept(sender: Sender) -> None:
    events: list[dict[str, Any]] = [{"at": "2026-03-02T09:00:00Z"}, {"at": "yesterday"}]
    refusal = sender.answered([{"ticket": "1", "created": CREATED, "events": events}])[0].refusal
    assert refusal is not None
    assert (refusal.field, refusal.reason, refusal.example) == ("events[1].at", NO_MOMENT, "yesterday")
    refusal = sender.answered([{"ticket": "1", "created": CREATED, "events": []}])[0].refusal
    assert refusal is not None
    assert refusal.reason == NO_LIST
    assert sender.taken().changed == 0


def test_what_a_template_leaves_empty_is_not_told(sender: Sender) -> None:
    told = {"status": "new", "message": "", "score": "", "removal": None, "agent": "", "ticket": 4711}
    assert sender.brings(event("", "09:00") | told) == 1
    assert sync.store().read(lambda db: db.execute("SELECT key, removal FROM tickets").fetchall()) == [("4711", None)]


def test_an_event_of_tomorrow_does_not_say_that_today_was_read(sender: Sender) -> None:
    late = event("1", "09:00", status="new") | {"at": "2026-03-17T12:00:00Z"}
    assert sender.sends(late) == ["rejected"]
    ahead = event("1", "09:00", status="new") | {"at": "2026-03-16T12:04:00Z"}
    sender.brings(ahead)
    sender.source.refresh_from_db()
    assert sender.source.complete_until == NOON


class TestFreshness:
    """A source is read up to its newest event or heartbeat."""

    def test_its_newest_event_says_how_far_it_was_read_and_its_connection_from_when(self, sender: Sender) -> None:
        sender.brings(*answered())
        sender.source.refresh_from_db()
        assert sender.source.complete_until == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
        assert sender.source.complete_from == NOON
        assert sender.source.answered_at == NOON
        assert not sender.source.is_asked

    def test_a_heartbeat_says_that_all_was_sent(self, sender: Sender) -> None:
        heartbeat = {"complete_from": "2026-01-01T00:00:00+01:00", "complete_until": "2026-03-16T11:55:00Z"}
        assert sender.sends(heartbeat) == ["accepted"]
        assert sender.taken() == Synced(changed=0, whole=True)
        sender.source.refresh_from_db()
        assert sender.source.complete_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
        assert sender.source.complete_until == NOON - timedelta(minutes=5)
        assert sender.source.is_asked

    def test_an_older_heartbeat_takes_nothing_back(self, sender: Sender) -> None:
        sender.brings({"complete_until": "2026-03-16T11:55:00Z"})
        sender.brings({"complete_until": "2026-03-16T10:00:00Z"})
        sender.source.refresh_from_db()
        assert sender.source.complete_until == NOON - timedelta(minutes=5)


def test_what_is_held_of_a_ticket_is_told_again_as_it_was(sender: Sender) -> None:
    columns = {
        "status": "open",
        "message": "reply",
        "actor_kind": "agent",
        "removal": "restored",
        "score": 80,
        **{name: f"the {name}" for name in ("actor", "agent", "team", "pipeline", "priority", "channel", "survivor")},
    }
    nobody = dict.fromkeys(("actor", "agent", "team", "pipeline", "priority", "channel"), "")
    sender.brings(event("1", "09:00", **columns), event("1", "09:05", **nobody), event("1", "09:10", status="new"))
    held = told_before.tickets(sync.store(), "desk", ["1", "2"])
    assert held.keys() == {"1"}
    assert [said.columns for said in held["1"].in_order()] == [columns, nobody, {"status": "new"}]
    assert sender.brings(event("1", "09:20", status="closed")) == 1
    assert [said.columns for said in told_before.tickets(sync.store(), "desk", ["1"])["1"].events] == [
        *(columns, nobody, {"status": "new"}),
        {"status": "closed"},
    ]


def test_of_a_ticket_that_waits_in_the_delta_nothing_is_lost(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    treat_as_large(monkeypatch)
    sender.brings(*(one for ticket in range(30) for one in answered(str(ticket))))
    for minute in (50, 40, 20):
        reply = event("7", f"09:{minute}", message="reply", actor="Dawid", actor_kind="agent")
        assert sender.brings(reply) == 1
        assert sync.store().manifest().sources["desk"].delta is not None
    assert len(facts("resolution")) == 30
    assert Counter(at for (at,) in facts("reply")) == {"09:30": 30, "09:20": 1, "09:40": 1, "09:50": 1}
    assert ("09:20", "Dawid") in facts("first_reply", "agent")


def test_a_file_is_not_read_into_a_source_to_which_others_send(sender: Sender, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="to which others send"):
        sync.import_file(
            tmp_path / "log.csv",
            mapping.parse({"rows": "tickets", "ticket": "id", "created": "at"}),
            slug="desk",
            name="desk",
            make=Source.Make.FILE,
            zone=ZoneInfo("UTC"),
            now=NOON,
        )


def test_the_token_is_kept_as_a_hash_and_the_one_before_lets_in_for_a_day(sender: Sender) -> None:
    entrance = sender.source.entrance
    assert sender.token not in repr([*Source.objects.values(), *type(entrance).objects.values()])
    new = entrances.renew(sender.source, by=None, now=NOON)
    entrance.refresh_from_db()
    assert entrances.lets_in(entrance, new, now=NOON)
    assert entrances.lets_in(entrance, sender.token, now=NOON + timedelta(hours=23))
    assert not entrances.lets_in(entrance, sender.token, now=NOON + timedelta(hours=24))
    assert not entrances.lets_in(entrance, "", now=NOON)
    entrances.revoke(sender.source, by=None, now=NOON)
    entrance.refresh_from_db()
    for token in (new, sender.token, ""):
        assert not entrances.lets_in(entrance, token, now=NOON)


def test_a_source_that_is_disconnected_keeps_what_waits_until_it_is_connected_again(sender: Sender) -> None:
    sender.brings({"complete_until": "2026-03-16T11:55:00Z"})
    sender.sends(*answered())
    entrances.close(sender.source, by=None, now=NOON)
    with pytest.raises(NotFound):
        entrances.entrance(sender.source.entrance.key)
    opened = entrances.open_("desk", name="Help desk", by=None, now=NOON)
    sender.source = opened.source
    assert sender.taken().changed == 1
    assert not sender.source.is_asked
    assert entrances.lets_in(entrances.entrance(sender.source.entrance.key), opened.token, now=NOON)


def test_no_more_is_taken_than_may_wait(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "MOST_WAITING", 2)
    sender.sends(*answered())
    with pytest.raises(accepting.Full):
        sender.sends(event("2", "09:00"))
    sender.taken()
    assert sender.sends(event("2", "09:00")) == ["accepted"]
