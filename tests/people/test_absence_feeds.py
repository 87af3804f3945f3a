"""Calendars that are followed: what they say is known, their addresses are not, and a failure takes nothing away."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from milepost.account.sealed import unseal
from milepost.base.errors import Refused
from milepost.history.models import Change
from milepost.people import absence_feeds, absences
from milepost.people.models import Absence, AbsenceFeed, Person
from milepost.worker import jobs
from milepost.worker.absences import follow
from milepost.worker.models import Job
from milepost.worker.runs import Run
from tests.cast import Cast
from tests.connectors.test_absence_calendar import calendar, whole

NOW = datetime(2026, 3, 16, 11, tzinfo=UTC)
SECRET = "/leave/7f3a9c-secret.ics"


@pytest.fixture
def celina(cast: Cast) -> Person:
    return cast.person(cast.celina)


@pytest.fixture
def server(httpserver: HTTPServer, settings: Any) -> Iterator[HTTPServer]:
    """A server on this machine, which only a setting allows to ask."""
    settings.PRIVATE_HOSTS = [f"{httpserver.host}:{httpserver.port}"]
    yield httpserver
    httpserver.clear()


def says(server: HTTPServer, *events: str) -> None:
    server.clear()
    server.expect_request(SECRET).respond_with_data(calendar(*events), content_type="text/calendar")


def connected(server: HTTPServer, person: Person, *events: str) -> AbsenceFeed:
    says(server, *events)
    return absence_feeds.connect(person, server.url_for(SECRET), by=None, now=NOW)


def known(person: Person) -> list[tuple[date, date]]:
    return list(absences.present().filter(person=person).values_list("first_day", "after_day"))


def test_what_the_calendar_says_is_known_and_follows_it(server: HTTPServer, celina: Person) -> None:
    feed = connected(server, celina, whole("20260323", "20260328"), whole("20260401", "20260402"))
    assert known(celina) == [(date(2026, 3, 23), date(2026, 3, 28)), (date(2026, 4, 1), date(2026, 4, 2))]
    says(server, whole("20260324", "20260328"), whole("20260401", "20260402"))
    assert absence_feeds.read(feed, now=NOW) == absence_feeds.Followed(new=1, gone=1)
    assert known(celina) == [(date(2026, 3, 24), date(2026, 3, 28)), (date(2026, 4, 1), date(2026, 4, 2))]
    assert not absence_feeds.read(feed, now=NOW)


def test_what_was_entered_by_hand_stays_beside_it(server: HTTPServer, celina: Person) -> None:
    mine = absences.add(celina, date(2026, 3, 23), date(2026, 3, 27), by=None, now=NOW)
    feed = connected(server, celina, whole("20260323", "20260328"))
    assert Absence.objects.filter(person=celina).count() == 2
    # The same days twice are no more than once.
    (spans,) = absences.spans(now=NOW).values()
    assert len(spans) == 1
    absence_feeds.disconnect(feed, by=None, now=NOW)
    assert list(Absence.objects.all()) == [mine]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Response(status=404), "HTTP 404"),
        (Response(status=302, headers={"Location": "/elsewhere"}), "HTTP 302"),
        (Response("<html>", status=200), "no iCalendar"),
        (Response(b"x" * (absence_feeds.LARGEST + 1), status=200), "more than can be read"),
    ],
)
def test_a_calendar_that_fails_keeps_what_was_known_and_says_why(
    server: HTTPServer, celina: Person, answer: Response, why: str
) -> None:
    feed = connected(server, celina, whole("20260323", "20260328"))
    before = known(celina)
    server.clear()
    server.expect_request(SECRET).respond_with_response(answer)
    assert not absence_feeds.read(feed, now=NOW + timedelta(hours=1))
    feed.refresh_from_db()
    assert why in (feed.failure % feed.failure_values if feed.failure_values else feed.failure)
    assert (known(celina), feed.read_at) == (before, NOW)
    says(server, whole("20260323", "20260328"))
    absence_feeds.read(feed, now=NOW + timedelta(hours=2))
    feed.refresh_from_db()
    assert (feed.failure, feed.read_at) == ("", NOW + timedelta(hours=2))


def test_the_address_is_in_no_table_as_it_is_and_in_no_log(
    server: HTTPServer, celina: Person, caplog: pytest.LogCaptureFixture
) -> None:
    feed = connected(server, celina, whole("20260323", "20260328"))
    server.clear()
    absence_feeds.read(feed, now=NOW)
    feed.refresh_from_db()
    # The server of the test logs what it is asked.
    logged = [one.getMessage() for one in caplog.records if one.name != "werkzeug"]
    kept = [feed.address, feed.failure, str(feed.failure_values), str(feed), *logged]
    kept += [f"{one.before}{one.after}{one.thing_name}" for one in Change.objects.all()]
    assert [text for text in kept if "7f3a9c" in text] == []
    assert unseal(feed.address).endswith(SECRET)


def test_private_networks_are_refused_unless_allowed(celina: Person, settings: Any) -> None:
    settings.PRIVATE_HOSTS = []
    for address in ("https://127.0.0.1/leave.ics", "https://169.254.169.254/latest", "https://[::1]/leave.ics"):
        with pytest.raises(Refused, match="private network"):
            absence_feeds.connect(celina, address, by=None, now=NOW)
    for address in ("http://example.org/leave.ics", "file:///etc/passwd", "leave.ics", "https://[leave.ics"):
        with pytest.raises(Refused, match="https"):
            absence_feeds.connect(celina, address, by=None, now=NOW)
    assert not AbsenceFeed.objects.exists()


def test_a_calendar_that_does_not_answer_is_not_connected(server: HTTPServer, celina: Person) -> None:
    server.expect_request(SECRET).respond_with_data(status=403)
    with pytest.raises(Refused, match="HTTP 403"):
        absence_feeds.connect(celina, server.url_for(SECRET), by=None, now=NOW)
    assert not AbsenceFeed.objects.exists()


def test_an_absence_of_a_calendar_is_changed_there(server: HTTPServer, celina: Person) -> None:
    connected(server, celina, whole("20260323", "20260328"))
    with pytest.raises(Refused, match="comes from a calendar"):
        absences.remove(Absence.objects.get(), by=None, now=NOW)


def test_the_job_is_there_once_a_calendar_is_and_has_goals_calculated_when_it_changed(
    server: HTTPServer, celina: Person
) -> None:
    jobs.plan(NOW)
    assert not Job.objects.filter(name="absences").exists()
    connected(server, celina)
    jobs.plan(NOW)
    run = Run(Job.objects.get(name="absences"), lambda: NOW, stopping=Event())
    Job.objects.filter(name="refresh").update(due_at=NOW + timedelta(hours=1))
    assert follow(run).complaint == ""
    assert Job.objects.get(name="refresh").due_at == NOW + timedelta(hours=1)
    says(server, whole("20260323", "20260328"))
    follow(run)
    assert Job.objects.get(name="refresh").due_at == NOW
    server.clear()
    assert follow(run).values == {"count": 1}
