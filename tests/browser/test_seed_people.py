"""Permissions and seats, by the rows of the seed: each test is the row it is named after."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.goals.models import Goal
from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role
from tests.browser.conftest import OpenPage
from tests.cast import Cast
from tests.web.conftest import NOW, Desk

SignIn = Callable[[Page, User], None]
NOT_FOUND = 404


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(cast: Cast, new_goal: Callable[..., object]) -> Desk:
    """A goal of everybody, one of Celina alone and one of Ewa alone, all made by Anna."""
    desk = Desk(cast, new_goal)  # type: ignore[arg-type]
    celina, ewa = cast.person(cast.celina), cast.person(cast.ewa)
    desk.goal("For both", persons=[celina, ewa], value=Decimal(30))
    desk.goal("For Ewa", persons=[ewa], value=Decimal(30))
    desk.goal("For Celina", persons=[celina], value=Decimal(30))
    return desk


@pytest.fixture
def gosia(db: None) -> User:
    """Gosia runs Milepost."""
    return actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)


def test_s04_every_user_may_create_goals(open_page: OpenPage, sign_in: SignIn, desk: Desk) -> None:
    for user in (desk.cast.anna, desk.cast.bartek, desk.cast.celina, desk.cast.ewa):
        page = open_page()
        sign_in(page, user)
        page.goto("/goals")
        page.get_by_role("link", name="Create goal").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.url.count("/goals/new") == 1


def test_s05_what_one_sees_edits_and_deletes_follows_the_role(open_page: OpenPage, sign_in: SignIn, desk: Desk) -> None:
    seen = {
        desk.cast.anna: {"For both", "For Celina", "For Ewa"},
        desk.cast.bartek: {"For both", "For Celina"},
        desk.cast.celina: {"For both", "For Celina"},
        desk.cast.ewa: {"For both", "For Ewa"},
    }
    for user, names in seen.items():
        page = open_page()
        sign_in(page, user)
        page.goto("/goals")
        text = page.get_by_role("main").inner_text()
        assert {name for name in ("For both", "For Celina", "For Ewa") if name in text} == names
        if user is desk.cast.ewa:
            assert "Celina" not in text
        changed = {goal.name for goal in Goal.objects.editable_by(user, now=NOW)}
        assert {goal.name for goal in Goal.objects.deletable_by(user, now=NOW)} == changed
        assert changed == {
            desk.cast.anna: names,
            desk.cast.bartek: {"For Celina"},
        }.get(user, set())
    page = open_page()
    sign_in(page, desk.cast.ewa)
    for address in ("/setup/people", "/setup/teams", "/setup/users", "/setup/settings", "/setup/sources"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == NOT_FOUND


def test_s06_managing_the_goals_of_others_needs_a_seat(
    open_page: OpenPage, sign_in: SignIn, desk: Desk, gosia: User
) -> None:
    page = open_page()
    sign_in(page, gosia)
    page.goto("/setup/settings")
    page.get_by_label("Seat limit").fill("6")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Save").click()
    page.goto("/setup/users")
    expect(page.get_by_text("Seats taken: 6 of 6.")).to_be_visible()
    page.get_by_role("link", name="Who holds them").click()
    expect(page.get_by_role("row")).to_have_count(7)

    page.goto("/setup/users/new")
    expect(page.get_by_text("All 6 seats are taken.")).to_be_visible()
    page.get_by_label("Name").fill("Filip")
    page.get_by_label("E-mail").fill("filip@example.org")
    page.get_by_role("button", name="Add user").click()
    link = page.get_by_label("Link").input_value()

    page.goto("/setup/users")
    page.get_by_role("link", name="Anna").click()
    page.get_by_role("button", name="Take the seat").click()
    expect(page.get_by_text("Has no seat:")).to_be_visible()
    anna = User.objects.get(name="Anna")
    assert not Goal.objects.editable_by(anna, now=NOW).exists()
    assert Goal.objects.visible_to(anna, now=NOW).count() == 3

    guest = open_page()
    guest.goto(link)
    guest.get_by_label("New password", exact=True).fill("seven grey herons")
    guest.get_by_label("New password confirmation").fill("seven grey herons")
    guest.get_by_role("button", name="Save and sign in").click()
    expect(guest.get_by_text("Filip", exact=True)).to_be_visible()
