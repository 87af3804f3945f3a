"""Connecting a help desk on the page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stamina
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from milepost.connectors import registry
from milepost.history.models import Change
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import AllowedServer, Source
from milepost.worker.models import Job
from tests.cast import user
from tests.contracts.request_tracker import StrictRequestTracker
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]
PAGE = "/setup/sources/connect/request_tracker"


@pytest.fixture
def tracker(httpserver: HTTPServer, settings: Settings, tmp_path: Path) -> Iterator[StrictRequestTracker]:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    with stamina.set_testing(True, attempts=2):
        tracker = StrictRequestTracker(httpserver)
        tracker.answers_ticket(tracker.opens(), by="celina")
        yield tracker


@pytest.fixture
def admin(desk: Desk, reader: Reader) -> Client:
    return reader(user("Adam", Role.ADMIN))


def test_a_server_of_the_own_network_is_asked_about_once_then_checked_and_imported(
    admin: Client, tracker: StrictRequestTracker
) -> None:
    told = tracker.told | {"name": "Our desk", "statuses": "stalled = on_hold"}
    asking = admin.post(PAGE, told).content.decode()
    assert "This server is in your own network" in asking
    # What was found stands below a long form: the page opens there.
    assert asking.count('action="#check"') == 2
    assert 'id="check"' in asking
    assert tracker.asked == 0
    body = admin.post(PAGE, {"act": "allow"}).content.decode()
    for text in ("Server reached", "Token valid", "read-only", "2 active, 0 inactive", 'value="import"'):
        assert text in body
    assert tracker.told["token"] not in body
    assert [str(one) for one in AllowedServer.objects.all()] == [f"127.0.0.1:{tracker.server.port}"]
    assert not Source.objects.exists()
    assert admin.post(PAGE, {"act": "import"}).headers["Location"] == "/setup/sources"
    source = Source.objects.get()
    assert (source.name, source.slug, source.make) == ("Our desk", "our-desk", "request_tracker")
    assert tracker.told["token"] not in repr(source.__dict__)
    assert Job.objects.filter(name="sync:our-desk").exists()
    assert list(Change.objects.order_by("pk").values_list("verb", flat=True))[-2:] == ["allowed", "connected"]


def test_a_token_that_is_refused_is_said_in_words(admin: Client, tracker: StrictRequestTracker) -> None:
    AllowedServer.objects.create(host="127.0.0.1", port=tracker.server.port, allowed_at=tracker.now)
    tracker.token = "another"
    body = admin.post(PAGE, tracker.told | {"name": "Our desk"}).content.decode()
    assert "refuses the token" in body
    assert 'value="import"' not in body


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": ""}, "This field is required"),
        ({"address": "file:///etc/passwd"}, "is not the address of a server"),
        ({"statuses": "stalled = asleep"}, "says nothing"),
        ({"since": "yesterday"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    admin: Client, tracker: StrictRequestTracker, wrong: dict[str, str], said: str
) -> None:
    assert said in admin.post(PAGE, tracker.told | {"name": "Our desk"} | wrong).content.decode()
    assert tracker.asked == 0


def test_a_help_desk_is_read_now_by_whoever_may_connect_one(
    admin: Client, desk: Desk, reader: Reader, tracker: StrictRequestTracker
) -> None:
    admin.post(PAGE, tracker.told | {"name": "Our desk"})
    for act in ("allow", "import"):
        admin.post(PAGE, {"act": act})
    source = Source.objects.get()
    address = f"/setup/sources/{source.pk}/read"
    assert address in admin.get("/setup/sources").content.decode()
    Job.objects.all().delete()
    assert reader(desk.cast.anna).post(address).status_code == 403
    assert admin.get(address).status_code == 405
    assert not Job.objects.exists()
    for _ in range(2):
        assert "Our desk is being read" in admin.post(address, follow=True).content.decode()
    assert [job.name for job in Job.objects.all()] == ["sync:our-desk"]
    admin.post(f"/setup/sources/{source.pk}/disconnect")
    Job.objects.all().delete()
    admin.post(address)
    assert not Job.objects.exists()


def test_every_make_has_its_form(admin: Client) -> None:
    for make in registry.makes():
        body = admin.get(f"/setup/sources/connect/{make}").content.decode()
        for one in registry.make(make).asked():
            assert f'name="{one.key}"' in body
    assert admin.get("/setup/sources/connect/nothing").status_code == 404


def test_what_need_not_be_told_stands_in_its_field(admin: Client) -> None:
    assert 'value="https://api.hubapi.com"' in admin.get("/setup/sources/connect/hubspot").content.decode()


def test_only_who_runs_the_installation_connects(desk: Desk, reader: Reader) -> None:
    assert reader(desk.cast.anna).get(PAGE).status_code == 403
    assert reader(desk.cast.celina).get(PAGE).status_code == 404
    assert "Connect a help desk" not in reader(desk.cast.anna).get("/setup/sources").content.decode()
