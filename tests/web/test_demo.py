"""Demo data on pages: offered to who runs the installation, followed while they load, removed after one question."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import Demo, Source
from milepost.worker import runs
from milepost.worker.models import Job
from tests.cast import user
from tests.web.conftest import NOW, Desk, text

Reader = Callable[[User | None], Client]
QUESTION = "Remove the demo data?"
DOORS = ("load", "withdraw", "remove")


@pytest.fixture
def adam(desk: Desk, reader: Reader, settings: Settings, tmp_path: Path) -> Client:
    """Adam runs the installation."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    return reader(user("Adam", Role.ADMIN))


@pytest.fixture
def here(adam: Client) -> Client:
    """The demo is there, though nobody works in it: its source, and what is known of it."""
    Source.objects.create(slug="demo-20260316", name="Demo desk", make="demo", connected_at=NOW)
    brought: dict[str, list[int]] = {"persons": [], "teams": [], "users": [], "goals": []}
    Demo.objects.create(pk=1, asked_at=NOW, asked_by=1, percent=100, loaded_at=NOW, brought=brought)
    return adam


def html(client: Client, address: str = "/setup/start") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def begun() -> runs.Run:
    """The worker takes the job."""
    run = runs.take(now=lambda: NOW, kinds=frozenset({"demo"}))
    assert run is not None
    return run


@pytest.mark.parametrize("address", ["/goals", "/setup/start", "/setup/sources"])
def test_wherever_adam_lands_without_tickets_he_can_load_them(adam: Client, address: str) -> None:
    assert 'action="/setup/demo/load"' in html(adam, address)
    assert "Load demo data" in html(adam, address)


def test_one_click_has_them_loaded(adam: Client) -> None:
    answer = adam.post("/setup/demo/load")
    assert (answer.status_code, answer["Location"]) == (302, "/setup/start")
    assert Job.objects.get(name="demo").due_at == NOW
    assert Demo.objects.get().asked_by == User.objects.get(name="Adam").pk
    assert "It begins in a moment." in html(adam)
    assert "data-under-way" in html(adam)
    assert "Load demo data" not in html(adam, "/goals")


def test_the_page_tells_how_far_it_is(adam: Client) -> None:
    adam.post("/setup/demo/load")
    begun()
    Demo.objects.update(percent=42)
    assert "The log of the help desk is being read." in html(adam)
    assert 'value="42"' in html(adam)
    Demo.objects.update(percent=100)
    assert "The log is read." in html(adam)
    assert not re.search(r"<progress[^>]* value=", html(adam))


def test_where_no_worker_is_at_work_the_page_says_so(adam: Client) -> None:
    adam.post("/setup/demo/load")
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        assert "No worker has begun with it yet." in text(adam, "/setup/start")


def test_what_failed_says_why_and_can_be_tried_again(adam: Client) -> None:
    adam.post("/setup/demo/load")
    begun().finish()
    Demo.objects.update(error="The folder of the data could not be written: %(error)s.", error_values={"error": "full"})
    page = text(adam, "/setup/start")
    assert "nothing of them was kept. The folder of the data could not be written: full." in page
    assert "Try again" in page
    adam.post("/setup/demo/load")
    assert Demo.objects.get().error == ""
    assert Job.objects.get(name="demo").due_at == NOW


def test_what_is_tried_again_says_so(adam: Client) -> None:
    adam.post("/setup/demo/load")
    begun().fail("A fault of Milepost itself: %(error)s. The log of the worker tells more.", {"error": "KeyError"})
    page = text(adam, "/setup/start")
    assert "It is tried again soon. A fault of Milepost itself: KeyError." in page
    assert "Do not load" in page


def test_it_can_be_called_off_until_they_are_there(adam: Client) -> None:
    adam.post("/setup/demo/load")
    adam.post("/setup/demo/withdraw")
    assert not Demo.objects.exists()
    assert "Load demo data" in html(adam)


def test_what_is_there_is_not_called_off(here: Client) -> None:
    here.post("/setup/demo/withdraw")
    assert Demo.objects.exists()


def test_every_page_of_adams_has_the_way_out(here: Client, desk: Desk, reader: Reader) -> None:
    for address in ("/goals", "/goals/new", "/setup/sources", "/setup/people", "/teams"):
        page = html(here, address)
        assert "You are looking at demo data" in page, address
        assert 'href="/setup/demo/remove"' in page, address
    assert "You are looking at demo data" in html(reader(desk.cast.celina), "/goals")
    assert "/setup/demo/remove" not in html(reader(desk.cast.anna), "/goals")


def test_the_second_click_removes_them_and_adam_stays_signed_in(here: Client) -> None:
    assert QUESTION in text(here, "/setup/demo/remove")
    assert Demo.objects.exists()
    answer = here.post("/setup/demo/remove", follow=True)
    assert answer.redirect_chain == [("/setup/start", 302)]
    page = answer.content.decode()
    assert "The demo data are removed." in page
    assert "You are looking at demo data" not in page
    assert not Source.objects.exists()
    assert here.post("/setup/demo/remove").status_code == here.get("/setup/demo/remove").status_code == 404


def test_who_removed_them_is_told_beside_the_sources(here: Client) -> None:
    here.post("/setup/demo/remove")
    assert "Removed · Demo desk Adam" in text(here, "/setup/sources")


@pytest.mark.parametrize("way", ["connect/zammad", "files", "inbound"])
def test_connecting_asks_to_remove_them_first_and_goes_on(here: Client, way: str) -> None:
    address = f"/setup/sources/{way}"
    for asked in (here.get(address), here.post(address, {"name": "Mine"})):
        assert asked["Location"].startswith("/setup/demo/remove?next=")
    page = html(here, asked["Location"])
    assert "Demo data are never mixed with your own." in page
    assert f'name="next" value="{address}"' in page
    assert here.post("/setup/demo/remove", {"next": address})["Location"] == address
    assert here.get(address).status_code == 200


def test_nobody_is_sent_elsewhere_after_removing(here: Client) -> None:
    assert here.post("/setup/demo/remove", {"next": "https://example.org/"})["Location"] == "/setup/start"


def test_what_came_with_the_demo_is_no_step(here: Client) -> None:
    assert "Connect your help desk, or upload a file." in text(here, "/setup/start")


def test_beside_a_source_of_ones_own_nothing_is_offered(adam: Client) -> None:
    Source.objects.create(slug="desk", name="Desk", make="redmine", connected_at=NOW)
    for address in ("/goals", "/setup/start", "/setup/sources"):
        assert "demo" not in html(adam, address).lower(), address
    answer = adam.post("/setup/demo/load")
    assert answer.status_code == 409
    assert "never mixed" in answer.content.decode()


def test_for_all_others_the_doors_are_not_there(here: Client, desk: Desk, reader: Reader) -> None:
    cast = desk.cast
    for one in (cast.anna, cast.bartek, cast.celina, user("Olga", Role.OBSERVER), user("Wera", Role.VIEWER)):
        client = reader(one)
        assert [client.post(f"/setup/demo/{door}").status_code for door in DOORS] == [404] * 3, one.name
        assert client.get("/setup/demo/remove").status_code == 404
    assert reader(None).post("/setup/demo/remove").status_code == 302
    assert Demo.objects.exists()


def test_a_form_of_another_page_does_nothing(here: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(name="Adam"))
    assert [strict.post(f"/setup/demo/{door}").status_code for door in DOORS] == [403] * 3
    assert [here.get(f"/setup/demo/{door}").status_code for door in DOORS[:2]] == [405] * 2
    assert Demo.objects.exists()
