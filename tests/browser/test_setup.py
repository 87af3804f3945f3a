"""The set-up in Chromium: axe, both languages and themes, a phone, by keyboard, without scripts."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.account import actions as account
from milepost.people import actions
from milepost.people.models import Person, User
from milepost.people.roles import Role
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.web.conftest import NOW, Desk

SignIn = Callable[[Page, User], None]
ADDRESSES = (
    "/setup/people",
    "/setup/people/new",
    "/setup/people/{celina}",
    "/setup/people/{celina}/deactivate",
    "/setup/people/import",
    "/setup/teams",
    "/setup/teams/{frontline}",
    "/setup/users",
    "/setup/users/new",
    "/setup/users/{gosia}",
    "/setup/settings",
    "/password",
    "/welcome/MQ/used",
)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gosia(cast: Cast, new_goal: Callable[..., object]) -> User:
    """Gosia runs Milepost, where Celina has a goal."""
    desk = Desk(cast, new_goal)  # type: ignore[arg-type]
    goal = desk.goal("Closed", persons=[cast.person(cast.celina)], value=Decimal(30))
    desk.measured(goal, "Celina", 3, 32)
    return actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)


def addresses(cast: Cast, gosia: User) -> list[str]:
    keys = {"celina": cast.person(cast.celina).pk, "frontline": cast.frontline.pk, "gosia": gosia.pk}
    return [address.format(**keys) for address in ADDRESSES]


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
def test_axe_finds_nothing(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, gosia: User, language: Language, theme: Theme
) -> None:
    page = open_page(language=language, theme=theme)
    sign_in(page, gosia)
    for address in addresses(cast, gosia):
        page.goto(address)
        assert axe(page) == [], address


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("width", [320, 700, 1100])
def test_nothing_sticks_out(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, gosia: User, width: int, language: Language
) -> None:
    page = open_page(language=language, width=width)
    sign_in(page, gosia)
    for address in addresses(cast, gosia):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_person_joins_a_team_by_keyboard_alone(page: Page, sign_in: SignIn, cast: Cast, gosia: User) -> None:
    sign_in(page, gosia)
    page.goto("/setup/people/new")
    page.get_by_label("Name").focus()
    page.keyboard.type("Filip")
    page.keyboard.press("Enter")
    page.wait_for_url("**/setup/people/*")
    page.get_by_label("Team", exact=True).focus()
    page.keyboard.type("Front")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Add to a team":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("Filip is in Frontline.")).to_be_visible()
    assert Person.objects.get(name="Filip").teams.get() == cast.frontline


def test_a_file_is_tried_out_and_taken_over_without_scripts(
    open_page: OpenPage, sign_in: SignIn, gosia: User, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,team\nŁucja,Night shift\n", encoding="utf-8")
    page = open_page(scripts=False)
    sign_in(page, gosia)
    page.goto("/setup/people/import")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Show what it brings").click()
    expect(page.get_by_text("Nothing is saved until you press Import.")).to_be_visible()
    assert not Person.objects.filter(name="Łucja").exists()
    page.get_by_role("button", name="Import").click()
    page.get_by_label("Name or e-mail").fill("lucja")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("link", name="Łucja")).to_be_visible()


def test_a_change_of_settings_is_shown_then_saved_with_its_reason(
    page: Page, sign_in: SignIn, cast: Cast, gosia: User
) -> None:
    sign_in(page, gosia)
    page.goto("/setup/settings")
    page.get_by_label("Exceeded starts above (%)").fill("110")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_text("1 target changes its status or pace")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Reason for the change").fill("agreed with the team")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    expect(page.get_by_text("Reason: agreed with the team")).to_be_visible()


def test_leaving_is_explained_before_it_is_done(page: Page, sign_in: SignIn, cast: Cast, gosia: User) -> None:
    # So that February may still move in the middle of March.
    account.change(by=None, now=NOW, grace_hours=20 * 24)
    sign_in(page, gosia)
    page.goto(f"/setup/people/{cast.person(cast.celina).pk}")
    page.get_by_role("link", name="Deactivate").click()
    expect(page.get_by_text("1 target of a running period stops")).to_be_visible()
    page.get_by_label("From").fill("2026-02-10")
    page.get_by_role("button", name="Show what this day would do").click()
    expect(page.get_by_text("1 target of a period that ended since that day")).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("Deactivated since")).to_be_visible()
