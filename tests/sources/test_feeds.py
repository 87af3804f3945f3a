"""A sync and its cursor are one step; what is told again changes nothing."""

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from milepost.account import working_hours
from milepost.base.errors import Refused, SourceFailed
from milepost.connectors.feed.connector import Settings as FeedSettings
from milepost.history.models import Change
from milepost.people.models import Person
from milepost.sources import help_desks, sync, who_is_who
from milepost.sources.help_desks import Synced
from milepost.sources.models import Identity, Source, Sync
from tests.calendars.schedules import nine_to_five
from tests.sources.help_desk import TOKEN, HelpDesk

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)


@dataclass
class Connected:
    """A source that reads the help desk."""

    source: Source
    desk: HelpDesk
    now: datetime = NOON

    def sync(self, stopped: Callable[[], bool] = lambda: False) -> Synced:
        """The job reads."""
        self.source.refresh_from_db()
        with help_desks.connector(self.source) as reader:
            zone = ZoneInfo("Europe/Warsaw")
            return help_desks.sync(self.source, reader, clock=lambda: self.now, zone=zone, stopped=stopped)

    @property
    def cursor(self) -> str:
        """Where the next sync begins."""
        self.source.refresh_from_db()
        return self.source.cursor

    @staticmethod
    def resolved() -> list[int]:
        """The tickets with a resolution in the facts."""

        def ask(db: Any) -> list[int]:
            rows = db.execute("SELECT count(*) FROM facts WHERE kind = 'resolution'").fetchall()
            return [count for (count,) in rows]

        return sync.store().read(ask)


@pytest.fixture
def connected(tmp_path: Path, settings: Settings, db: None, help_desk: HelpDesk) -> Connected:
    settings.DATA_FOLDER = tmp_path / "data"
    settings.FACTS_FOLDER = tmp_path / "data/facts"
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    help_desks.allow("localhost", help_desk.server.port, by=None, now=NOON)
    told = {"address": help_desk.address, "token_file": str(token)}
    source = help_desks.connect("feed", told, slug="desk", name="Help desk", by=None, now=NOON)
    help_desk.asked.clear()
    return Connected(source, help_desk)


def test_what_changed_since_the_last_sync_is_read_and_no_more(connected: Connected) -> None:
    connected.desk.solves("1")
    connected.desk.solves("2", "Dawid")
    assert connected.sync() == Synced(changed=2, whole=True)
    assert connected.desk.asked == ["", "event-2", "event-4"]
    connected.desk.asked.clear()
    assert connected.sync() == Synced(changed=0, whole=True)
    connected.desk.solves("3")
    assert connected.sync() == Synced(changed=1, whole=True)
    assert connected.desk.asked == ["event-4", "event-4", "event-6"]
    assert connected.resolved() == [3]
    assert {person.name for person in Person.objects.all()} == {"Celina", "Dawid"}


def test_what_a_sync_brings_is_timed_by_the_working_hours(connected: Connected) -> None:
    """A ticket of Friday 16:00 that is resolved on Monday at 10:00 took two hours of nine to five."""
    working_hours.set_hours(nine_to_five("Europe/Warsaw"), team=None, valid_from=None, by=None, now=NOON)
    friday, monday = "2026-02-27T16:00:00+01:00", "2026-03-02T10:00:00+01:00"
    connected.desk.tells("1", friday, created=friday, status="new", agent="Celina")
    connected.desk.tells("1", monday, created=friday, status="resolved", agent="Celina")
    connected.sync()
    asked = "SELECT calendar_seconds / 3600, business_seconds / 3600 FROM facts WHERE kind = 'resolution'"
    assert sync.store().read(lambda db: db.execute(asked).fetchall()) == [(66, 2)]


def test_the_source_is_read_up_to_the_moment_at_which_the_sync_began(connected: Connected) -> None:
    def pass_a_minute(_cursor: str) -> None:
        connected.now += timedelta(minutes=1)

    connected.desk.solves("1")
    connected.desk.before = pass_a_minute
    connected.sync()
    connected.source.refresh_from_db()
    assert connected.source.complete_until == NOON
    assert connected.source.answered_at == connected.now > NOON
    assert connected.source.complete_from == datetime(2026, 3, 1, 23, tzinfo=UTC)


def test_a_sync_that_breaks_off_goes_on_where_it_was(connected: Connected) -> None:
    for ticket in "123":
        connected.desk.solves(ticket)

    def answer_nothing(cursor: str) -> None:
        if cursor == "event-2":
            connected.desk.answers_next(404)

    connected.desk.before = answer_nothing
    with pytest.raises(SourceFailed):
        connected.sync()
    assert connected.cursor == "event-2"
    connected.source.refresh_from_db()
    assert (connected.source.answered_at, connected.source.complete_until) == (None, None)
    connected.desk.before = lambda _cursor: None
    connected.desk.asked.clear()
    assert connected.sync().changed == 2
    assert connected.desk.asked[0] == "event-2"
    assert connected.resolved() == [3]


def test_a_sync_that_was_killed_before_its_cursor_was_saved_reads_the_same_again_and_changes_nothing(
    connected: Connected,
) -> None:
    connected.desk.solves("1")
    connected.sync()
    Source.objects.update(cursor="")
    assert connected.sync() == Synced(changed=0, whole=True)
    assert connected.resolved() == [1]
    assert connected.cursor == "event-2"


def test_a_sync_beside_which_another_went_on_saves_no_cursor(connected: Connected) -> None:
    connected.desk.solves("1")
    began_earlier = Source.objects.get()
    connected.sync()
    connected.desk.solves("2")
    with help_desks.connector(began_earlier) as reader, pytest.raises(Refused, match="Another sync"):
        help_desks.sync(began_earlier, reader, clock=lambda: NOON, zone=ZoneInfo("Europe/Warsaw"))
    assert connected.cursor == "event-2"
    assert Sync.objects.count() == 1


def test_a_sync_that_is_told_to_stop_ends_behind_a_batch(connected: Connected) -> None:
    for ticket in "123":
        connected.desk.solves(ticket)
    assert connected.sync(stopped=lambda: True) == Synced(changed=1, whole=False)
    assert connected.cursor == "event-2"
    assert connected.sync() == Synced(changed=2, whole=True)


def test_a_sync_is_one_row_whatever_the_number_of_its_batches_and_none_where_nothing_changed(
    connected: Connected,
) -> None:
    for ticket in "123":
        connected.desk.solves(ticket)
    connected.sync()
    connected.sync()
    counts = {"rows": 6, "new": 3, "updated": 0, "unchanged": 0, "rejected": []}
    assert [row.counts for row in Sync.objects.all()] == [counts]


@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "2"}), (500, {}), (503, {}), (200, {})])
def test_what_passes_is_asked_again_at_once(connected: Connected, status: int, headers: dict[str, str]) -> None:
    connected.desk.solves("1")
    connected.desk.answers_next(status, '{"events": [', headers)
    assert connected.sync().changed == 1


def test_a_help_desk_that_stays_away_is_a_failure_that_may_pass(connected: Connected) -> None:
    for _ in range(3):
        connected.desk.answers_next(503)
    with pytest.raises(SourceFailed, match="HTTP 503") as failure:
        connected.sync()
    assert not failure.value.permanent
    assert connected.cursor == ""


def test_a_help_desk_that_is_switched_off_is_a_failure_that_may_pass(connected: Connected) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    help_desks.allow("127.0.0.1", port, by=None, now=NOON)
    Source.objects.update(settings=connected.source.settings | {"address": f"http://127.0.0.1:{port}"})
    with pytest.raises(SourceFailed, match="ConnectError") as failure:
        connected.sync()
    assert not failure.value.permanent


def test_a_token_that_is_refused_is_for_a_person_and_in_no_text(
    connected: Connected, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "token").write_text("an-old-token")
    with pytest.raises(SourceFailed, match="refuses the token") as failure:
        connected.sync()
    assert failure.value.permanent
    for text in (caplog.text, str(failure.value), repr(FeedSettings("http://desk.example", "an-old-token"))):
        assert "an-old-token" not in text


def test_a_redirect_is_not_followed_with_the_token(connected: Connected) -> None:
    connected.desk.answers_next(302, headers={"Location": "http://desk.example/"})
    with pytest.raises(SourceFailed, match="HTTP 302"):
        connected.sync()


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "finished"},
        {"at": "2026-03-02T09:00:00"},
        {"at": "yesterday"},
        {"solved_by": "Celina"},
        {"score": 101},
        {"agent": ["Celina"]},
        {"agent": "C" * 1001},
    ],
)
def test_what_is_not_in_the_form_is_refused_and_nothing_of_its_page_is_kept(
    connected: Connected, columns: dict[str, object]
) -> None:
    connected.desk.events.append(
        {"ticket": "1", "created": "2026-03-02T09:00:00Z", "at": "2026-03-02T09:00:00Z"} | columns
    )
    with pytest.raises(SourceFailed, match="not in its form") as failure:
        connected.sync()
    assert failure.value.permanent
    assert (connected.cursor, connected.resolved()) == ("", [0])


def test_a_feed_that_does_not_answer_is_not_connected(connected: Connected, tmp_path: Path) -> None:
    connected.desk.answers_next(404)
    told = {"address": connected.desk.address, "token": TOKEN}
    with pytest.raises(SourceFailed):
        help_desks.connect("feed", told, slug="other", name="Other", by=None, now=NOON)
    assert not Source.objects.filter(slug="other").exists()


def test_without_the_file_of_its_token_nothing_is_asked(connected: Connected, tmp_path: Path) -> None:
    (tmp_path / "token").unlink()
    with pytest.raises(SourceFailed, match="file of the token"):
        connected.sync()
    assert connected.desk.asked == []


def test_disconnected_and_connected_again_it_keeps_people_who_is_who_and_history(connected: Connected) -> None:
    connected.desk.solves("1")
    connected.desk.solves("2", "Dawid")
    connected.sync()
    celina, agent = Person.objects.get(name="Celina"), Identity.objects.get(key="Dawid")
    who_is_who.unite(agent, celina, by=None, now=NOON)
    people, told = list(Person.objects.values()), list(Change.objects.order_by("pk").values("verb", "thing_name"))
    kept = list(Identity.objects.order_by("pk").values())
    answers = help_desks.answers_of(connected.source)
    help_desks.disconnect(connected.source, by=None, now=NOON)
    help_desks.change(connected.source, answers, name="Help desk", by=None, now=NOON)
    assert connected.sync() == Synced(changed=0, whole=True)
    connected.desk.solves("3", "Dawid")
    connected.sync()
    assert list(Person.objects.values()) == people
    assert list(Identity.objects.order_by("pk").values()) == kept
    assert connected.resolved() == [3]
    after = list(Change.objects.order_by("pk").values("verb", "thing_name"))
    assert after[: len(told)] == told
    assert [one["verb"] for one in after[len(told) :]] == ["disconnected", "reconnected"]
