"""Connecting a database on the page: queries over many lines, and rows that cannot be read are told afterwards."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import help_desks
from milepost.sources.models import Source
from tests.cast import user
from tests.connectors.tables import filled, made
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
PAGE = "/setup/sources/connect/sql"
QUERY = "SELECT id AS ticket, opened AS created,\r\n       changed AS updated, closed AS resolved\r\nFROM tickets"


@pytest.fixture
def admin(desk: Desk, reader: Reader) -> Client:
    return reader(user("Adam", Role.ADMIN))


@pytest.fixture
def told(tmp_path: Path, settings: Settings) -> dict[str, str]:
    """A database with two tickets, one of which cannot be read."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    settings.DATABASE_FOLDERS = [tmp_path / "desks"]
    (tmp_path / "desks").mkdir()
    file = tmp_path / "desks/desk.db"
    made(file, "CREATE TABLE tickets (id, opened, changed, closed)")
    filled(file, "tickets", [[1, "2026-03-02 08:00", "2026-03-02 08:00", ""], [2, "2026-03-02", "2026-03-02", "soon"]])
    return {"name": "Desk", "address": f"sqlite://{file}", "tickets": QUERY, "zone": "UTC", "since": "2020-01-01"}


def test_a_database_is_checked_connected_and_read(admin: Client, told: dict[str, str]) -> None:
    assert "<textarea" in admin.get(PAGE).content.decode()
    body = admin.post(PAGE, told).content.decode()
    for text in ("Server reached", "ticket, created, resolved, updated", "“soon” in “resolved”", 'value="import"'):
        assert text in body
    admin.post(PAGE, {"act": "import"})
    source = Source.objects.get(make="sql")
    assert "\r" not in source.settings["tickets"]
    with help_desks.connector(source) as connector:
        help_desks.sync(source, connector, clock=lambda: NOW, zone=ZoneInfo("UTC"))
    source.refresh_from_db()
    assert source.notes == ["no_history"]
    came = admin.get(f"/setup/sources/{source.pk}/syncs").content.decode()
    assert "not a date in “resolved”" in came
    assert "For example “soon”." in came


def test_another_password_goes_on_and_another_query_begins_anew(admin: Client, told: dict[str, str]) -> None:
    admin.post(PAGE, told)
    admin.post(PAGE, {"act": "import"})
    source = Source.objects.get(make="sql")
    Source.objects.update(cursor="here")
    page = f"/setup/sources/{source.pk}"
    admin.post(page, told | {"token": "another"})
    admin.post(page, {"act": "import"})
    assert Source.objects.get(pk=source.pk).cursor == "here"
    admin.post(page, told | {"tickets": f"{QUERY} WHERE id > 0"})
    admin.post(page, {"act": "import"})
    assert Source.objects.get(pk=source.pk).cursor == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": "postgresql://reader:secret@db/desk"}, "Enter the password in the field of its own"),
        ({"address": "sqlite:///etc/passwd"}, "MILEPOST_DATABASE_FOLDERS"),
        ({"tickets": "DROP TABLE tickets"}, "A query is one SELECT"),
        ({"zone": "Mars/Olympus"}, "is not a time zone"),
    ],
)
def test_what_is_wrong_is_said_in_words(admin: Client, told: dict[str, str], wrong: dict[str, str], said: str) -> None:
    body = admin.post(PAGE, told | wrong).content.decode()
    assert said in body
    assert 'value="import"' not in body
