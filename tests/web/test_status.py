"""How the installation is doing, for those who run it; how late a source is, for everybody."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from milepost.goals.models import Goal
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import Source
from milepost.worker import runs
from milepost.worker.models import Job
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
ADDRESS = "/setup/status"


def feed(*, minutes_ago: int) -> Source:
    """A feed that answered so long ago."""
    return Source.objects.create(
        slug="desk",
        name="Help desk",
        make=Source.Make.FEED,
        connected_at=NOW - timedelta(days=90),
        answered_at=NOW - timedelta(minutes=minutes_ago),
    )


def failed(**columns: object) -> Job:
    """The job that reads the feed has failed."""
    usual = {"due_at": NOW + timedelta(minutes=4), "attempts": 2, "failed_at": NOW}
    said = {
        "error": "%(address)s does not answer: %(reason)s.",
        "error_values": {"address": "desk", "reason": "HTTP 503"},
    }
    return Job.objects.create(name="sync:desk", kind="sync", **(usual | said | columns))


@pytest.fixture
def administrator(desk: Desk) -> User:
    """Ewa runs the installation."""
    return has_role(desk.cast.ewa, Role.ADMIN)


def has_role(user: User, role: Role) -> User:
    """Somebody gets another role."""
    user.role = role
    user.save()
    return user


def page(reader: Reader, who: User, address: str = ADDRESS) -> str:
    """What somebody reads there."""
    return reader(who).get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_an_administrator_sees_what_failed_and_why_and_what_is_next(reader: Reader, administrator: User) -> None:
    feed(minutes_ago=10)
    failed(done_at=NOW - timedelta(minutes=10))
    text = page(reader, administrator)
    assert "Read “Help desk”" in text
    assert "Failed, tries again" in text
    assert "desk does not answer: HTTP 503." in text
    assert "Mon 16 Mar 2026, 12:04" in text
    assert "Mon 16 Mar 2026, 11:50" in text


def test_for_everybody_else_the_page_is_not_there(desk: Desk, reader: Reader) -> None:
    for who in (desk.cast.anna, desk.cast.bartek, desk.cast.celina):
        hidden, absent = reader(who).get(ADDRESS), reader(who).get("/setup/nothing")
        assert hidden.status_code == absent.status_code == HTTPStatus.NOT_FOUND
        assert hidden.content == absent.content
        assert ADDRESS not in page(reader, who, "/goals")
        assert reader(who).post("/setup/status/retry", {"job": "refresh"}).status_code == HTTPStatus.NOT_FOUND


def test_where_no_worker_is_at_work_the_page_says_so(reader: Reader, administrator: User) -> None:
    Job.objects.create(name="refresh", kind="refresh", due_at=NOW - timedelta(minutes=6))
    assert "No worker is at work" in page(reader, administrator)
    assert runs.take(now=lambda: NOW, kinds=frozenset({"refresh"}))
    text = page(reader, administrator)
    assert "No worker is at work" not in text
    assert "Running" in text


def test_an_administrator_has_a_job_done_that_only_a_person_could_mend(reader: Reader, administrator: User) -> None:
    job = failed(due_at=None, needs_person_since=NOW)
    assert "Asks for a person" in page(reader, administrator)
    answer = reader(administrator).post("/setup/status/retry", {"job": "sync:desk"})
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, ADDRESS)
    job.refresh_from_db()
    assert (job.due_at, job.needs_person_since) == (NOW, None)
    missing = reader(administrator).post("/setup/status/retry", {"job": "nothing"})
    assert missing.status_code == HTTPStatus.NOT_FOUND


def test_who_may_set_goals_has_them_calculated_now_and_comes_back(desk: Desk, reader: Reader) -> None:
    for _ in range(2):
        answer = reader(desk.cast.celina).post("/refresh", {"next": "/goals?status=missed"})
        assert answer["Location"] == "/goals?status=missed"
    assert list(Job.objects.values_list("name", "due_at")) == [("refresh", NOW)]
    elsewhere = reader(desk.cast.celina).post("/refresh", {"next": "https://desk.example/"})
    assert elsewhere["Location"] == "/goals"


def test_an_observer_has_nothing_calculated(desk: Desk, reader: Reader) -> None:
    observer = has_role(desk.cast.dawid, Role.OBSERVER)
    assert reader(observer).post("/refresh").status_code == HTTPStatus.FORBIDDEN
    assert reader(desk.cast.anna).get("/refresh").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (29, "Help desk · synced 29 min ago"),
        (31, "Help desk · last synced 11:29. Retrying."),
        (25 * 60, "Help desk · last synced 15 Mar. Retrying."),
    ],
)
def test_a_source_that_has_not_answered_for_half_an_hour_says_so(
    desk: Desk, reader: Reader, minutes: int, says: str
) -> None:
    feed(minutes_ago=minutes)
    text = page(reader, desk.cast.anna, "/goals")
    assert says in text
    assert ('class="fresh old"' in text) == (minutes > 30)
    assert ("Help desk has not answered since." in text) == (minutes > 24 * 60)


def test_a_source_that_is_not_tried_any_more_does_not_say_that_it_is(desk: Desk, reader: Reader) -> None:
    feed(minutes_ago=31)
    failed(due_at=None)
    assert "last synced 11:29. An administrator must look." in page(reader, desk.cast.anna, "/goals")


def test_each_source_that_is_silent_for_a_day_has_a_sentence_above_the_numbers(desk: Desk, reader: Reader) -> None:
    for slug, answered_at in (("one", NOW - timedelta(hours=25)), ("two", NOW - timedelta(hours=26)), ("new", None)):
        Source.objects.create(
            slug=slug,
            name=f"Desk {slug}",
            make=Source.Make.FEED,
            connected_at=NOW - timedelta(days=2),
            answered_at=answered_at,
        )
    for address in ("/goals", "/goals/archive", "/teams"):
        text = page(reader, desk.cast.celina, address)
        assert "These numbers are from Sun 15 Mar 2026, 11:00. Desk one has not answered since." in text
        assert "These numbers are from Sun 15 Mar 2026, 10:00. Desk two has not answered since." in text
        assert "without Desk new, which has not answered since it was connected: Sat 14 Mar 2026, 12:00." in text


def test_the_overview_has_all_goals_calculated_and_says_that_they_are(desk: Desk, reader: Reader, closed: Goal) -> None:
    celina, observer = reader(desk.cast.celina), has_role(desk.cast.dawid, Role.OBSERVER)
    assert "Recalculate now" in page(reader, desk.cast.celina, "/goals")
    assert "Recalculate now" not in page(reader, observer, "/goals")
    celina.post("/refresh", {"next": "/goals"})
    waiting = page(reader, desk.cast.celina, "/goals")
    assert "Will be calculated in a moment." in waiting
    assert "Recalculate now" not in waiting
    run = runs.take(now=lambda: NOW, kinds=frozenset({"refresh"}))
    assert run is not None
    assert "Is being calculated." in page(reader, desk.cast.celina, "/goals")
    run.finish()
    assert "Recalculate now" in page(reader, desk.cast.celina, "/goals")


def test_a_calculation_that_nobody_takes_up_is_not_promised(desk: Desk, reader: Reader, closed: Goal) -> None:
    Job.objects.create(name="refresh", kind="refresh", due_at=NOW - timedelta(minutes=6))
    assert "Waits for a worker. Tell your administrator." in page(reader, desk.cast.celina, "/goals")
