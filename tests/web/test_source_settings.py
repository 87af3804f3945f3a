"""Changing, disconnecting and connecting again on the page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stamina
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from milepost.history.models import Change
from milepost.people.models import Person, User
from milepost.people.roles import Role
from milepost.sources import help_desks, vault
from milepost.sources.models import Identity, Source
from milepost.worker import jobs
from milepost.worker.models import Job
from tests.cast import user
from tests.contracts.redmine import StrictRedmine
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
SAVE = {"act": "import"}


@pytest.fixture
def redmine(httpserver: HTTPServer, settings: Settings, tmp_path: Path) -> Iterator[StrictRedmine]:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    with stamina.set_testing(True, attempts=2):
        redmine = StrictRedmine(httpserver)
        redmine.answers_ticket(redmine.opens(), by="celina")
        help_desks.allow("127.0.0.1", httpserver.port, by=None, now=NOW)
        yield redmine


@pytest.fixture
def source(desk: Desk, redmine: StrictRedmine) -> Source:
    """Connected, and read up to somewhere."""
    source = help_desks.connect("redmine", redmine.told, slug="redmine", name="Redmine", by=None, now=NOW)
    source.cursor = '{"changed": 1}'
    source.save()
    Identity.objects.create(source=source, kind="pipeline", key="Support", number=7)
    person = Person.objects.create(name="Celina of Redmine")
    Identity.objects.create(source=source, kind="agent", key="5", number=9, person=person)
    return source


@pytest.fixture
def admin(desk: Desk, reader: Reader) -> Client:
    return reader(user("Adam", Role.ADMIN))


def told(redmine: StrictRedmine, **more: str) -> dict[str, str]:
    """The form as it is sent, without the key."""
    return redmine.told | {"name": "Redmine", "token": ""} | more


def page(source: Source) -> str:
    return f"/setup/sources/{source.pk}"


def test_settings_are_shown_without_the_key_and_changed_after_a_check(
    admin: Client, source: Source, redmine: StrictRedmine
) -> None:
    body = admin.get(page(source)).content.decode()
    assert redmine.told["address"] in body
    assert redmine.token not in body
    body = admin.post(page(source), told(redmine, name="IT desk", projects="support")).content.decode()
    assert "It can be read" in body
    assert redmine.token not in body
    assert Source.objects.get().name == "Redmine"
    assert admin.post(page(source), SAVE).headers["Location"] == "/setup/sources"
    source.refresh_from_db()
    assert (source.name, source.settings["projects"], source.cursor) == ("IT desk", "support", "")
    assert vault.unseal(source.secrets) == {"token": redmine.token}
    change = Change.objects.latest("pk")
    assert (change.verb, change.before, change.after) == (
        "changed",
        {"name": "Redmine"},
        {"name": "IT desk", "projects": "support"},
    )
    assert Job.objects.filter(name="sync:redmine").exists()


def test_another_key_or_name_alone_reads_nothing_again(admin: Client, source: Source, redmine: StrictRedmine) -> None:
    redmine.token = "another-key"
    assert "refuses the token" in admin.post(page(source), told(redmine)).content.decode()
    admin.post(page(source), told(redmine, token="another-key"))
    admin.post(page(source), SAVE)
    source.refresh_from_db()
    assert vault.unseal(source.secrets) == {"token": "another-key"}
    assert source.cursor == '{"changed": 1}'


def test_the_kept_key_is_sent_to_no_other_server(admin: Client, source: Source, redmine: StrictRedmine) -> None:
    redmine.asked = 0
    elsewhere = redmine.told["address"].replace("127.0.0.1", "localhost")
    assert "Enter it once more" in admin.post(page(source), told(redmine, address=elsewhere)).content.decode()
    assert redmine.asked == 0


def test_a_source_that_is_disconnected_is_read_no_more_and_keeps_people_and_history(
    admin: Client, source: Source, redmine: StrictRedmine
) -> None:
    jobs.plan(NOW)
    assert "Disconnect Redmine?" in admin.get(f"{page(source)}/disconnect").content.decode()
    assert Source.objects.get().disconnected_at is None
    admin.post(f"{page(source)}/disconnect")
    source.refresh_from_db()
    assert (source.disconnected_at, source.secrets) == (NOW, "")
    assert Person.objects.filter(identities__source=source).count() == 1
    jobs.plan(NOW)
    assert not Job.objects.filter(name="sync:redmine").exists()
    body = admin.get("/setup/sources").content.decode()
    assert "Connect again" in body
    assert "read no more since" in body


def test_connected_again_it_goes_on_where_it_was(admin: Client, source: Source, redmine: StrictRedmine) -> None:
    help_desks.disconnect(source, by=None, now=NOW)
    assert "This field is required" in admin.post(page(source), told(redmine)).content.decode()
    admin.post(page(source), told(redmine, token=redmine.token))
    admin.post(page(source), SAVE)
    source.refresh_from_db()
    assert (source.disconnected_at, source.cursor) == (None, '{"changed": 1}')
    assert Source.objects.count() == 1
    assert list(Change.objects.order_by("pk").values_list("verb", flat=True))[-2:] == ["disconnected", "reconnected"]


def test_the_page_names_the_pipelines(admin: Client, source: Source) -> None:
    assert "<dt>Pipelines</dt><dd>Support</dd>" in admin.get("/setup/sources").content.decode()


def test_only_who_runs_the_installation_changes_and_disconnects(desk: Desk, reader: Reader, source: Source) -> None:
    for path in (page(source), f"{page(source)}/disconnect"):
        assert reader(desk.cast.anna).post(path).status_code == 403
        assert reader(desk.cast.celina).get(path).status_code == 404
    assert "Disconnect" not in reader(desk.cast.anna).get("/setup/sources").content.decode()


def test_what_no_connector_reads_has_no_settings(admin: Client, desk: Desk) -> None:
    demo = Source.objects.create(slug="demo", name="Demo", make=Source.Make.DEMO, connected_at=NOW)
    assert admin.get(page(demo)).status_code == 404
