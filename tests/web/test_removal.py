"""Ticked rows of the overview are deleted, after a question where results exist, and come back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from milepost.goals.models import Goal, Target
from milepost.people.models import User
from tests.web.conftest import NOW, Desk, names, text

Reader = Callable[[User | None], Client]
REMOVE = "/goals/contributors/remove"


@pytest.fixture
def fresh(desk: Desk) -> Goal:
    """A goal without any result yet."""
    persons = [desk.cast.person(one) for one in (desk.cast.celina, desk.cast.dawid, desk.cast.ewa)]
    return desk.goal("Fresh", persons=persons, value=Decimal(5))


def ticks(goal: Goal, *people: str, month: int = 3) -> list[int]:
    """What the boxes of these rows send."""
    cells = Target.objects.filter(milestone__goal=goal, milestone__first_day__month=month)
    return [cell.pk for cell in cells.select_related("contributor") if str(cell.contributor) in people]


def test_rows_without_results_go_at_once_and_come_back_after_a_reload(desk: Desk, fresh: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post(REMOVE, {"target": ticks(fresh, "Celina", "Dawid"), "next": "/goals"})
    for _reload in range(2):
        page = text(anna)
        assert "Removed 2 contributors from Fresh. Undo" in page
        assert names(page) == {"Ewa"}
    anna.post("/goals/contributors/undo", {"next": "/goals"})
    page = text(anna)
    assert names(page) == {"Celina", "Dawid", "Ewa"}
    assert "Removed" not in page


def test_undo_is_offered_for_an_hour(desk: Desk, fresh: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post(REMOVE, {"target": ticks(fresh, "Celina")})
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        assert "Removed" not in text(anna)
        anna.post("/goals/contributors/undo")
        assert names(text(anna)) == {"Dawid", "Ewa"}


def test_the_offer_can_be_closed(desk: Desk, fresh: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    anna.post(REMOVE, {"target": ticks(fresh, "Celina")})
    anna.post("/goals/contributors/dismiss")
    assert "Removed" not in text(anna)


def test_with_results_their_number_is_typed_first(desk: Desk, closed: Goal, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    sent = {"target": ticks(closed, "Celina", "Dawid"), "next": "/goals?status=exceeded"}
    page = anna.post(REMOVE, sent).content.decode()
    assert "Delete 2 contributors with results?" in page
    assert "They have results in 2 periods that have ended." in page
    page = anna.post(REMOVE, {**sent, "count": "3"}).content.decode()
    assert "Type the number 2." in page
    assert names(text(anna)) == {"Celina", "Dawid", "Ewa", "Frontline"}
    answer = anna.post(REMOVE, {**sent, "count": "2"})
    assert answer.headers["Location"] == "/goals?status=exceeded"
    assert names(text(anna)) == {"Ewa", "Frontline"}


def test_rows_of_others_have_no_tick_and_refuse(desk: Desk, closed: Goal, reader: Reader) -> None:
    bartek = reader(desk.cast.bartek)
    assert 'name="target"' not in bartek.get("/goals").content.decode()
    answer = bartek.post(REMOVE, {"target": ticks(closed, "Celina"), "count": "1"})
    assert answer.status_code == 403
    assert "You can see this but not change it." in answer.content.decode()


def test_ewa_finds_no_row_that_she_does_not_see(desk: Desk, closed: Goal, reader: Reader) -> None:
    assert reader(desk.cast.ewa).post(REMOVE, {"target": ticks(closed, "Celina")}).status_code == 404
    assert reader(desk.cast.anna).post(REMOVE, {"target": ["999999", "x", "9" * 30]}).status_code == 404


def test_without_ticks_nothing_happens(desk: Desk, closed: Goal, reader: Reader) -> None:
    assert reader(desk.cast.anna).post(REMOVE, {"next": "https://elsewhere.example"}).headers["Location"] == "/goals"


def test_nothing_is_removed_by_following_a_link(desk: Desk, reader: Reader) -> None:
    for address in (REMOVE, "/goals/contributors/undo", "/goals/contributors/dismiss", "/goals/1/archive"):
        assert reader(desk.cast.anna).get(address).status_code == 405
