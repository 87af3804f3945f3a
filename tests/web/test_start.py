"""The first steps: seen from what is there, resumed where they were left, and gone when there is a goal."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from milepost.account import working_hours
from milepost.connectors.contract import Agent
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import Sync
from tests.calendars.schedules import nine_to_five
from tests.cast import user
from tests.sources.test_who_is_who import brought
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
STRIP = 'class="start-strip"'


@pytest.fixture
def adam(desk: Desk, reader: Reader) -> Client:
    return reader(user("Adam", Role.ADMIN))


def html(client: Client, address: str = "/setup/start") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def done(client: Client) -> list[str]:
    return re.findall(r'<h2>([^<]+) <span class="heard">done', html(client))


def following(client: Client) -> str:
    found = re.search(r'<li class="next" aria-current="step">.*?<h2>([^<]+)</h2>', html(client), re.DOTALL)
    return found.group(1) if found else ""


def test_the_steps_go_on_where_they_were_left(adam: Client, desk: Desk) -> None:
    assert (done(adam), following(adam)) == ([], "Tickets")
    celina = brought("redmine", Agent("celina", "Celina", "celina@example.org"))["Celina"]
    assert "Its newest tickets are on their way." in html(adam)
    Sync.objects.create(source=celina.source, started_at=NOW, what="all")
    assert (done(adam), following(adam)) == (["Tickets"], "People")
    assert 'href="/setup/start/people"' in html(adam)
    adam.post(f"/setup/sources/{celina.source.pk}/who", {"act": "right"})
    assert (done(adam), following(adam)) == (["Tickets", "People"], "Working hours")
    working_hours.set_hours(nine_to_five(), team=None, valid_from=None, by=None, now=NOW)
    assert (done(adam), following(adam)) == (["Tickets", "People", "Working hours"], "First goal")
    desk.goal("Tickets closed", teams=[desk.cast.frontline])
    assert following(adam) == ""
    assert "All four steps are done." in html(adam)


def test_who_is_to_be_reviewed_is_said(adam: Client) -> None:
    brought("redmine", Agent("celina", "Celina", "celina@example.org"))
    brought("zammad", Agent("7", "Celina K.", "celina@example.org"))
    assert "1 agent has the address of somebody who was here before." in html(adam)


def test_the_strip_is_on_the_pages_of_the_steps_until_there_is_a_goal(adam: Client, desk: Desk) -> None:
    for address in ("/goals", "/setup/sources", "/setup/people", "/setup/calendars"):
        assert STRIP in html(adam, address), address
    desk.goal("Tickets closed", teams=[desk.cast.frontline])
    assert STRIP not in html(adam, "/goals")


def test_the_strip_can_be_hidden_and_the_page_stays(adam: Client) -> None:
    adam.post("/setup/start/hide")
    assert STRIP not in html(adam, "/goals")
    assert following(adam) == "Tickets"


def test_the_first_steps_are_for_who_runs_the_installation(desk: Desk, reader: Reader) -> None:
    for one in (desk.cast.anna, desk.cast.celina):
        assert reader(one).get("/setup/start").status_code == 404
        assert reader(one).post("/setup/start/hide").status_code == 404
        assert STRIP not in html(reader(one), "/goals")
