"""Making a goal with the form."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from milepost.goals.models import Goal, Target
from milepost.people.models import User
from milepost.people.roles import Role
from tests.cast import user
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]


@pytest.fixture
def form(desk: Desk) -> dict[str, Any]:
    """What Anna sends: 30 tickets a month of 2026 for Celina and Frontline."""
    celina, frontline = desk.cast.person(desk.cast.celina), desk.cast.frontline
    return {
        "key": "7b0f8c39-2cf8-4e36-8f54-f5a9b3f2d6c1",
        "template": "closed",
        "name": "Closed",
        "contributors": [f"team-{frontline.pk}", f"person-{celina.pk}"],
        "duration": "monthly",
        "year": "2026",
        "first_day": "",
        "last_day": "",
        "value": "30",
        "note": "",
    }


def mistakes(client: Client, form: dict[str, Any]) -> list[str]:
    """What the page marks."""
    answer = client.post("/goals/new", form)
    assert answer.status_code == 200
    assert "The goal was not created." in answer.content.decode()
    found = re.findall(r'<p class="mistake".*?<span>(.*?)</span></p>', answer.content.decode(), re.DOTALL)
    return [one.strip() for one in found]


def test_a_goal_is_published_with_a_target_in_every_period(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    answer = anna.post("/goals/new", form)
    assert answer.headers["Location"] == "/goals?from=2026-03-01&to=2026-03-31"
    goal = Goal.objects.get()
    assert (goal.name, goal.created_by, goal.first_day, goal.after_day) == (
        "Closed",
        desk.cast.anna,
        date(2026, 1, 1),
        date(2027, 1, 1),
    )
    assert Target.objects.filter(value=Decimal(30)).count() == 24
    assert "Closed is published." in anna.get("/goals").content.decode()


def test_the_same_form_makes_one_goal_however_often_it_is_sent(
    desk: Desk, form: dict[str, Any], reader: Reader
) -> None:
    anna = reader(desk.cast.anna)
    for _ in range(2):
        assert anna.post("/goals/new", form).status_code == 302
    assert Goal.objects.count() == 1


def test_a_duration_may_be_typed_with_a_decimal_comma(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    reader(desk.cast.anna).post("/goals/new", form | {"template": "response", "value": "1,5 h"})
    assert set(Target.objects.values_list("value", flat=True)) == {Decimal(5400)}


def test_without_a_value_no_target_is_set(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    reader(desk.cast.anna).post("/goals/new", form | {"value": " "})
    assert set(Target.objects.values_list("value", flat=True)) == {None}


def test_a_span_of_one_s_own_has_two_dates(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    own = {"duration": "custom", "first_day": "2026-03-02", "last_day": "2026-03-15"}
    answer = reader(desk.cast.anna).post("/goals/new", form | own)
    goal = Goal.objects.get()
    assert (goal.first_day, goal.after_day) == (date(2026, 3, 2), date(2026, 3, 16))
    assert answer.headers["Location"] == "/goals?from=2026-03-01&to=2026-03-31"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Give the goal a name."),
        ({"name": "x" * 94}, "Use 80 characters or fewer (now 94)."),
        ({"contributors": []}, "Add at least one person or team."),
        ({"contributors": ["person-999999"]}, "Add at least one person or team."),
        ({"template": ""}, "Choose what to measure."),
        ({"value": "many"}, "Use a whole number of tickets, for example 120."),
        ({"value": "0"}, "A target of 0 cannot be reached or missed. Leave it empty instead."),
        (
            {"template": "response", "value": "soon"},
            "“soon” is not a duration. Try 48, 1:30 or 1 h 30.",
        ),
        ({"duration": "custom", "first_day": "2026-03-02", "last_day": ""}, "Choose a date."),
        (
            {"duration": "custom", "first_day": "2026-03-02", "last_day": "2026-03-01"},
            "The end date is before the start date.",
        ),
        (
            {"duration": "custom", "first_day": "2026-03-02", "last_day": "2028-03-02"},
            "Choose 24 months or less.",
        ),
        ({"note": "x" * 300}, "Use 280 characters or fewer (now 300)."),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_made(
    desk: Desk, form: dict[str, Any], reader: Reader, changes: dict[str, Any], sentence: str
) -> None:
    assert mistakes(reader(desk.cast.anna), form | changes) == [sentence]
    assert not Goal.objects.exists()


def test_what_was_typed_stays_beside_the_mistake(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    answer = reader(desk.cast.anna).post("/goals/new", form | {"value": "many", "note": "<b>Slower</b>"})
    body = answer.content.decode()
    assert 'value="many"' in body
    assert "&lt;b&gt;Slower&lt;/b&gt;" in body
    assert f'value="team-{desk.cast.frontline.pk}" checked' in body
    assert "7b0f8c39-2cf8-4e36-8f54-f5a9b3f2d6c1" in body


def test_several_mistakes_are_told_at_once(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    assert mistakes(reader(desk.cast.anna), form | {"name": "", "value": "many", "contributors": []}) == [
        "Give the goal a name.",
        "Add at least one person or team.",
        "Use a whole number of tickets, for example 120.",
    ]


def test_celina_may_choose_nobody_but_herself(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    celina = reader(desk.cast.celina)
    choices = re.findall(r'name="contributors" value="([^"]+)"', celina.get("/goals/new").content.decode())
    assert choices == [f"person-{desk.cast.person(desk.cast.celina).pk}"]
    assert mistakes(celina, form) == ["Add at least one person or team."]


def test_bartek_may_choose_his_team_and_its_people(desk: Desk, reader: Reader) -> None:
    body = reader(desk.cast.bartek).get("/goals/new").content.decode()
    people = [desk.cast.person(one).pk for one in (desk.cast.bartek, desk.cast.celina, desk.cast.dawid)]
    expected = [f"team-{desk.cast.frontline.pk}", *(f"person-{person}" for person in people)]
    assert re.findall(r'name="contributors" value="([^"]+)"', body) == expected


def test_an_observer_creates_nothing_and_is_not_asked_to(desk: Desk, form: dict[str, Any], reader: Reader) -> None:
    filip = reader(user("Filip", Role.OBSERVER))
    assert "/goals/new" not in filip.get("/goals").content.decode()
    answer = filip.post("/goals/new", form)
    assert answer.status_code == 403
    assert "You can see goals but not create them." in answer.content.decode()
    assert not Goal.objects.exists()
