"""Demo data in Chromium: loaded by one click, followed without loading the page again, removed by two."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from milepost.goals.models import Goal
from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import Demo, Source
from milepost.worker import jobs, queue, runs
from milepost.worker.loop import Worker
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.demo.conftest import NOW, thin

SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gosia(cast: Cast, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """Gosia runs Milepost."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path / "data", tmp_path / "data/facts"
    settings.DATA_FOLDER.mkdir()
    thin(tmp_path, monkeypatch)
    return actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)


def works() -> None:
    """The worker does what it was asked for."""
    worker = Worker({"demo": jobs.KINDS["demo"]}, now=lambda: NOW)
    while worker.work_one():
        pass


def test_gosia_loads_looks_and_removes_by_three_clicks(open_page: OpenPage, sign_in: SignIn, gosia: User) -> None:
    page = open_page()
    page.clock.install(time=NOW)
    sign_in(page, gosia)
    page.goto("/goals")
    page.get_by_role("button", name="Load demo data").click()
    expect(page.get_by_role("heading", name="Demo data are being loaded")).to_be_visible()
    page.get_by_role("button", name="Do not load").focus()
    # The page asks for nothing while the worker works: in the database of tests, in memory, readers are in its way.
    page.clock.pause_at(NOW + timedelta(hours=1))
    page.wait_for_load_state("networkidle")
    works()
    page.clock.resume()
    expect(page.get_by_role("heading", name="The demo data are here")).to_be_visible()
    expect(page.locator(".banner.demo")).to_contain_text("You are looking at demo data")
    expect(page.get_by_role("link", name="Look at the goals")).to_be_focused()
    page.get_by_role("link", name="Look at the goals").click()
    expect(page.get_by_role("link", name="Two-week sprint")).to_be_visible()
    page.get_by_role("link", name="Remove demo data").click()
    page.get_by_role("button", name="Remove demo data").click()
    expect(page.get_by_text("The demo data are removed.")).to_be_visible()
    assert not Goal.objects.exists()
    expect(page.get_by_role("button", name="Load demo data")).to_be_visible()


def test_the_page_follows_how_far_it_is(open_page: OpenPage, sign_in: SignIn, gosia: User) -> None:
    page = open_page()
    sign_in(page, gosia)
    page.goto("/setup/start")
    page.get_by_role("button", name="Load demo data").click()
    expect(page.get_by_text("It begins in a moment.")).to_be_visible()
    assert runs.take(now=lambda: NOW, kinds=frozenset({"demo"})) is not None
    Demo.objects.update(percent=42)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "42")
    expect(page.get_by_role("status").first).to_contain_text("The log of the help desk is being read.")
    assert axe(page) == []
    Demo.objects.update(error="The folder of the data could not be written: %(error)s.", error_values={"error": "full"})
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_without_scripts_it_takes_a_link_to_look_again(open_page: OpenPage, sign_in: SignIn, gosia: User) -> None:
    page = open_page(scripts=False)
    sign_in(page, gosia)
    page.goto("/setup/sources")
    page.get_by_role("button", name="Load demo data").click()
    works()
    page.get_by_role("link", name="Load again").click()
    page.locator(".demo-card").get_by_role("link", name="Remove demo data").click()
    page.get_by_role("button", name="Remove demo data").click()
    expect(page.get_by_text("The demo data are removed.")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1440), ("pl", "dark", 1440), ("pl", "light", 390), ("en", "dark", 320)],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, sign_in: SignIn, gosia: User, language: Language, theme: Theme, width: int
) -> None:
    page = open_page(language=language, theme=theme, width=width)
    sign_in(page, gosia)

    def is_in_order(*addresses: str) -> None:
        for address in addresses:
            page.goto(address)
            assert axe(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address

    is_in_order("/goals", "/setup/start", "/setup/sources")
    queue.ask("demo", "demo", now=NOW)
    demo = Demo.objects.create(pk=1, asked_at=NOW, asked_by=gosia.pk)
    is_in_order("/setup/start")
    Source.objects.create(slug="demo-20261126", name="Demo desk", make="demo", connected_at=NOW)
    demo.loaded_at = NOW
    demo.save()
    is_in_order(
        "/goals", "/goals/new", "/setup/start", "/setup/sources", "/setup/demo/remove?next=/setup/sources/files"
    )
