"""The seed's overview, row by row: filters, statuses, actions on a row, deleting, and the report of a team."""

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.calendars.periods import Duration
from milepost.goals.goal_templates import CLOSED, RESPONSE
from milepost.goals.models import Goal, Target
from milepost.people.models import User
from tests.cast import Cast
from tests.web.conftest import NOW, Desk

HOUR = 3600


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page: Monday 16 March 2026."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(cast: Cast, new_goal: Callable[..., object]) -> Desk:
    """A monthly goal of tickets for Frontline, Celina, Dawid and Ewa, and a quarterly one on responses for Ewa."""
    desk = Desk(cast, new_goal)  # type: ignore[arg-type]
    persons = [cast.person(one) for one in (cast.celina, cast.dawid, cast.ewa)]
    closed = desk.goal(
        "Tickets closed 2026", template=CLOSED.key, persons=persons, teams=[cast.frontline], value=Decimal(30)
    )
    february = {"Celina": 30, "Dawid": 12, "Ewa": 40, "Frontline": 43}
    march = {"Celina": 30, "Dawid": 3, "Ewa": 40, "Frontline": 15}
    for name, value in march.items():
        desk.measured(closed, name, 2, february[name])
        desk.measured(closed, name, 3, value)
    quarter = desk.goal(
        "Waiting by quarter",
        template=RESPONSE.key,
        measure=RESPONSE.measure,
        duration=Duration.QUARTERLY,
        persons=[cast.person(cast.ewa)],
        pipelines=["sales"],
        value=Decimal(HOUR),
    )
    desk.measured(quarter, "Ewa", 1, 2 * HOUR)
    return desk


@pytest.fixture
def page(page: Page, desk: Desk, sign_in: Callable[[Page, User], None]) -> Page:
    """Anna's overview of March."""
    sign_in(page, desk.cast.anna)
    page.goto("/goals")
    return page


def rows(page: Page) -> list[str]:
    """Who has a row, from the top."""
    return page.locator("tbody tr:not(.of-goal) th b").all_inner_texts()


def goals(page: Page) -> list[str]:
    """The goals, from the top."""
    return page.locator(".goal-heading b").all_inner_texts()


def choose(page: Page, label: str, *choices: str) -> None:
    """Open a filter, tick, show."""
    menu = page.get_by_role("group", name="Filters").locator(".filter", has=page.locator("summary", has_text=label))
    menu.locator("summary").click()
    for choice in choices:
        menu.get_by_label(choice, exact=True).check()
    with page.expect_navigation():
        menu.get_by_role("button", name="Show").click()


def status(page: Page, contributor: str) -> str:
    """What the row of somebody in the monthly goal says."""
    body = page.locator("tbody", has_text="Tickets closed 2026")
    return body.locator("tr", has=page.get_by_text(contributor, exact=True)).locator(".chip").inner_text()


def test_s48_a_team_is_reported_on_with_all_its_goals_and_milestones(page: Page, desk: Desk, tmp_path: Path) -> None:
    page.get_by_role("link", name="Teams").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Frontline").click()
    table = page.get_by_role("group", name="Tickets closed 2026").get_by_role("table")
    assert table.locator("thead th").all_inner_texts()[1:4] == [
        "January\u00a02026",
        "February\u00a02026",
        "March\u00a02026",
    ]
    february = table.locator("tbody tr", has_text="Frontline").locator("td").nth(1)
    expect(february.locator("b")).to_have_text("43")
    expect(february).to_contain_text("at least 30 tickets")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    download.value.save_as(tmp_path / "team.csv")
    with (tmp_path / "team.csv").open(encoding="utf-8-sig") as file:
        found = list(csv.DictReader(file))
    assert {row["Contributor"] for row in found} == {"Frontline", "Celina", "Dawid"}
    assert len(found) == 36


def test_s50_goals_are_browsed_by_date_range_and_a_milestone_that_overlaps_it_is_there(page: Page) -> None:
    menu = page.get_by_role("group", name="Filters").locator(".filter", has_text="Date range")
    menu.locator("summary").click()
    menu.get_by_label("From").fill("2026-02-20")
    menu.get_by_label("To", exact=True).fill("2026-02-25")
    menu.get_by_role("button", name="Show").click()
    page.wait_for_url("**from=2026-02-20&to=2026-02-25*")
    expect(page.get_by_text("Date range 20–25\u00a0Feb")).to_be_visible()
    assert set(goals(page)) == {"Tickets closed 2026", "Waiting by quarter"}
    assert status(page, "Dawid") == "Missed"


def test_s51_goals_are_browsed_by_team_or_user(page: Page) -> None:
    choose(page, "Teams", "Billing")
    assert rows(page) == ["Ewa", "Ewa"]
    page.get_by_role("link", name="Clear filter: Teams").click()
    choose(page, "Users", "Dawid")
    assert rows(page) == ["Dawid"]


def test_s52_goals_are_browsed_by_pipeline(page: Page) -> None:
    choose(page, "Pipelines", "sales", "Only these")
    assert goals(page) == ["Waiting by quarter"]


def test_s53_goals_are_browsed_by_milestone_type(page: Page) -> None:
    choose(page, "Milestone type", "Quarterly")
    assert goals(page) == ["Waiting by quarter"]


def test_s54_goals_are_browsed_by_status(page: Page) -> None:
    choose(page, "Status", "Achieved", "At risk")
    assert rows(page) == ["Celina", "Dawid", "Ewa"]
    page.get_by_role("button", name="Exceeded").click()
    page.wait_for_url("**status=exceeded")
    assert rows(page) == ["Ewa"]


def test_s55_goals_are_browsed_by_progress(page: Page) -> None:
    menu = page.get_by_role("group", name="Filters").locator(".filter", has=page.get_by_label("From percent"))
    menu.locator("summary").click()
    menu.get_by_label("From percent").fill("40")
    menu.get_by_label("To percent").fill("60")
    menu.get_by_role("button", name="Show").click()
    page.wait_for_url("**progress-to=60")
    assert rows(page) == ["Frontline", "Ewa"]


def test_s56_rows_of_other_pipelines_than_the_rest_say_so(page: Page) -> None:
    heading = page.locator("tbody", has_text="Waiting by quarter").locator(".about")
    expect(heading).to_contain_text("sales")
    expect(page.locator("tbody", has_text="Tickets closed 2026").locator(".about")).to_contain_text("All pipelines")


def test_s57_the_overview_holds_ten_filters_in_order_and_they_combine(page: Page) -> None:
    expect(page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    pills = page.get_by_role("group", name="Filters").locator("summary").all_inner_texts()
    assert [pill.partition("\n")[0] for pill in pills] == [
        "Goal template",
        "Goal name",
        "Duration",
        "Teams",
        "Users",
        "Pipelines",
        "Date range",
        "Milestone type",
        "Status",
        "Progress",
    ]
    choose(page, "Duration", "Monthly")
    choose(page, "Users", "Ewa", "Dawid")
    choose(page, "Status", "Exceeded")
    assert rows(page) == ["Ewa"]
    page.reload()
    assert rows(page) == ["Ewa"]
    with page.expect_navigation():
        page.get_by_role("link", name="Clear all").click()
    assert len(rows(page)) == 5


def test_s58_goals_are_filtered_by_template(page: Page) -> None:
    choose(page, "Goal template", "Average ticket response time")
    assert goals(page) == ["Waiting by quarter"]


def test_s59_goals_are_filtered_by_name(page: Page) -> None:
    choose(page, "Goal name", "Tickets closed 2026")
    assert goals(page) == ["Tickets closed 2026"]
    with page.expect_navigation():
        page.get_by_role("link", name="Clear filter: Goal name").click()
    page.keyboard.press("/")
    page.keyboard.type("quarter")
    page.keyboard.press("Enter")
    page.wait_for_url("**name=quarter")
    assert goals(page) == ["Waiting by quarter"]


def test_s60_goals_are_filtered_by_duration(page: Page) -> None:
    choose(page, "Duration", "Quarterly")
    assert goals(page) == ["Waiting by quarter"]


def test_s61_goals_are_filtered_by_teams(page: Page) -> None:
    choose(page, "Teams", "Frontline", "Billing")
    assert rows(page) == ["Frontline", "Celina", "Dawid", "Ewa", "Ewa"]
    choose(page, "Teams")
    expect(page.get_by_text("Teams 2")).to_be_visible()


def test_s62_goals_are_filtered_by_users(page: Page) -> None:
    choose(page, "Users", "Celina", "Ewa")
    assert rows(page) == ["Celina", "Ewa", "Ewa"]


def test_s63_goals_are_filtered_by_pipelines(page: Page) -> None:
    choose(page, "Pipelines", "sales")
    # The other goal counts all pipelines, so this one too.
    assert set(goals(page)) == {"Waiting by quarter", "Tickets closed 2026"}


def test_s64_every_row_shows_one_status_and_the_strip_counts_them(page: Page) -> None:
    assert page.locator("tbody tr:not(.of-goal)").count() == page.locator("tbody .chip").count() == 5
    strip = page.get_by_role("form", name="Status")
    for name, count in (("In progress", 3), ("Exceeded", 1), ("Achieved", 1), ("Missed", 0), ("Pending", 0)):
        expect(strip.get_by_role("button", name=name)).to_contain_text(str(count))


def test_s65_past_the_target_is_exceeded(page: Page) -> None:
    assert status(page, "Ewa") == "Exceeded"


def test_s66_before_its_start_a_target_is_pending(page: Page) -> None:
    page.get_by_role("link", name="Next month").click()
    page.wait_for_url("**from=2026-04-01*")
    assert {status(page, name) for name in ("Frontline", "Celina", "Dawid", "Ewa")} == {"Pending"}


def test_s67_short_at_the_end_is_missed(page: Page) -> None:
    page.get_by_role("link", name="Previous month").click()
    page.wait_for_url("**from=2026-02-01*")
    assert status(page, "Dawid") == "Missed"


def test_s68_exactly_the_target_is_achieved(page: Page) -> None:
    assert status(page, "Celina") == "Achieved"


def test_s69_between_start_and_end_a_target_is_in_progress(page: Page) -> None:
    assert status(page, "Dawid") == status(page, "Frontline") == "In progress"


def test_s75_hovering_a_contributor_offers_the_details(page: Page, desk: Desk) -> None:
    link = page.get_by_role("link", name="View details of Celina")
    expect(link).to_have_css("opacity", "1")
    expect(page.locator(".row-actions", has=link)).to_have_css("opacity", "0")
    page.locator("tr", has_text="Celina").hover()
    expect(page.locator(".row-actions", has=link)).to_have_css("opacity", "1")
    link.click()
    page.wait_for_url(f"**/goals/{Goal.objects.get(name='Tickets closed 2026').pk}/2026-03-01/*")


def test_s76_hovering_a_contributor_offers_to_edit_the_goal(page: Page, desk: Desk) -> None:
    page.locator("tr", has_text="Celina").hover()
    page.get_by_role("link", name="Edit goal of Celina").click()
    goal = Goal.objects.get(name="Tickets closed 2026")
    march = Target.objects.get(contributor__person__name="Celina", milestone__first_day="2026-03-01")
    page.wait_for_url(f"**/goals/{goal.pk}/edit?tab=targets&target={march.pk}")


def test_s77_both_are_reached_by_keyboard_and_by_the_menu_of_the_row(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.innerText.includes('Frontline')")
    actions = page.locator("tr", has_text="Frontline").locator(".row-actions")
    expect(actions).to_have_css("opacity", "1")
    page.keyboard.press("e")
    page.wait_for_url("**/edit?tab=targets&target=*")
    page.go_back()
    page.get_by_role("button", name="More about Dawid").press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "View details"
    page.keyboard.press("Enter")
    page.wait_for_url("**/goals/*/2026-03-01/*")


def test_s82_ticked_contributors_are_deleted_and_can_be_brought_back(page: Page) -> None:
    page.get_by_label("Select Celina, Tickets closed 2026").check()
    page.get_by_label("Select Ewa, Tickets closed 2026").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_label("Type 3 to confirm").fill("3")
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/goals?*")
    assert rows(page) == ["Frontline", "Ewa"]
    page.reload()
    expect(page.get_by_text("Removed 3 contributors from Tickets closed 2026.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 contributors are back.")).to_be_visible()
    assert rows(page) == ["Frontline", "Celina", "Dawid", "Ewa", "Ewa"]
