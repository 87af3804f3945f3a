"""The search that opens over every page."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from milepost.people.models import User
from tests.browser.axe import axe
from tests.browser.conftest import OpenPage
from tests.cast import Cast

SignIn = Callable[[Page, User], None]


def test_g1_goals_are_reached_under_reporting_by_keyboard(page: Page, sign_in: SignIn, cast: Cast) -> None:
    sign_in(page, cast.anna)
    page.goto("/setup/sources")
    page.keyboard.press("Control+k")
    page.keyboard.type("reporting")
    expect(page.get_by_role("option")).to_have_text(re.compile("Goals"))
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/goals$"))


def test_arrows_choose_and_escape_closes(page: Page, sign_in: SignIn, cast: Cast) -> None:
    sign_in(page, cast.anna)
    page.goto("/setup/sources")
    page.get_by_role("link", name="Search or jump to").click()
    page.keyboard.type("goal")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Create goal")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.palette")).to_be_hidden()


def test_without_scripts_the_search_is_a_page(open_page: OpenPage, sign_in: SignIn, cast: Cast) -> None:
    page = open_page(scripts=False)
    sign_in(page, cast.anna)
    page.goto("/goals")
    page.get_by_role("link", name="Search or jump to").click()
    page.get_by_role("textbox").fill("bill")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".results")).to_contain_text("Billing")
