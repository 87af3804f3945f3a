"""Signing in, and what a reader chooses for the pages."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from milepost.people.models import User
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]
RIGHT = {"username": "anna@example.org", "password": "a long password"}
WRONG = "E-mail or password is wrong."


@pytest.fixture(autouse=True)
def tries() -> Iterator[None]:
    """Nobody has tried yet."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def anna(desk: Desk) -> User:
    """Anna has a password."""
    desk.cast.anna.set_password(RIGHT["password"])
    desk.cast.anna.save()
    return desk.cast.anna


def test_anna_signs_in_and_goes_where_she_wanted(anna: User, reader: Reader) -> None:
    answer = reader(None).post("/sign-in", RIGHT | {"next": "/goals?status=missed"})
    assert answer.headers["Location"] == "/goals?status=missed"


def test_her_address_may_be_typed_in_capitals(anna: User, reader: Reader) -> None:
    answer = reader(None).post("/sign-in", RIGHT | {"username": "Anna@Example.org"})
    assert answer.status_code == 302


def test_nobody_is_sent_to_another_host(anna: User, reader: Reader) -> None:
    answer = reader(None).post("/sign-in", RIGHT | {"next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("sent", [{"password": "wrong"}, {"username": "nobody@example.org"}])
def test_a_wrong_password_and_an_unknown_user_read_the_same(anna: User, reader: Reader, sent: dict[str, str]) -> None:
    answer = reader(None).post("/sign-in", RIGHT | sent)
    assert answer.status_code == 200
    assert WRONG in answer.content.decode()


def test_a_deactivated_user_reads_the_same(anna: User, reader: Reader) -> None:
    anna.is_active = False
    anna.save()
    assert WRONG in reader(None).post("/sign-in", RIGHT).content.decode()


@pytest.mark.parametrize("address", [RIGHT["username"], "nobody@example.org"])
def test_after_ten_tries_even_the_right_password_waits(anna: User, reader: Reader, address: str) -> None:
    client = reader(None)
    for _ in range(10):
        client.post("/sign-in", RIGHT | {"username": address, "password": "wrong"})
    answer = client.post("/sign-in", RIGHT | {"username": address})
    assert "Too many tries. Wait 5 minutes and try again." in answer.content.decode()


def test_signing_in_forgets_the_tries_before(anna: User, reader: Reader) -> None:
    client = reader(None)
    for _ in range(9):
        client.post("/sign-in", RIGHT | {"password": "wrong"})
    assert client.post("/sign-in", RIGHT).status_code == 302
    client.post("/sign-out")
    client.post("/sign-in", RIGHT | {"password": "wrong"})
    assert client.post("/sign-in", RIGHT).status_code == 302


def test_signing_out_needs_a_form(anna: User, reader: Reader) -> None:
    client = reader(anna)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/goals").status_code == 302


@pytest.mark.parametrize(("theme", "marked"), [("dark", True), ("light", True), ("", False), ("purple", False)])
def test_a_theme_is_kept(anna: User, reader: Reader, theme: str, *, marked: bool) -> None:
    client = reader(anna)
    assert client.post("/theme", {"theme": theme, "next": "/setup/sources"}).headers["Location"] == "/setup/sources"
    assert ("data-theme=" in client.get("/goals").content.decode()) is marked
    if marked:
        assert f'data-theme="{theme}"' in client.get("/goals").content.decode()


def test_a_theme_sends_nobody_to_another_host(anna: User, reader: Reader) -> None:
    answer = reader(anna).post("/theme", {"theme": "dark", "next": "//elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_a_language_is_kept_before_signing_in(anna: User, reader: Reader) -> None:
    client = reader(None)
    client.post("/language", {"language": "pl", "next": "/sign-in"})
    body = client.get("/sign-in").content.decode()
    assert '<html lang="pl">' in body
    assert "Logowanie do Milepost" in body
