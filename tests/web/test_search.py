"""What a few letters find, for whom."""

import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.people.models import Person, User
from milepost.people.roles import Role
from tests.cast import user
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]


def found(client: Client, text: str) -> list[str]:
    """The names of what is found, in order."""
    answer = client.get("/search", {"q": text, "panel": ""})
    return [html.unescape(one) for one in re.findall(r"<span>(.*?)</span>", answer.content.decode())]


def test_letters_without_marks_find_names_with_them(desk: Desk, reader: Reader) -> None:
    Person.objects.create(name="Łucja Dąbrowska")
    anna = reader(desk.cast.anna)
    assert found(anna, "dabrow") == found(anna, "LUCJA") == ["Łucja Dąbrowska"]


def test_goals_teams_people_and_pages_are_found(desk: Desk, reader: Reader) -> None:
    desk.goal("Billing 2026", persons=[desk.cast.person(desk.cast.ewa)])
    anna = reader(desk.cast.anna)
    assert found(anna, "bil") == ["Billing 2026", "Billing"]
    assert found(anna, "ewa") == ["Ewa"]
    assert found(anna, "creat") == ["Create goal"]


def test_g1_goals_are_found_under_reporting_too(desk: Desk, reader: Reader) -> None:
    assert found(reader(desk.cast.anna), "report") == ["Goals"]


def test_nobody_finds_what_they_may_not_see(desk: Desk, reader: Reader) -> None:
    desk.goal("Secret", persons=[desk.cast.person(desk.cast.celina)])
    assert found(reader(desk.cast.ewa), "secret") == []
    assert found(reader(desk.cast.ewa), "celina") == []
    assert found(reader(desk.cast.bartek), "celina") == ["Celina"]
    assert found(reader(user("Filip", Role.OBSERVER)), "creat") == []


def test_eight_are_enough_and_those_that_begin_so_come_first(desk: Desk, reader: Reader) -> None:
    Person.objects.bulk_create(Person(name=f"Aaron Mo {number}") for number in range(20))
    Person.objects.create(name="Monika")
    names = found(reader(desk.cast.anna), "mo")
    assert len(names) == 8
    assert names[0] == "Monika"


@pytest.mark.parametrize("text", ["", "   ", "\0", "%", "x" * 1000])
def test_any_text_is_answered(desk: Desk, reader: Reader, text: str) -> None:
    assert found(reader(desk.cast.anna), text) == []


def test_what_is_not_found_is_said(desk: Desk, reader: Reader) -> None:
    body = reader(desk.cast.anna).get("/search", {"q": "<b>zzz"}).content.decode()
    assert "Nothing is called “&lt;b&gt;zzz”." in body


def test_searching_asks_the_database_as_often_among_many(desk: Desk, reader: Reader) -> None:
    asked = []
    for count in (0, 300):
        Person.objects.bulk_create(Person(name=f"Zofia {number}") for number in range(count))
        with CaptureQueriesContext(connection) as queries:
            found(reader(desk.cast.anna), "zofia")
        asked.append(len(queries))
    assert asked[0] == asked[1]
