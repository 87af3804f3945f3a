"""Who is who and the first steps in Chromium: axe, both languages and themes, a phone, without scripts."""

import pytest
from playwright.sync_api import Page, expect

from milepost.connectors.contract import Agent
from milepost.people.models import Membership, Person, User
from milepost.people.roles import Role
from milepost.sources.models import Identity, Source, Sync
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenAs, Theme
from tests.browser.looks import LANGUAGES, LOOKS, axe_finds_nothing, nothing_sticks_out
from tests.cast import Cast, user
from tests.sources.test_who_is_who import brought
from tests.web.conftest import NOW

pytestmark = pytest.mark.usefixtures("noon")
CELINA = Agent("celina", "Celina", "celina@example.org")
AGENTS = (Agent("7", "Celina K.", "celina@example.org"), Agent("8", "Front", "support@example.org"))


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
    return [
        "/setup/start",
        "/setup/start/people",
        "/setup/sources",
        who,
        f"{who}?state=review",
        f"/setup/identities/{number}",
        "/goals",
    ]


@LOOKS
def test_axe_finds_nothing(open_as: OpenAs, zammad: Source, adam: User, language: Language, theme: Theme) -> None:
    page = open_as(adam, language=language, theme=theme)
    axe_finds_nothing(page, addresses(zammad))
    leaves_nobody_a_team_and_saves(page)
    assert axe(page) == []


@LANGUAGES
@pytest.mark.parametrize("width", [320, 700])
def test_nothing_sticks_out(open_as: OpenAs, zammad: Source, adam: User, width: int, language: Language) -> None:
    nothing_sticks_out(open_as(adam, language=language, width=width), addresses(zammad))


def test_from_the_first_steps_adam_says_who_celina_is_and_separates_her_again(
    open_as: OpenAs, zammad: Source, adam: User
) -> None:
    page = open_as(adam)
    page.goto("/goals")
    page.get_by_role("link", name="Go on with the first steps").click()
    page.get_by_role("link", name="Review people").click()
    page.get_by_role("button", name="Merge with Celina").click()
    expect(page.get_by_text("1 agent is matched to a person.")).to_be_visible()
    page.goto(f"/setup/sources/{zammad.pk}/who")
    expect(page.get_by_text("also Redmine: Celina")).to_be_visible()
    page.get_by_role("listitem").filter(has_text="also Redmine").get_by_role("link", name="Change").click()
    page.get_by_role("button", name="Separate").click()
    expect(page.get_by_text("Celina K. is a person of their own again.")).to_be_visible()


def test_without_scripts_adam_takes_some_in_leaves_one_out_and_chooses_a_lead(
    open_as: OpenAs, zammad: Source, adam: User
) -> None:
    page = open_as(adam, scripts=False)
    page.goto("/setup/start/people")
    page.get_by_role("checkbox", name="Front").uncheck()
    page.get_by_label("Team of Celina K.").select_option("Frontline")
    page.get_by_label("Role of Celina K.").select_option("Team lead")
    page.get_by_label("Role of Desk").select_option("Team lead")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose the team that Desk leads.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Front")).not_to_be_checked()
    page.get_by_label("Team of Desk").select_option("Billing")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("4 people are reviewed.")).to_be_visible()
    assert Person.objects.get(name="Front").deactivated_at == NOW
    led = Membership.objects.filter(leads=True, person__name__in=["Celina K.", "Desk"])
    assert sorted(str(one) for one in led) == ["Celina K. in Frontline", "Desk in Billing"]


def leaves_nobody_a_team_and_saves(page: Page) -> None:
    """Everybody leads, and nobody has a team: all lines are wrong."""
    page.goto("/setup/start/people")
    for select in page.locator(".found-role select").all():
        select.select_option("lead")
    page.locator(".found > .acts .primary").click()
    page.get_by_role("alert").wait_for()
