"""How old the numbers are, and having them calculated, in Chromium."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.goals.models import Goal
from milepost.people.models import User
from milepost.sources.models import Source
from milepost.worker import runs
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.browser.pictures import picture
from tests.cast import Cast
from tests.web.conftest import NOW, closed, desk

__all__ = ["closed", "desk"]
SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def silent(closed: Goal) -> Goal:
    """Two help desks have not answered for a day."""
    for slug, hours in (("one", 25), ("two", 40)):
        Source.objects.create(
            slug=slug,
            name=f"Zammad {slug}",
            make=Source.Make.FEED,
            connected_at=NOW - timedelta(days=90),
            answered_at=NOW - timedelta(hours=hours),
        )
    return closed


@pytest.mark.parametrize(
    ("language", "theme", "width", "says", "calculate"),
    [
        ("en", "light", 1440, "Zammad one has not answered since.", "Recalculate now"),
        ("pl", "dark", 390, "Od tego czasu źródło Zammad one nie odpowiada.", "Przelicz teraz"),
    ],
)
def test_a_silent_source_says_so_above_the_numbers(
    open_page: OpenPage,
    sign_in: SignIn,
    silent: Goal,
    cast: Cast,
    language: Language,
    theme: Theme,
    width: int,
    says: str,
    calculate: str,
) -> None:
    page = open_page(language=language, theme=theme, width=width)
    sign_in(page, cast.anna)
    for address in ("/goals", f"/goals/{silent.pk}"):
        page.goto(address)
        expect(page.locator(".banner.warning")).to_have_count(2)
        expect(page.locator(".banner.warning").last).to_contain_text(says)
        assert axe(page) == []
    page.goto("/goals")
    expect(page.get_by_role("button", name=calculate)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "stale-source", language)


def test_anna_has_all_goals_calculated(open_page: OpenPage, sign_in: SignIn, closed: Goal, cast: Cast) -> None:
    page = open_page()
    sign_in(page, cast.anna)
    page.goto("/goals?status=missed")
    page.get_by_role("button", name="Recalculate now").click()
    expect(page.get_by_text("Will be calculated in a moment.")).to_be_visible()
    assert axe(page) == []
    run = runs.take(now=lambda: NOW, kinds=frozenset({"refresh"}))
    assert run is not None
    page.get_by_role("link", name="Load again").click()
    expect(page.get_by_text("Is being calculated.")).to_be_visible()
    run.finish()
    page.get_by_role("link", name="Load again").click()
    expect(page.get_by_role("button", name="Recalculate now")).to_be_visible()
    assert "status=missed" in page.url
