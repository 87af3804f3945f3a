"""Acting on the overview: ticking ranges, collapsing, keys, narrowing lists, and all of it without scripts."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.goals.models import Goal
from milepost.people import actions as people
from milepost.people.models import User
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.web.conftest import NOW, Desk

SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(cast: Cast, new_goal: Callable[..., object]) -> User:
    """Anna, with one goal for Frontline and three people, and another for ten people with long names."""
    desk = Desk(cast, new_goal)  # type: ignore[arg-type]
    three = [cast.person(one) for one in (cast.celina, cast.dawid, cast.ewa)]
    closed = desk.goal("Alpha", persons=three, teams=[cast.frontline], value=Decimal(30))
    for name, value in (("Celina", 40), ("Dawid", 3), ("Ewa", 15)):
        desk.measured(closed, name, 3, value)
    names = ("Katarzyna Dąbrowska", "Łukasz Żółć", *(f"Wolfeschlegelsteinhausenbergerdorff {n}" for n in range(8)))
    persons = [people.create_person(name, by=None, now=NOW) for name in names]
    desk.goal("Beta", persons=persons, value=Decimal(5))
    return cast.anna


@pytest.fixture
def page(page: Page, anna: User, sign_in: SignIn) -> Page:
    """Anna's overview."""
    sign_in(page, anna)
    page.goto("/goals")
    return page


def ticked(page: Page) -> list[str]:
    """Whose boxes are ticked."""
    return page.locator("tr:has(input[name='target']:checked) th b").all_inner_texts()


def test_the_box_of_a_goal_ticks_its_rows_and_shows_a_part(page: Page) -> None:
    whole = page.get_by_label("Select all rows of Alpha")
    whole.check()
    assert ticked(page) == ["Frontline", "Celina", "Dawid", "Ewa"]
    page.get_by_label("Select Dawid, Alpha").uncheck()
    assert whole.evaluate("box => box.indeterminate")
    page.get_by_label("Select all rows", exact=True).check()
    expect(page.get_by_text("14 selected")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("group", name="Selected rows")).to_be_hidden()
    assert not whole.evaluate("box => box.indeterminate || box.checked")


def test_a_goal_collapses_and_stays_so_after_a_reload(page: Page) -> None:
    page.get_by_role("button", name="Rows of Alpha").click()
    page.reload()
    expect(page.get_by_role("button", name="Rows of Alpha")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("tr b", has_text="Celina")).to_be_hidden()
    page.get_by_role("button", name="Rows of Alpha").click()
    expect(page.locator("tr b", has_text="Celina")).to_be_visible()


def test_rows_are_walked_ticked_and_collapsed_by_keys(page: Page) -> None:
    for key in ("ArrowDown", "ArrowDown", "x", "Shift+ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert ticked(page) == ["Frontline", "Celina", "Dawid"]
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="Rows of Alpha")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr b", has_text="Celina")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/goals/{Goal.objects.get(name='Alpha').pk}/2026-03-01/*")


def test_a_press_on_a_row_opens_its_details(page: Page) -> None:
    page.locator("tr", has_text="Celina").locator(".wished").click()
    page.wait_for_url(f"**/goals/{Goal.objects.get(name='Alpha').pk}/2026-03-01/*")


def test_delete_and_undo_by_keys(page: Page) -> None:
    page.get_by_label("Select Celina, Alpha").focus()
    page.keyboard.press("x")
    with page.expect_navigation():
        page.keyboard.press("Delete")
    expect(page.get_by_text("Removed 1 contributor from Alpha.")).to_be_visible()
    with page.expect_navigation():
        page.keyboard.press("Control+z")
    expect(page.get_by_text("1 contributor is back.")).to_be_visible()


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("c", "**/goals/new"),
        ("3", "**status=exceeded"),
        ("Alt+ArrowRight", "**from=2026-04-01*"),
        ("Alt+ArrowLeft", "**from=2026-02-01*"),
    ],
)
def test_a_key_leads_on(page: Page, key: str, address: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(address)


def test_f_opens_the_filters_and_escape_closes_them(page: Page) -> None:
    page.keyboard.press("f")
    expect(page.get_by_label("Tickets closed")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Tickets closed")).to_be_hidden()


def test_keys_do_nothing_while_somebody_types(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("cfx?1")
    expect(page.get_by_label("The name contains")).to_have_value("cfx?1")
    assert page.url.endswith("/goals")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_keys_are_listed_and_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_be_visible()
    page.get_by_role("button", name="Switch these keys off").click()
    page.wait_for_url("**/goals?*")
    page.keyboard.press("c")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert "/goals?" in page.url
    page.get_by_role("button", name="Keys of this page").click()
    page.get_by_role("button", name="Switch these keys on").click()
    page.wait_for_url("**/goals?*")
    page.keyboard.press("c")
    page.wait_for_url("**/goals/new")


def test_a_long_list_is_narrowed_whatever_the_accents(page: Page) -> None:
    page.get_by_role("group", name="Filters").locator("summary", has_text="Users").click()
    field = page.get_by_role("searchbox", name="Search in Users")
    field.fill("dabrow")
    expect(page.get_by_label("Katarzyna Dąbrowska", exact=True)).to_be_visible()
    expect(page.get_by_label("Dawid", exact=True)).to_be_hidden()
    page.get_by_label("Katarzyna Dąbrowska", exact=True).check()
    field.fill("lukasz zolc")
    expect(page.get_by_label("Łukasz Żółć", exact=True)).to_be_visible()
    expect(page.get_by_label("Katarzyna Dąbrowska", exact=True)).to_be_visible()
    field.fill("nobody")
    expect(page.get_by_text("Nothing is called that.").locator("visible=true")).to_be_visible()


def test_a_view_is_saved_from_the_page(page: Page) -> None:
    page.goto("/goals?status=exceeded")
    page.get_by_label("Save this view").click()
    page.get_by_label("Name of the view").fill("Over the top")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("link", name="Over the top")).to_have_attribute("aria-current", "page")


def test_a_goal_is_archived_from_its_heading_and_restored(page: Page) -> None:
    page.get_by_label("More about Alpha").click()
    page.get_by_role("button", name="Archive goal").click()
    expect(page.get_by_text("Alpha is in the archive.")).to_be_visible()
    page.get_by_role("link", name="Archive 1").click()
    page.get_by_role("button", name="Restore Alpha").click()
    expect(page.get_by_text("Alpha is back among the goals.")).to_be_visible()


def test_narrow_rows_are_remembered(page: Page) -> None:
    page.get_by_role("button", name="Narrow rows").click()
    page.goto("/goals")
    expect(page.get_by_role("button", name="Narrow rows")).to_have_attribute("aria-pressed", "true")
    height = page.locator("tr", has_text="Celina").bounding_box()
    assert height is not None
    assert height["height"] < 40


def test_without_scripts_rows_are_ticked_deleted_and_brought_back(
    open_page: OpenPage, anna: User, sign_in: SignIn
) -> None:
    page = open_page(scripts=False)
    sign_in(page, anna)
    page.goto("/goals")
    page.get_by_label("Select Celina, Alpha").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 contributor is back.")).to_be_visible()


def test_on_a_phone_the_menu_of_a_row_holds_its_actions(open_page: OpenPage, anna: User, sign_in: SignIn) -> None:
    page = open_page(width=320, height=700)
    sign_in(page, anna)
    page.goto("/goals")
    expect(page.get_by_role("link", name="Edit goal of Celina")).to_be_hidden()
    page.get_by_role("button", name="More about Celina").click()
    page.get_by_role("link", name="Edit goal of Celina").click()
    page.wait_for_url("**/edit?tab=targets&target=*")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
def test_axe_finds_nothing_in_what_opens(
    open_page: OpenPage, anna: User, sign_in: SignIn, language: Language, theme: Theme
) -> None:
    page = open_page(language=language, theme=theme)
    sign_in(page, anna)
    page.goto("/goals?status=exceeded&status=in_progress&status=pending")
    for number in range(page.locator(".filters summary").count()):
        page.locator(".filters summary").nth(number).click()
        assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator("input[name='target']").first.check()
    page.locator("tbody tr:not(.of-goal)").nth(1).hover()
    assert axe(page) == []
    page.locator(".help").click()
    assert axe(page) == []


@pytest.mark.parametrize("language", ["en", "pl"])
def test_nothing_scrolls_to_the_side_however_long_the_names(
    open_page: OpenPage, anna: User, sign_in: SignIn, language: Language
) -> None:
    page = open_page(language=language)
    sign_in(page, anna)
    page.goto("/goals")
    page.locator("input[name='target']").first.check()
    for width in (320, 390, 700, 940, 941, 1100, 1240, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, page.evaluate("document.documentElement.scrollWidth")) == (width, width)
