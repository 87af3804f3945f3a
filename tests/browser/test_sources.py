"""The data sources in Chromium: axe, both languages and themes, a phone, without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import help_desks
from milepost.sources.models import Identity, Source
from tests.browser.conftest import Language, OpenAs, Theme
from tests.browser.looks import LANGUAGES, LOOKS, axe_finds_nothing, nothing_sticks_out
from tests.cast import Cast
from tests.contracts.redmine import StrictRedmine
from tests.web.conftest import NOW

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def gosia(cast: Cast) -> User:
    """Gosia runs Milepost."""
    return actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)


@pytest.fixture
def redmine(httpserver: HTTPServer, settings: Settings, tmp_path: Path) -> StrictRedmine:
    """A Redmine in the own network, which may be read."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    redmine = StrictRedmine(httpserver)
    redmine.answers_ticket(redmine.opens(), by="celina")
    help_desks.allow("127.0.0.1", httpserver.port, by=None, now=NOW)
    return redmine


@pytest.fixture
def source(redmine: StrictRedmine, gosia: User) -> Source:
    """It is connected; another one was."""
    old = help_desks.connect("redmine", redmine.told, slug="old", name="Old desk", by=None, now=NOW)
    help_desks.disconnect(old, by=None, now=NOW)
    source = help_desks.connect("redmine", redmine.told, slug="redmine", name="Redmine", by=None, now=NOW)
    Identity.objects.create(source=source, kind="pipeline", key="Support", number=7)
    return source


def addresses(source: Source) -> list[str]:
    return ["/setup/sources", f"/setup/sources/{source.pk}", f"/setup/sources/{source.pk}/disconnect"]


@LOOKS
def test_axe_finds_nothing(open_as: OpenAs, source: Source, gosia: User, language: Language, theme: Theme) -> None:
    axe_finds_nothing(open_as(gosia, language=language, theme=theme), addresses(source))


@LANGUAGES
@pytest.mark.parametrize("width", [320, 1100])
def test_nothing_sticks_out(open_as: OpenAs, source: Source, gosia: User, width: int, language: Language) -> None:
    nothing_sticks_out(open_as(gosia, language=language, width=width), addresses(source))


def test_a_help_desk_is_changed_disconnected_and_connected_again_without_scripts(
    open_as: OpenAs, source: Source, gosia: User, redmine: StrictRedmine
) -> None:
    page = open_as(gosia, scripts=False)
    page.goto("/setup/sources")
    page.get_by_role("link", name="Settings").and_(page.locator(f"[href='/setup/sources/{source.pk}']")).click()
    expect(page.get_by_label("API key")).to_have_value("")
    page.get_by_label("Projects").fill("support")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="It can be read")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Redmine is read with these settings from now on.")).to_be_visible()
    page.get_by_role("link", name="Disconnect").click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Redmine is read no more.")).to_be_visible()
    page.locator("li", has_text="Redmine").get_by_role("link", name="Connect again").click()
    page.get_by_label("API key").fill(redmine.told["token"])
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Connect again").click()
    expect(page.get_by_text("Redmine is read with these settings from now on.")).to_be_visible()
    source.refresh_from_db()
    assert source.disconnected_at is None
    assert source.settings["projects"] == "support"
