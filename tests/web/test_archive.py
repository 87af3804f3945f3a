"""The archive: what was put away, and the way back."""

from collections.abc import Callable
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.goals import actions
from milepost.goals.models import Goal
from milepost.people.models import User
from tests.web.conftest import NOW, Desk, names, text

Reader = Callable[[User | None], Client]


def test_a_goal_goes_into_the_archive_and_comes_back(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post(f"/goals/{closed.pk}/archive", {"next": "/goals"})
    page = text(anna)
    assert names(page) == set()
    assert "Archive 1" in page
    page = text(anna, "/goals/archive")
    assert "Tickets closed 2026 Monthly · 1\u00a0Jan–31\u00a0Dec 4 contributors Mon\u00a016\u00a0Mar\u00a02026," in page
    anna.post(f"/goals/{closed.pk}/restore")
    assert names(text(anna)) == {"Celina", "Dawid", "Ewa", "Frontline"}
    assert "The archive is empty." in text(anna, "/goals/archive")


def test_a_name_that_was_taken_meanwhile_is_told(desk: Desk, closed: Goal, reader: Reader) -> None:
    actions.archive(closed, by=desk.cast.anna, now=NOW)
    desk.goal("Tickets closed 2026", persons=[desk.cast.person(desk.cast.ewa)], value=Decimal(1))
    answer = reader(desk.cast.anna).post(f"/goals/{closed.pk}/restore", follow=True)
    assert "There is already a goal called “Tickets closed 2026”" in answer.content.decode()


def test_who_sees_a_goal_but_may_not_edit_it_gets_no_button_and_403(desk: Desk, closed: Goal, reader: Reader) -> None:
    bartek = reader(desk.cast.bartek)
    assert "Archive goal" not in bartek.get("/goals").content.decode()
    assert bartek.post(f"/goals/{closed.pk}/archive").status_code == 403
    actions.archive(closed, by=desk.cast.anna, now=NOW)
    page = bartek.get("/goals/archive").content.decode()
    assert "Tickets closed 2026" in page
    assert "Restore" not in page


def test_ewa_sees_nothing_of_goals_without_her(desk: Desk, reader: Reader) -> None:
    goal = desk.goal("Frontline’s", persons=[desk.cast.person(desk.cast.celina)], value=Decimal(1))
    ewa = reader(desk.cast.ewa)
    assert ewa.post(f"/goals/{goal.pk}/archive").status_code == 404
    actions.archive(goal, by=desk.cast.anna, now=NOW)
    assert "Frontline’s" not in text(ewa, "/goals/archive")
    assert ewa.post(f"/goals/{goal.pk}/restore").status_code == 404


def test_the_archive_asks_the_database_as_often_for_60_goals_as_for_one(desk: Desk, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    asked = []
    for count in (1, 59):
        for number in range(count):
            goal = desk.goal(f"Goal {count} {number}", persons=[desk.cast.person(desk.cast.ewa)], value=Decimal(1))
            actions.archive(goal, by=desk.cast.anna, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            page = anna.get("/goals/archive").content.decode()
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert page.count(">Restore<") == 50
    assert 'href="?page=2"' in page
