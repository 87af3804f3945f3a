"""Looking at and editing what a goal holds, by the rows of the seed: each test is the row it is named after."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Contributor, Goal, Target
from milepost.people.models import User
from milepost.sources.models import Identity, Source
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.web.conftest import NOW, Desk

SignIn = Callable[[Page, User], None]
MARCH, APRIL = 2, 3


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def goal(cast: Cast, new_goal: Callable[..., object]) -> Goal:
    """Celina, Dawid and Frontline close tickets; there are two pipelines."""
    source = Source.objects.create(slug="desk", name="Help desk", make=Source.Make.FILE, connected_at=NOW)
    for number, key in enumerate(("Support", "Invoices"), 1):
        Identity.objects.create(source=source, kind=Identity.Kind.PIPELINE, key=key, number=number)
    desk = Desk(cast, new_goal)  # type: ignore[arg-type]
    made = desk.goal(
        "Tickets closed 2026",
        template=CLOSED.key,
        persons=[cast.person(one) for one in (cast.celina, cast.dawid)],
        teams=[cast.frontline],
        value=Decimal(30),
    )
    for name, february, march in (("Celina", 31, 40), ("Dawid", 12, 3)):
        desk.measured(made, name, 2, february)
        desk.measured(made, name, 3, march)
    return made


@pytest.fixture
def anna(page: Page, sign_in: SignIn, cast: Cast, goal: Goal) -> Page:
    """Anna looks at the goal."""
    sign_in(page, cast.anna)
    page.goto(f"/goals/{goal.pk}")
    return page


def cell(goal: Goal, name: str, ordinal: int = MARCH) -> Target:
    """The target of a contributor in a month."""
    found = Target.objects.filter(milestone__goal=goal, milestone__ordinal=ordinal)
    return next(one for one in found if str(one.contributor) == name)


def opened(page: Page, name: str = "Celina") -> Locator:
    """The panel of a contributor."""
    page.get_by_role("link", name=f"Edit goal: {name}").click()
    panel = page.get_by_role("dialog", name=f"Edit goal: {name}")
    expect(panel).to_be_visible()
    return panel


def save(panel: Locator) -> None:
    """Press Save, and wait until the page under the panel is there again."""
    panel.get_by_role("button", name="Save changes").click()
    expect(panel.page.get_by_text("Saved.")).to_be_visible()


def choose_invoices(page: Page, *, contributor: str | None = None, period: str | None = None) -> None:
    """Let only invoices count, for all from now on unless told otherwise."""
    page.get_by_role("link", name="Pipelines").click()
    page.wait_for_load_state()
    if contributor is not None:
        for box in page.get_by_role("group", name="Contributors").get_by_role("checkbox").all():
            box.uncheck()
        page.get_by_role("checkbox", name=contributor).check()
    if period is not None:
        page.get_by_label("From").select_option(period)
    page.get_by_role("checkbox", name="Invoices").check()
    page.get_by_role("button", name="Preview").click()
    page.get_by_label("Reason for the change").fill("Invoices only")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_s32_pipelines_of_a_goal_change_after_it_began(anna: Page, goal: Goal) -> None:
    choose_invoices(anna)
    assert [cell(goal, name).pipelines for name in ("Celina", "Dawid", "Frontline")] == [["Invoices"]] * 3
    assert cell(goal, "Celina", 1).pipelines == []


def test_s38_pipelines_differ_by_contributor(anna: Page, goal: Goal) -> None:
    choose_invoices(anna, contributor="Dawid")
    assert [cell(goal, name).pipelines for name in ("Celina", "Dawid")] == [[], ["Invoices"]]


def test_s44_a_change_of_pipelines_shows_first_what_it_does(anna: Page, goal: Goal) -> None:
    anna.get_by_role("link", name="Pipelines").click()
    anna.get_by_role("checkbox", name="Invoices").check()
    anna.get_by_role("button", name="Preview").click()
    expect(anna.get_by_role("table", name="What changes")).to_contain_text("all pipelines → Invoices")
    assert cell(goal, "Celina").pipelines == []


def test_s56_pipelines_differ_by_milestone(anna: Page, goal: Goal) -> None:
    choose_invoices(anna, period="3")
    assert [cell(goal, "Celina", ordinal).pipelines for ordinal in (MARCH, APRIL)] == [[], ["Invoices"]]


def test_s75_a_contributors_cell_leads_to_its_details(anna: Page) -> None:
    anna.get_by_role("link", name=re.compile("Celina, March.2026")).click()
    expect(anna.get_by_role("heading", name="Tickets closed, Celina")).to_be_visible()
    expect(anna.get_by_text("10 over")).to_have_count(0)
    expect(anna.get_by_text("Needed from here")).to_be_visible()


def test_s76_edit_goal_opens_a_panel_over_the_page(anna: Page, goal: Goal) -> None:
    panel = opened(anna)
    expect(anna.get_by_role("table", name="Contributors and periods of Tickets closed 2026")).to_be_visible()
    assert f"/goals/{goal.pk}/edit?target={cell(goal, 'Celina').pk}" in anna.url
    anna.go_back()
    expect(panel).to_have_count(0)
    assert anna.url.endswith(f"/goals/{goal.pk}")
    expect(anna.get_by_role("link", name="Edit goal: Celina")).to_be_focused()


def test_s77_the_target_of_one_month_is_edited(anna: Page, goal: Goal) -> None:
    panel = opened(anna)
    panel.get_by_role("textbox", name=re.compile("April.2026")).fill("44")
    save(panel)
    assert [cell(goal, "Celina", ordinal).value for ordinal in (MARCH, APRIL, 4)] == [30, 44, 30]
    expect(anna.get_by_text(re.compile("Anna changed the target of Celina for April.2026"))).to_be_visible()


def test_s78_notices_of_one_milestone_differ(anna: Page, goal: Goal) -> None:
    panel = opened(anna)
    panel.get_by_role("link", name="Notifications").click()
    panel.get_by_role("checkbox", name="Missed: Manager").check()
    save(panel)
    assert "manager" in (cell(goal, "Celina").notices or {})["missed"]
    assert cell(goal, "Celina", APRIL).notices is None


def test_s79_the_panel_is_at_the_right_and_goes_with_escape(anna: Page) -> None:
    panel = opened(anna)
    box = panel.bounding_box()
    assert box is not None
    assert (box["x"] + box["width"], box["width"]) == (1440, 432)
    anna.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_s80_the_panel_has_a_notifications_tab_and_loses_nothing_between_tabs(anna: Page) -> None:
    panel = opened(anna)
    panel.get_by_role("textbox", name=re.compile("April.2026")).fill("44")
    panel.get_by_role("link", name="Notifications").click()
    expect(panel.get_by_role("table", name="Who is told what").get_by_role("row")).to_have_count(8)
    panel.get_by_role("link", name="Targets").click()
    expect(panel.get_by_role("textbox", name=re.compile("April.2026"))).to_have_value("44")


def test_s81_save_asks_why_once_the_month_has_started(anna: Page, goal: Goal) -> None:
    panel = opened(anna)
    panel.get_by_role("textbox", name=re.compile("March.2026")).fill("25")
    panel.get_by_role("button", name="Save changes").click()
    expect(panel.get_by_text("Say why, so that the change can be understood.")).to_be_visible()
    expect(panel.get_by_role("textbox", name=re.compile("March.2026"))).to_have_value("25")
    panel.get_by_label("Reason for the change").fill("Ill for a week")
    save(panel)
    assert cell(goal, "Celina").value == 25
    expect(anna.get_by_text("Reason: Ill for a week")).to_be_visible()


def test_s83_a_new_member_joins_the_running_goal(anna: Page, cast: Cast, goal: Goal) -> None:
    anna.get_by_role("link", name="Add contributors").click()
    anna.get_by_role("checkbox", name="Ewa").check()
    anna.get_by_label("Target for each period that has not begun").fill("62")
    anna.get_by_role("button", name="Add contributors").click()
    panel = opened(anna, "Ewa")
    expect(panel.get_by_text("For the days left: 62 × 16 ÷ 31 = 32.")).to_be_visible()
    panel.get_by_role("button", name="Use 32").click()
    expect(panel.get_by_role("textbox", name=re.compile("March.2026"))).to_have_value("32")
    panel.get_by_label("Reason for the change").fill("Ewa joins")
    save(panel)
    ewa = Contributor.objects.get(goal=goal, person=cast.ewa.person)
    assert list(ewa.targets.order_by("milestone__ordinal").values_list("value", flat=True)[:2]) == [32, 62]


def test_two_editors_at_once_are_both_heard(
    anna: Page, open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal
) -> None:
    hers = opened(anna)
    bartek = open_page()
    sign_in(bartek, cast.bartek)
    bartek.goto(f"/goals/{goal.pk}")
    his = opened(bartek)
    his.get_by_role("textbox", name=re.compile("April.2026")).fill("50")
    save(his)
    hers.get_by_role("textbox", name=re.compile("April.2026")).fill("44")
    hers.get_by_role("button", name="Save changes").click()
    expect(hers.get_by_text(re.compile("Bartek changed the target of Celina"))).to_be_visible()
    expect(hers.get_by_text("Meanwhile changed to 50.")).to_be_visible()
    expect(hers.get_by_role("textbox", name=re.compile("April.2026"))).to_have_value("44")
    assert cell(goal, "Celina", APRIL).value == 50
    save(hers)
    assert cell(goal, "Celina", APRIL).value == 44


def test_a_lost_session_loses_nothing_that_was_typed(anna: Page, sign_in: SignIn, cast: Cast, goal: Goal) -> None:
    panel = opened(anna)
    panel.get_by_role("textbox", name=re.compile("April.2026")).fill("44")
    anna.context.clear_cookies(name="sessionid")
    panel.get_by_role("button", name="Save changes").click()
    expect(panel.get_by_text(re.compile("Not saved: you were signed out"))).to_be_visible()
    expect(panel.get_by_role("textbox", name=re.compile("April.2026"))).to_have_value("44")
    sign_in(anna, cast.anna)
    save(panel)
    assert cell(goal, "Celina", APRIL).value == 44


def test_escape_asks_before_it_throws_away_what_was_typed(anna: Page) -> None:
    panel = opened(anna)
    panel.get_by_role("textbox", name=re.compile("April.2026")).fill("44")
    anna.keyboard.press("Escape")
    expect(panel.get_by_text("Discard what you typed?")).to_be_visible()
    anna.keyboard.press("Enter")
    expect(panel.get_by_role("textbox", name=re.compile("April.2026"))).to_have_value("44")
    anna.keyboard.press("Escape")
    panel.get_by_role("button", name="Discard").click()
    expect(panel).to_have_count(0)


def test_the_keyboard_alone_edits_a_target(anna: Page, goal: Goal) -> None:
    anna.get_by_role("link", name="Edit goal: Celina").focus()
    anna.keyboard.press("Enter")
    panel = anna.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Edit goal: Celina")).to_be_focused()
    field = panel.get_by_role("textbox", name=re.compile("April.2026"))
    for _step in range(12):
        anna.keyboard.press("Tab")
        if field.evaluate("one => one === document.activeElement"):
            break
    anna.keyboard.type("44")
    anna.keyboard.press("Enter")
    expect(anna.get_by_text("Saved.")).to_be_visible()
    assert cell(goal, "Celina", APRIL).value == 44


def test_without_scripts_the_panel_is_a_page_over_that_of_its_goal(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal
) -> None:
    page = open_page(scripts=False)
    sign_in(page, cast.anna)
    page.goto(f"/goals/{goal.pk}")
    panel = opened(page)
    panel.get_by_role("textbox", name=re.compile("April.2026")).fill("44")
    save(panel)
    assert cell(goal, "Celina", APRIL).value == 44


def test_html_in_names_is_text(anna: Page, cast: Cast, goal: Goal) -> None:
    celina = cast.person(cast.celina)
    celina.name = "<img src=x onerror=alert(1)>"
    celina.save()
    anna.reload()
    panel = opened(anna, "<img src=x onerror=alert(1)>")
    assert panel.locator("img").count() == 0


PARTS = (
    "",
    "/details",
    "/contributors",
    "/pipelines",
    "/edit?target={target}",
    "/edit?target={target}&tab=notifications",
)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
@pytest.mark.parametrize("width", [1440, 320])
def test_axe_finds_nothing_and_nothing_scrolls_to_the_side(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, goal: Goal, language: Language, theme: Theme, width: int
) -> None:
    page = open_page(language=language, theme=theme, width=width)
    sign_in(page, cast.anna)
    target = cell(goal, "Dawid")
    target.snapshots.create(day="2026-03-10", numerator=1, denominator=1, sample=1, measured_at=NOW)
    target.snapshots.create(day="2026-03-16", numerator=3, denominator=1, sample=3, measured_at=NOW)
    for part in (*PARTS, f"/2026-03-01/{target.contributor_id}"):
        page.goto(f"/goals/{goal.pk}{part.format(target=target.pk)}")
        assert (part, axe(page)) == (part, [])
        assert (part, page.evaluate("document.documentElement.scrollWidth")) == (part, width)
