"""The page of a source to which others send, in Chromium: axe, both languages and themes, a phone, without scripts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import bells, entrances
from milepost.sources.models import Source
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.sources.inbound import Sender, event
from tests.web.conftest import NOW

SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gosia(cast: Cast) -> User:
    """Gosia runs Milepost."""
    return actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)


@pytest.fixture
def addresses(gosia: User, settings: Settings, tmp_path: Path) -> list[str]:
    """A source to which something was sent, some of it rejected; one that is disconnected; a Redmine with a bell."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    opened = entrances.open_("desk", name="Kestrel desk", by=None, now=NOW)
    sender = Sender(opened.source, opened.token, now=NOW)
    sender.brings(event("1", "09:00", status="new"), event("2", "09:00", status="done"), event("3", "09:00", email="a"))
    entrances.renew(opened.source, by=None, now=NOW)
    old = entrances.open_("old", name="Old desk", by=None, now=NOW).source
    entrances.close(old, by=None, now=NOW)
    told = {"address": "https://redmine.example.org", "projects": ""}
    redmine = Source.objects.create(slug="redmine", name="Redmine", make="redmine", connected_at=NOW, settings=told)
    bells.hang(redmine, by=None, now=NOW)
    pages = [f"/setup/sources/{source.pk}/inbound" for source in (opened.source, old)]
    return [
        "/setup/sources/inbound",
        *pages,
        f"{pages[0].removesuffix('inbound')}syncs",
        f"/setup/sources/{redmine.pk}",
    ]


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
def test_axe_finds_nothing(
    open_page: OpenPage, sign_in: SignIn, addresses: list[str], gosia: User, language: Language, theme: Theme
) -> None:
    page = open_page(language=language, theme=theme)
    sign_in(page, gosia)
    for address in addresses:
        page.goto(address)
        assert axe(page) == [], address


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("width", [320, 1100])
def test_nothing_sticks_out(
    open_page: OpenPage, sign_in: SignIn, addresses: list[str], gosia: User, width: int, language: Language
) -> None:
    page = open_page(language=language, width=width)
    sign_in(page, gosia)
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_source_to_send_to_is_made_and_changed_without_scripts(
    open_page: OpenPage, sign_in: SignIn, addresses: list[str], gosia: User
) -> None:
    page = open_page(scripts=False)
    sign_in(page, gosia)
    page.goto("/setup/sources")
    page.get_by_role("link", name="REST or webhook").click()
    page.get_by_label("Name of the source").fill("Billing desk")
    page.get_by_role("button", name="Make the address").click()
    expect(page.get_by_role("heading", name="Billing desk")).to_be_visible()
    token = page.get_by_label("Token", exact=True).input_value()
    assert token.startswith("milepost_in_")
    expect(page.get_by_role("region", name="An example")).to_contain_text(token)
    page.get_by_label("Your own statuses").fill("pending = waiting_customer")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Token", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Let nobody in").click()
    expect(page.get_by_text("There is no token, so nothing is let in.")).to_be_visible()
    page.get_by_role("button", name="Make a new token").click()
    assert page.get_by_label("Token", exact=True).input_value() != token


def test_a_notification_address_is_made_and_removed_without_scripts(
    open_page: OpenPage, sign_in: SignIn, addresses: list[str], gosia: User
) -> None:
    page = open_page(scripts=False)
    sign_in(page, gosia)
    page.goto(addresses[-1])
    page.get_by_role("button", name="Make another address").click()
    assert "/notify/" in page.get_by_label("Notification address").input_value()
    page.get_by_label("Secret of its signatures").fill("the secret")
    page.get_by_role("button", name="Save the secret").click()
    expect(page.get_by_text("only what is signed with this secret is heard")).to_be_visible()
    page.get_by_role("button", name="Remove the address").click()
    expect(page.get_by_role("button", name="Make a notification address")).to_be_visible()
