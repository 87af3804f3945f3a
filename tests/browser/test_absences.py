"""Absences in Chromium: entering one, and setting a target to its prorated value; axe, a phone, without scripts."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.account import actions as account
from milepost.goals.models import Goal, Target
from milepost.people import absences
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
def goal(cast: Cast, new_goal: Callable[..., object]) -> Goal:
    """30 tickets a month of Celina."""
    account.change(by=None, now=NOW, zone="Europe/Warsaw")
    desk = Desk(cast, new_goal)  # type: ignore[arg-type]
    goal = desk.goal("Closed", persons=[cast.person(cast.celina)], value=Decimal(30))
    desk.measured(goal, "Celina", 3, 12)
    return goal


def place(goal: Goal) -> str:
    target = Target.objects.get(milestone__goal=goal, milestone__first_day=date(2026, 3, 1))
    return f"/goals/{goal.pk}/2026-03-01/{target.contributor_id}"


@pytest.mark.parametrize("width", [1440, 390])
def test_an_absence_is_entered_and_the_target_set_to_its_share(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal, width: int
) -> None:
    # On the phone without scripts.
    page = open_page(width=width, scripts=width > 1000)
    sign_in(page, cast.anna)
    page.goto("/absences")
    page.get_by_label("Person").select_option("Celina")
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_label("From", exact=True).fill("2026-03-23")
    page.get_by_label("To", exact=True).fill("2026-03-27")
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_role("rowheader", name="23–27 Mar")).to_be_visible()
    page.goto(place(goal))
    expect(page.get_by_text("5 of 31 days absent: 30 × 26 ÷ 31 = 25.2, rounded to 25.")).to_be_visible()
    page.get_by_role("button", name="Set the target to 25").click()
    expect(page.get_by_text("5 of 31 days absent.", exact=True)).to_be_visible()
    expect(page.get_by_text("Target: ≥\u00a025").first).to_be_visible()


def test_a_removed_absence_comes_back_by_undo(open_page: OpenPage, sign_in: SignIn, cast: Cast) -> None:
    celina = cast.person(cast.celina)
    absences.add(celina, date(2026, 3, 23), date(2026, 3, 27), by=None, now=NOW)
    page = open_page()
    sign_in(page, cast.anna)
    page.goto(f"/absences/of/{celina.pk}")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No absence is known.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("rowheader", name="23–27 Mar")).to_be_visible()


def test_what_is_over_stands_in_a_row_like_the_others(page: Page, sign_in: SignIn, cast: Cast) -> None:
    celina = cast.person(cast.celina)
    absences.add(celina, date(2026, 2, 2), date(2026, 2, 6), by=None, now=NOW)
    sign_in(page, cast.anna)
    page.goto(f"/absences/of/{celina.pk}")
    expect(page.get_by_role("row").filter(has_text="2–6 Feb")).to_have_css("display", "table-row")


@pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 1440), ("pl", "dark", 320)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal, language: Language, theme: Theme, width: int
) -> None:
    celina = cast.person(cast.celina)
    absence = absences.add(celina, date(2026, 3, 23), date(2026, 3, 27), by=None, now=NOW)
    absences.add(celina, date(2026, 2, 2), date(2026, 2, 6), by=None, now=NOW)
    page = open_page(language=language, theme=theme, width=width)
    sign_in(page, cast.anna)
    own = f"/absences/of/{celina.pk}"
    for address in ("/absences", own, f"/absences/{absence.pk}", "/absences/import", place(goal)):
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
