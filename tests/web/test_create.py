"""Making a goal: template, details, targets, notifications, publish."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.account import actions as account
from milepost.goals.models import Draft, Goal, Target
from milepost.people import actions as people
from milepost.people.models import Person, User
from milepost.people.roles import Role
from tests.cast import user
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
OTHERS = "Support managers and team leads set them for others."


class Maker:
    """Somebody who makes a goal, step by step."""

    def __init__(self, client: Client, template: str = "closed") -> None:
        self.client = client
        answer = client.post("/goals/new", {"template": template})
        assert answer.status_code == 302, answer.content.decode()
        self.address = answer.headers["Location"].removesuffix("/details")

    def sends(self, step: str, *button: str, **fields: Any) -> Any:
        """The answer to a form of a step, sent with a button; without one, by the script that saves."""
        return self.client.post(f"{self.address}/{step}", fields | dict.fromkeys(button, ""))

    def page(self, step: str) -> str:
        """A step as it is shown."""
        return str(self.client.get(f"{self.address}/{step}").content.decode())


@pytest.fixture
def details(desk: Desk) -> dict[str, Any]:
    """What Anna says of a goal: closed tickets of Celina and Frontline, by month of 2026."""
    celina, frontline = desk.cast.person(desk.cast.celina), desk.cast.frontline
    return {
        "name": "Closed",
        "contributors": [f"team-{frontline.pk}", f"person-{celina.pk}"],
        "team_mode": "team",
        "duration": "monthly",
        "year": "2026",
        "first_day": "",
        "last_day": "",
        "forecast": "on",
        "note": "",
    }


@pytest.fixture
def anna(desk: Desk, reader: Reader) -> Maker:
    """Anna makes a goal for closed tickets."""
    return Maker(reader(desk.cast.anna))


def cells(desk: Desk, value: str) -> dict[str, str]:
    """The grid with this value in every cell of Celina and Frontline."""
    rows = f"person-{desk.cast.person(desk.cast.celina).pk}", f"team-{desk.cast.frontline.pk}"
    return {f"target-{row}-{ordinal}": value for row in rows for ordinal in range(12)}


def mistakes(page: str) -> list[str]:
    """What a page marks."""
    return [one.strip() for one in re.findall(r'<p class="mistake".*?<span>(.*?)</span></p>', page, re.DOTALL)]


@pytest.mark.parametrize(
    ("role", "said"),
    [(Role.ADMIN, [OTHERS, "Add a support manager"]), (Role.AGENT, [OTHERS]), (Role.MANAGER, [])],
)
def test_whoever_sets_goals_for_themselves_alone_is_told_who_sets_them_for_others(
    desk: Desk, reader: Reader, role: Role, said: list[str]
) -> None:
    page = Maker(reader(user("Jan", role))).page("details")
    assert [text for text in (OTHERS, "Add a support manager", "Import tickets first") if text in page] == said


def test_the_first_step_shows_the_templates_of_customer_service(desk: Desk, reader: Reader) -> None:
    page = reader(desk.cast.anna).get("/goals/new").content.decode()
    assert re.findall(r'name="template" value="(\w+)"', page) == ["response", "resolution", "closed"]
    assert "Customer service" in page
    assert page.count("No tickets in February\u00a02026 yet.") == 3


def test_a_template_begins_a_draft_with_a_name_and_usual_choices(anna: Maker) -> None:
    page = anna.page("details")
    assert 'name="name" value="Tickets closed 2026"' in page
    assert 'value="monthly" checked' in page
    assert Draft.objects.get().user.name == "Anna"


def test_a_goal_is_published_with_its_targets_and_notices(desk: Desk, anna: Maker, details: dict[str, Any]) -> None:
    assert anna.sends("details", "next", **details).headers["Location"].endswith("/targets")
    assert anna.sends("targets", "next", **cells(desk, "30")).headers["Location"].endswith("/notifications")
    sentence = "Closed will have 24 targets, from 1\u00a0Jan\u00a02026 to 31\u00a0Dec\u00a02026."
    assert sentence in anna.page("notifications")
    answer = anna.sends("notifications", "publish", **{"notice-missed": ["person", "manager", "enemy"]})
    assert answer.status_code == 302
    goal = Goal.objects.get()
    assert (goal.name, goal.created_by, goal.first_day, goal.after_day, goal.forecast) == (
        "Closed",
        desk.cast.anna,
        date(2026, 1, 1),
        date(2027, 1, 1),
        True,
    )
    assert goal.notices["missed"] == ["person", "manager"]
    assert goal.notices["kickoff"] == []
    assert Target.objects.filter(value=Decimal(30)).count() == 24
    assert not Draft.objects.exists()


def test_publishing_twice_makes_one_goal(desk: Desk, anna: Maker, details: dict[str, Any]) -> None:
    anna.sends("details", "next", **details)
    for _ in range(2):
        assert anna.sends("notifications", "publish").headers["Location"].startswith("/goals")
    assert Goal.objects.count() == 1


def test_going_back_after_publishing_leads_to_the_goal(desk: Desk, anna: Maker, details: dict[str, Any]) -> None:
    anna.sends("details", "next", **details)
    anna.sends("notifications", "publish")
    for step in ("details", "targets", "notifications"):
        assert anna.client.get(f"{anna.address}/{step}").status_code == 302


def test_a_step_is_kept_while_one_types_also_where_it_is_wrong(anna: Maker, details: dict[str, Any]) -> None:
    answer = anna.sends("details", **details | {"name": "x" * 10_000, "note": "<b>Slower</b>"})
    assert answer.status_code == 200
    page = anna.page("details")
    assert "x" * 10_000 in page
    assert "&lt;b&gt;Slower&lt;/b&gt;" in page
    assert mistakes(page) == []


def test_a_draft_is_left_and_found_again(desk: Desk, anna: Maker, details: dict[str, Any]) -> None:
    assert anna.sends("details", "save", **details).headers["Location"] == "/goals"
    page = anna.client.get("/goals/new").content.decode()
    assert "Your drafts" in page
    assert f'href="{anna.address}/details">Closed</a>' in page


def test_a_draft_is_discarded(anna: Maker) -> None:
    assert anna.client.post(f"{anna.address}/discard").status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_goes_after_30_days(desk: Desk, anna: Maker) -> None:
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        anna.client.force_login(desk.cast.anna)
        assert "Your drafts" not in anna.client.get("/goals/new").content.decode()
        Maker(anna.client)
    assert Draft.objects.count() == 1


def test_fifty_drafts_are_enough(desk: Desk, reader: Reader) -> None:
    client = reader(desk.cast.anna)
    for _ in range(50):
        Maker(client)
    answer = client.post("/goals/new", {"template": "closed"})
    assert answer.status_code == 409
    assert "You have 50 drafts." in answer.content.decode()


def test_nobody_opens_the_draft_of_another(desk: Desk, anna: Maker, reader: Reader) -> None:
    for step in ("template", "details", "targets", "notifications"):
        assert reader(desk.cast.bartek).get(f"{anna.address}/{step}").status_code == 404
    assert reader(desk.cast.bartek).post(f"{anna.address}/discard").status_code == 404


def test_another_template_keeps_the_rest_but_no_targets_of_another_unit(
    desk: Desk, anna: Maker, details: dict[str, Any]
) -> None:
    anna.sends("details", "next", **details)
    anna.sends("targets", **cells(desk, "30"))
    anna.sends("template", template="resolution")
    page = anna.page("details")
    assert 'name="name" value="Closed"' in page
    assert "Average ticket resolution time" in page
    assert Draft.objects.get().data["targets"] == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Give the goal a name."),
        ({"name": "x" * 94}, "Use 80 characters or fewer (now 94)."),
        ({"contributors": []}, "Add at least one person or team."),
        ({"contributors": ["person-999999", "nonsense", "team-"]}, "Add at least one person or team."),
        ({"duration": "custom", "first_day": "2026-03-02", "last_day": ""}, "Choose a date."),
        (
            {"duration": "custom", "first_day": "2026-03-02", "last_day": "2026-03-01"},
            "The end date is before the start date.",
        ),
        ({"duration": "custom", "first_day": "2026-03-02", "last_day": "2028-03-02"}, "Choose 24 months or less."),
        ({"note": "x" * 300}, "Use 280 characters or fewer (now 300)."),
    ],
)
def test_a_mistake_is_told_at_its_field_before_going_on(
    anna: Maker, details: dict[str, Any], changes: dict[str, Any], sentence: str
) -> None:
    answer = anna.sends("details", "next", **details | changes)
    assert answer.status_code == 200
    assert mistakes(answer.content.decode()) == [sentence]


def test_several_mistakes_are_told_at_once(anna: Maker, details: dict[str, Any]) -> None:
    own = {"duration": "custom", "first_day": "2026-03-02", "last_day": "2026-03-01"}
    answer = anna.sends("details", "next", **details | own | {"name": "", "contributors": []})
    assert mistakes(answer.content.decode()) == [
        "Give the goal a name.",
        "Add at least one person or team.",
        "The end date is before the start date.",
    ]


def test_a_name_that_is_taken_is_told(desk: Desk, anna: Maker, details: dict[str, Any]) -> None:
    desk.goal("Closed", persons=[desk.cast.person(desk.cast.celina)])
    answer = anna.sends("details", "next", **details)
    assert mistakes(answer.content.decode()) == [
        "There is already a goal called “Closed”. Use another name or open that one."
    ]


def test_who_was_deactivated_between_two_steps_is_named_where_it_can_be_mended(
    desk: Desk, anna: Maker, details: dict[str, Any]
) -> None:
    anna.sends("details", "next", **details)
    people.deactivate(desk.cast.person(desk.cast.celina), by=None, now=NOW)
    answer = anna.sends("notifications", "publish")
    assert answer.headers["Location"].endswith("/details?check")
    page = anna.client.get(answer.headers["Location"]).content.decode()
    assert mistakes(page) == ["Celina is deactivated and cannot be added."]
    assert not Goal.objects.exists()


def test_a_cell_that_cannot_be_read_stays_as_typed_and_goes_no_further(
    desk: Desk, anna: Maker, details: dict[str, Any]
) -> None:
    anna.sends("details", "next", **details)
    frontline = f"target-team-{desk.cast.frontline.pk}-0"
    answer = anna.sends("targets", "next", **cells(desk, "30") | {frontline: "many"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'value="many"' in page
    assert "Use a whole number of tickets, for example 120." in page
    assert Draft.objects.get().data["targets"][f"team-{desk.cast.frontline.pk}"].get("2026-01-01") is None


def test_targets_stay_with_their_periods_when_the_horizon_is_shortened(
    desk: Desk, anna: Maker, details: dict[str, Any]
) -> None:
    anna.sends("details", "next", **details)
    row = f"target-team-{desk.cast.frontline.pk}"
    anna.sends("targets", "next", **{f"{row}-{month}": str(month + 1) for month in range(12)})
    shorter = {"first_period": "2026-03-01", "last_period": "2026-06-01"}
    anna.sends("details", "next", **details | shorter)
    anna.sends("notifications", "publish")
    goal = Goal.objects.get()
    assert (goal.first_day, goal.after_day) == (date(2026, 3, 1), date(2026, 7, 1))
    frontline = Target.objects.filter(contributor__team=desk.cast.frontline).order_by("milestone__ordinal")
    assert list(frontline.values_list("value", flat=True)) == [3, 4, 5, 6]


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("both", {"Frontline", "Bartek", "Celina", "Dawid"}),
        ("team", {"Frontline", "Celina"}),
        ("people", {"Bartek", "Celina", "Dawid"}),
    ],
)
def test_a_team_brings_its_people_as_the_mode_says(
    anna: Maker, details: dict[str, Any], mode: str, names: set[str]
) -> None:
    anna.sends("details", "next", **details | {"team_mode": mode})
    anna.sends("notifications", "publish")
    assert {str(one) for one in Goal.objects.get().contributors.all()} == names


def test_a_fiscal_year_begins_in_its_month(anna: Maker, details: dict[str, Any]) -> None:
    account.change(by=None, now=NOW, fiscal_month=7)
    anna.sends("details", "next", **details | {"align": "on", "year": "2025", "duration": "quarterly"})
    anna.sends("notifications", "publish")
    goal = Goal.objects.get()
    assert (goal.first_day, goal.after_day) == (date(2025, 7, 1), date(2026, 7, 1))


@pytest.mark.parametrize(("day", "year"), [(date(2026, 8, 7), "2026"), (date(2026, 8, 9), "2027")])
def test_late_in_a_year_a_new_goal_is_for_the_next(desk: Desk, reader: Reader, day: date, year: str) -> None:
    with time_machine.travel(day, tick=False):
        assert f'name="name" value="Tickets closed {year}"' in Maker(reader(desk.cast.anna)).page("details")


def test_the_summary_counts_the_targets(anna: Maker, details: dict[str, Any]) -> None:
    page = anna.sends("details", **details | {"duration": "weekly"}).content.decode()
    assert "<b>104</b> targets<small>2 contributors × 52 periods</small>" in page
    assert "Whole weeks: this goal may run from 5\u00a0Jan\u00a02026 to 3\u00a0Jan\u00a02027." in page


def test_empty_targets_are_counted_and_named_before_publishing(
    desk: Desk, anna: Maker, details: dict[str, Any]
) -> None:
    anna.sends("details", "next", **details)
    anna.sends("targets", "next", **{f"target-team-{desk.cast.frontline.pk}-{month}": "9" for month in range(12)})
    page = anna.page("notifications")
    assert "12 targets are empty. Publish anyway, or go back and fill them?" in page
    assert "Empty: Celina<" in page
    assert anna.sends("notifications", "back").headers["Location"].endswith("/targets")


def test_celina_may_choose_nobody_but_herself(desk: Desk, reader: Reader, details: dict[str, Any]) -> None:
    celina = Maker(reader(desk.cast.celina))
    choices = re.findall(r'name="contributors" value="([^"]+)"', celina.page("details"))
    assert choices == [f"person-{desk.cast.person(desk.cast.celina).pk}"]
    answer = celina.sends("details", "next", **details)
    assert mistakes(answer.content.decode()) == [
        "You can set goals for yourself. Ask your manager to set them for others."
    ]


def test_bartek_may_choose_his_team_and_its_people(desk: Desk, reader: Reader) -> None:
    page = Maker(reader(desk.cast.bartek)).page("details")
    own = [desk.cast.person(one).pk for one in (desk.cast.bartek, desk.cast.celina, desk.cast.dawid)]
    expected = [f"team-{desk.cast.frontline.pk}", *(f"person-{person}" for person in own)]
    assert re.findall(r'name="contributors" value="([^"]+)"', page) == expected


def test_an_observer_creates_nothing_and_is_not_asked_to(desk: Desk, reader: Reader) -> None:
    filip = reader(user("Filip", Role.OBSERVER))
    assert "/goals/new" not in filip.get("/goals").content.decode()
    answer = filip.post("/goals/new", {"template": "closed"})
    assert answer.status_code == 403
    assert "You can see goals but not create them." in answer.content.decode()


def test_the_details_ask_the_database_as_often_for_300_people_as_for_5(desk: Desk, anna: Maker) -> None:
    asked = []
    for count in (0, 300):
        Person.objects.bulk_create(Person(name=f"Zofia {number}") for number in range(count))
        with CaptureQueriesContext(connection) as queries:
            anna.page("details")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_grid_shows_what_was_wished_a_year_before(desk: Desk, anna: Maker, details: dict[str, Any]) -> None:
    before = {"first_day": date(2025, 1, 1), "after_day": date(2026, 1, 1)}
    celina = desk.cast.person(desk.cast.celina)
    desk.goal("Closed 2025", template="closed", persons=[celina], value=Decimal(17), **before)
    anna.sends("details", "next", **details)
    page = anna.page("targets")
    assert "Copy last period" in page
    assert "Its targets" in page
    assert "Its results" not in page
