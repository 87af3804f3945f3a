"""The notification address of a help desk: it makes the sync due, and no more."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.history.models import Change
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import bells, help_desks
from milepost.sources.models import Bell, Source
from milepost.web.inbound import bell_views
from milepost.worker.models import Job
from tests.cast import user
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
LATER = NOW + timedelta(minutes=4)


@pytest.fixture
def source(desk: Desk, settings: Settings, tmp_path: Path) -> Source:
    """A Redmine that was read a minute ago."""
    cache.clear()
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    told = {"address": "https://redmine.example.org", "projects": ""}
    source = Source.objects.create(slug="redmine", name="Redmine", make="redmine", connected_at=NOW, settings=told)
    begun = NOW - timedelta(minutes=1)
    Job.objects.create(name="sync:redmine", kind="sync", due_at=LATER, begun_at=begun, done_at=begun)
    return source


@pytest.fixture
def path(source: Source) -> str:
    """Behind the host."""
    return bells.hang(source, by=None, now=NOW).removeprefix("http://localhost:8000")


def ring(path: str, body: bytes = b"", **headers: str) -> int:
    """The help desk calls; what it is answered."""
    client = Client(enforce_csrf_checks=True)
    told = {name.replace("_", "-"): text for name, text in headers.items()}
    response = client.post(path, body, content_type="application/json", headers=told)
    assert not response.cookies
    return response.status_code


def test_a_call_makes_the_sync_due_now_whatever_it_says(path: str) -> None:
    assert ring(path, b'{"delete": "everything"}') == 202
    assert Job.objects.get().due_at == NOW
    assert Bell.objects.get().rung_at == NOW


def test_many_calls_are_one_sync_in_fifteen_seconds(path: str) -> None:
    Job.objects.update(begun_at=NOW - timedelta(seconds=5))
    assert {ring(path) for _ in range(20)} == {202}
    assert Job.objects.get().due_at == NOW + timedelta(seconds=10)


def test_a_job_that_failed_or_waits_for_a_person_is_not_hastened(path: str) -> None:
    Job.objects.update(attempts=1)
    assert ring(path) == 202
    assert Job.objects.get().due_at == LATER
    Job.objects.update(attempts=0, due_at=None)
    assert ring(path) == 202
    assert Job.objects.get().due_at is None


def test_another_address_and_that_of_a_disconnected_source_are_not_there(path: str, source: Source) -> None:
    assert ring("/notify/another") == 404
    help_desks.disconnect(source, by=None, now=NOW)
    assert ring(path) == 404
    assert Job.objects.get().due_at == LATER


def test_asked_whether_it_is_there_it_says_so_and_nothing_happens(path: str) -> None:
    assert Client().get(path).status_code == Client().head(path).status_code == 200
    assert Client().delete(path).status_code == 405
    assert Job.objects.get().due_at == LATER


def test_with_a_secret_only_what_is_signed_is_heard(path: str, source: Source) -> None:
    bells.sign(source, "the secret", by=None, now=NOW)
    assert ring(path) == 401
    assert Job.objects.get().due_at == LATER
    at = str(int(NOW.timestamp() * 1000))
    told = f"POSThttp://testserver{path}{{}}{at}".encode()
    signature = base64.b64encode(hmac.new(b"the secret", told, hashlib.sha256).digest()).decode()
    headers = {"X_HubSpot_Signature_v3": signature, "X_HubSpot_Request_Timestamp": at}
    assert ring(path, b"{}", **headers) == 202
    assert ring(path, b"{ }", **headers) == 401
    assert Job.objects.get().due_at == NOW
    bells.sign(source, "", by=None, now=NOW)
    assert ring(path) == 202


def test_calls_are_bounded_in_size_and_number(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ring(path, b" " * (bell_views.MOST_BYTES + 1)) == 413
    monkeypatch.setattr(bell_views, "MOST_REQUESTS", 2)
    assert [ring(path), ring(path)] == [202, 429]


def test_the_address_is_shown_once_on_the_settings_of_the_source(source: Source, reader: Reader) -> None:
    admin = reader(user("Adam", Role.ADMIN))
    page = f"/setup/sources/{source.pk}"
    assert "Make a notification address" in admin.get(page).content.decode()
    assert admin.post(f"{page}/notify", {"act": "hang"}).headers["Location"] == page
    body = admin.get(page).content.decode()
    address = body.split('id="bell-address" value="')[1].split('"')[0]
    assert address not in admin.get(page).content.decode()
    key = address.rpartition("/")[2]
    assert key not in repr([*Bell.objects.values(), *Change.objects.values()])
    assert ring(f"/notify/{key}") == 202
    assert "It was called last: Mon 16 Mar 2026, 12:00." in admin.get(page).content.decode().replace("\xa0", " ")
    admin.post(f"{page}/notify", {"act": "hang"})
    assert ring(f"/notify/{key}") == 404
    admin.post(f"{page}/notify", {"act": "sign", "signing": "of-the-vendor"})
    assert Bell.objects.get().signing not in {"", "of-the-vendor"}
    assert "of-the-vendor" not in admin.get(page).content.decode()
    admin.post(f"{page}/notify", {"act": "take-down"})
    assert not Bell.objects.exists()
    assert admin.post(f"{page}/notify", {"act": "anything"}).status_code == 404


def test_only_who_runs_the_installation_makes_one(source: Source, reader: Reader, desk: Desk) -> None:
    for who, status in ((desk.cast.anna, 403), (desk.cast.celina, 404)):
        assert reader(who).post(f"/setup/sources/{source.pk}/notify", {"act": "hang"}).status_code == status
    assert not Bell.objects.exists()
