"""The overview in Chromium: every width, both themes and languages, by keyboard, without scripts."""

import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.goals import actions
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.people.models import Team, User
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.web.conftest import NOW, Desk

SignIn = Callable[[Page, User], None]
ADDRESSES = (
    "/goals",
    "/goals?status=missed&name=closed",
    "/goals/new",
    "/goals/archive",
    "/teams",
    "/teams/Frontline",
    "/setup/sources",
    "/setup/calendars",
    "/never",
    "/sign-in",
)
HOUR = 3600


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(cast: Cast, new_goal: Callable[..., object]) -> User:
    """Anna, with goals in which every status of a running month occurs."""
    desk = Desk(cast, new_goal)  # type: ignore[arg-type]
    people = [cast.person(one) for one in (cast.celina, cast.dawid, cast.ewa)]
    closed = desk.goal(
        "Tickets closed 2026", template=CLOSED.key, persons=people, teams=[cast.frontline], value=Decimal(30)
    )
    speed = desk.goal(
        "First response 2026",
        template=RESPONSE.key,
        measure=RESPONSE.measure,
        persons=people,
        value=Decimal(HOUR),
    )
    for month, (name, value) in itertools.product((1, 2, 3), (("Celina", 40), ("Dawid", 3), ("Ewa", 15))):
        desk.measured(closed, name, month, value)
        desk.measured(speed, name, month, value * 120)
    actions.archive(desk.goal("Put away " + "x" * 70, persons=people, value=Decimal(1)), by=cast.anna, now=NOW)
    return cast.anna


def there(address: str) -> str:
    """The address with the key of the team that it names."""
    return address.replace("Frontline", str(Team.objects.get(name="Frontline").pk))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
def test_axe_finds_nothing(
    open_page: OpenPage, sign_in: SignIn, anna: User, address: str, language: Language, theme: Theme
) -> None:
    page = open_page(language=language, theme=theme)
    if address != "/sign-in":
        sign_in(page, anna)
    page.goto(there(address))
    assert page.get_attribute("html", "lang") == language
    assert axe(page) == []


@pytest.mark.parametrize("language", ["en", "pl"])
def test_nothing_scrolls_to_the_side_at_any_width(
    open_page: OpenPage, sign_in: SignIn, anna: User, language: Language
) -> None:
    page = open_page(language=language)
    sign_in(page, anna)
    for address in ADDRESSES:
        page.goto(there(address))
        for width in (320, 390, 700, 701, 940, 941, 1100, 1101, 1240, 1280, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            assert (address, width, page.evaluate("document.documentElement.scrollWidth")) == (address, width, width)


def test_axe_finds_nothing_on_a_phone_with_a_menu_open(open_page: OpenPage, sign_in: SignIn, anna: User) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, anna)
    page.goto("/goals")
    page.click("summary:has-text('Goal template')")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_status_is_filtered_by_keyboard_alone(page: Page, sign_in: SignIn, anna: User) -> None:
    sign_in(page, anna)
    page.goto("/goals")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.get_by_role("button", name="Exceeded").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**status=exceeded")
    assert page.get_by_role("button", name="Exceeded").get_attribute("aria-pressed") == "true"
    assert page.locator("tbody tr:not(.of-goal) th b").all_inner_texts() == ["Celina"]


def test_escape_closes_a_menu_and_gives_the_focus_back(page: Page, sign_in: SignIn, anna: User) -> None:
    sign_in(page, anna)
    page.goto("/goals")
    menu = page.locator("details", has_text="Goal template")
    menu.locator("summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.innerText").strip() == "Goal template"


def test_a_press_elsewhere_closes_a_menu(page: Page, sign_in: SignIn, anna: User) -> None:
    sign_in(page, anna)
    page.goto("/goals")
    menu = page.locator("details", has_text="Goal template")
    menu.locator("summary").click()
    page.click("h1")
    assert menu.get_attribute("open") is None


def test_without_scripts_filters_work_too(open_page: OpenPage, sign_in: SignIn, anna: User) -> None:
    page = open_page(scripts=False)
    sign_in(page, anna)
    page.goto("/goals")
    page.click("summary:has-text('Goal template')")
    page.check("text=Average ticket response time")
    page.locator("details[open]").get_by_role("button", name="Show").click()
    expect(page.locator(".goal-heading b")).to_have_text(["First response 2026"])


@pytest.mark.parametrize(("theme", "background"), [("light", "rgb(250, 250, 247)"), ("dark", "rgb(17, 18, 16)")])
def test_the_theme_of_the_system_holds_until_the_reader_chooses(
    open_page: OpenPage, sign_in: SignIn, anna: User, theme: Theme, background: str
) -> None:
    page = open_page(theme=theme)
    sign_in(page, anna)
    page.goto("/goals")
    body = expect(page.locator("body"))
    body.to_have_css("background-color", background)
    page.get_by_role("button", name="Light theme").click()
    body.to_have_css("background-color", "rgb(250, 250, 247)")
    page.get_by_role("button", name="Dark theme").click()
    body.to_have_css("background-color", "rgb(17, 18, 16)")
