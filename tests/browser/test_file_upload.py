"""Uploading a ticket table in Chromium: axe, both languages and themes, a phone, the keyboard, without scripts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import Source
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.web.conftest import NOW
from tests.web.test_event_log_upload import LOG
from tests.web.test_file_upload import TABLE
from tests.web.test_match_choices import TABLE as UNCLEAR

SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gosia(cast: Cast, settings: Settings, tmp_path: Path) -> User:
    """Gosia runs Milepost."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    return actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)


AMBIGUOUS = b"id,created\n1,03/04/2026\n"


def upload(page: Page, buffer: bytes = TABLE.encode("cp1250")) -> None:
    """Choose the file and go on by the keyboard."""
    page.goto("/setup/sources/files")
    content = {"name": "zgłoszenia.csv", "mimeType": "text/csv", "buffer": buffer}
    page.locator("#id_file").set_input_files(content)  # type: ignore[arg-type]
    page.locator("#id_name").press("Enter")
    page.wait_for_url("**/setup/sources/files/match")


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1280), ("pl", "dark", 1280), ("pl", "light", 390), ("en", "dark", 320)],
)
def test_axe_finds_nothing_and_nothing_runs_over(
    open_page: OpenPage, sign_in: SignIn, gosia: User, language: Language, theme: Theme, width: int
) -> None:
    page = open_page(language=language, theme=theme, width=width)
    sign_in(page, gosia)
    page.goto("/setup/sources/files")
    assert axe(page) == []
    for file in (TABLE.encode("cp1250"), LOG.encode(), UNCLEAR.encode(), AMBIGUOUS):
        upload(page, file)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_imported_by_the_keyboard_also_without_scripts(
    open_page: OpenPage, sign_in: SignIn, gosia: User, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    sign_in(page, gosia)
    upload(page)
    page.get_by_label("Kolejka klienta").press("P")
    page.get_by_role("button", name="Import 2 rows").press("Enter")
    expect(page.get_by_text("zgłoszenia.csv is being read.")).to_be_visible()
    assert Source.objects.get().name == "Ticket table"


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_unclear_is_decided_by_the_keyboard(
    open_page: OpenPage, sign_in: SignIn, gosia: User, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    sign_in(page, gosia)
    upload(page, UNCLEAR.encode())
    early = page.get_by_role("group", name="1 row: before the ticket was created in “first reply”")
    early.get_by_label("Leave these rows out").focus()
    page.keyboard.press("ArrowDown")
    expect(early.get_by_label("Leave the moment empty")).to_be_checked()
    page.get_by_label("Read “n/a” as an empty cell").press("Space")
    page.get_by_role("button", name="Show what it brings").press("Enter")
    expect(page.get_by_role("button", name="Import 3 rows")).to_be_visible()
    upload(page, AMBIGUOUS)
    days = page.get_by_role("group", name="03/04/2026 could be 3 Apr 2026 or 4 Mar 2026. Choose one.")
    days.get_by_label("4 Mar 2026").press("Space")
    page.get_by_role("button", name="Show what it brings").press("Enter")
    expect(page.get_by_role("cell", name="4 Mar 2026, 00:00")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_has_the_focus_is_not_behind_the_bar(
    open_page: OpenPage, sign_in: SignIn, gosia: User, width: int
) -> None:
    page = open_page(width=width)
    sign_in(page, gosia)
    upload(page, LOG.encode())
    page.locator("#id_zone").focus()
    bar = ".match-foot"
    for _ in range(12):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """(bar) => {
                const [focus, foot] = [document.activeElement, document.querySelector(bar)];
                return !foot.contains(focus) && focus.getBoundingClientRect().bottom > foot.getBoundingClientRect().top;
            }""",
            bar,
        )
        assert not hidden


def test_a_word_is_given_its_meaning_by_the_keyboard(open_page: OpenPage, sign_in: SignIn, gosia: User) -> None:
    page = open_page()
    sign_in(page, gosia)
    upload(page, LOG.encode())
    page.get_by_role("link", name="Choose what the words mean").press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Telefon")).to_be_focused()
    page.keyboard.press("R")
    page.get_by_role("button", name="Show what it brings").press("Enter")
    expect(page.get_by_role("button", name="Import 11 rows")).to_be_visible()
