"""Who is who and the first steps in Chromium: axe, both languages and themes, a phone, without scripts."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.connectors.contract import Agent
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import Identity, Source, Sync
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast, user
from tests.sources.test_who_is_who import brought
from tests.web.conftest import NOW

SignIn = Callable[[Page, User], None]
CELINA = Agent("celina", "Celina", "celina@example.org")
AGENTS = (Agent("7", "Celina K.", "celina@example.org"), Agent("8", "Front", "support@example.org"))


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def zammad(cast: Cast) -> Source:
    """Zammad brings Celina, whom Redmine brought, and a shared mailbox."""
    brought("redmine", CELINA, Agent("desk", "Desk", "support@example.org"))
    source = brought("zammad", *AGENTS)["Front"].source
    Sync.objects.create(source=source, started_at=NOW, what="all")
    return source


@pytest.fixture
def adam(zammad: Source) -> User:
    return user("Adam", Role.ADMIN)


def addresses(zammad: Source) -> list[str]:
    number = Identity.objects.get(name="Celina K.").pk
    who = f"/setup/sources/{zammad.pk}/who"
    return ["/setup/start", "/setup/sources", who, f"{who}?state=review", f"/setup/identities/{number}", "/goals"]


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
def test_axe_finds_nothing(
    open_page: OpenPage, sign_in: SignIn, zammad: Source, adam: User, language: Language, theme: Theme
) -> None:
    page = open_page(language=language, theme=theme)
    sign_in(page, adam)
    for address in addresses(zammad):
        page.goto(address)
        assert axe(page) == [], address


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("width", [320, 700])
def test_nothing_sticks_out(
    open_page: OpenPage, sign_in: SignIn, zammad: Source, adam: User, width: int, language: Language
) -> None:
    page = open_page(language=language, width=width)
    sign_in(page, adam)
    for address in addresses(zammad):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_from_the_first_steps_adam_says_who_celina_is_and_separates_her_again(
    open_page: OpenPage, sign_in: SignIn, zammad: Source, adam: User
) -> None:
    page = open_page()
    sign_in(page, adam)
    page.goto("/goals")
    page.get_by_role("link", name="Go on with the first steps").click()
    page.get_by_role("link", name="Add another source").wait_for()
    page.goto(f"/setup/sources/{zammad.pk}/who?state=review")
    page.get_by_role("button", name="It is Celina").click()
    expect(page.get_by_text("1 agent is matched to a person.")).to_be_visible()
    page.get_by_role("link", name="Agents").click()
    expect(page.get_by_text("also Redmine: Celina")).to_be_visible()
    page.get_by_role("listitem").filter(has_text="also Redmine").get_by_role("link", name="Change").click()
    page.get_by_role("button", name="Separate").click()
    expect(page.get_by_text("Celina K. is a person of their own again.")).to_be_visible()
