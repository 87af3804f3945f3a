"""Making a goal, by the rows of the seed: each test is the row it is named after."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from milepost.account import actions as account
from milepost.goals.models import Goal, Target
from milepost.people import actions as people
from milepost.people.models import Person, User
from milepost.sources.models import Identity, Source
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.browser.wizard import Wizard
from tests.cast import Cast
from tests.web.conftest import NOW

SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pipelines(db: None) -> None:
    """A help desk with two pipelines."""
    source = Source.objects.create(slug="desk", name="Help desk", make=Source.Make.FILE, connected_at=NOW)
    for number, key in enumerate(("Support", "Invoices"), 1):
        Identity.objects.create(source=source, kind=Identity.Kind.PIPELINE, key=key, number=number)


@pytest.fixture
def wizard(page: Page, sign_in: SignIn, cast: Cast) -> Wizard:
    """Anna makes goals."""
    sign_in(page, cast.anna)
    return Wizard(page)


def published() -> Goal:
    """The one goal there is."""
    return Goal.objects.get()


def wished(name: str) -> list[Decimal | None]:
    """The targets of a contributor, in order."""
    found = [one for one in Target.objects.order_by("milestone__ordinal") if str(one.contributor) == name]
    return [one.value for one in found]


def test_s01_quotas_for_service_users_and_teams(wizard: Wizard) -> None:
    wizard.to_targets("Celina", "Billing").types("Celina", 0, "30").types("Billing", 0, "90").next().publishes()
    assert wished("Celina")[0] == 30
    assert wished("Billing")[0] == 90


def test_s02_a_goal_can_be_tied_to_a_pipeline(wizard: Wizard, pipelines: None) -> None:
    wizard.begin().contributes("Celina").page.get_by_label("Support").check()
    wizard.next().is_at("targets").next().publishes()
    assert {tuple(one.pipelines) for one in Target.objects.all()} == {("Support",)}


@pytest.mark.parametrize(("duration", "milestones"), [("Monthly", 12), ("Quarterly", 4), ("Yearly", 1)])
def test_s03_goals_are_set_monthly_quarterly_or_yearly(wizard: Wizard, duration: str, milestones: int) -> None:
    wizard.begin().contributes("Celina").lasts(duration).next().is_at("targets").next().publishes()
    assert published().milestones.count() == milestones


def test_s07_create_goal_stands_at_the_top_right(wizard: Wizard) -> None:
    wizard.page.goto("/goals")
    box = wizard.page.get_by_role("banner").get_by_role("link", name="Create goal").bounding_box()
    assert box is not None
    assert box["y"] < 60
    assert box["x"] > 1000


def test_s10_a_goal_is_created_from_a_template(wizard: Wizard) -> None:
    wizard.begin("Tickets closed").contributes("Celina").next().is_at("targets").next().publishes()
    assert published().template == "closed"


def test_s11_templates_stand_by_category_with_a_panel_on_the_left(wizard: Wizard) -> None:
    wizard.page.goto("/goals/new")
    panel = wizard.page.get_by_role("navigation", name="Category").bounding_box()
    cards = wizard.card("Tickets closed").bounding_box()
    assert panel is not None
    assert cards is not None
    assert panel["x"] + panel["width"] <= cards["x"]


def test_s12_customer_service_is_a_category(wizard: Wizard) -> None:
    wizard.page.goto("/goals/new")
    wizard.page.get_by_role("navigation", name="Category").get_by_role("link", name="Customer service").click()
    expect(wizard.page.get_by_role("heading", name="Customer service")).to_be_in_viewport()


def test_s13_set_goal_takes_a_template(wizard: Wizard) -> None:
    wizard.begin("Average ticket response time")
    expect(wizard.page.locator(".measured b")).to_have_text("Average ticket response time")


@pytest.mark.parametrize(
    ("template", "direction"),
    [
        pytest.param("Average ticket response time", "Lower is better.", id="s14"),
        pytest.param("Average ticket resolution time", "Lower is better.", id="s16"),
        pytest.param("Tickets closed", "Higher is better.", id="s18"),
    ],
)
def test_s14_s16_s18_the_three_templates_are_there(wizard: Wizard, template: str, direction: str) -> None:
    wizard.page.goto("/goals/new")
    expect(wizard.card(template)).to_contain_text(direction)


@pytest.mark.parametrize(
    ("template", "purpose"),
    [
        pytest.param("Average ticket response time", "shortening the time to first response", id="s15"),
        pytest.param("Average ticket resolution time", "shortening the average time to resolution", id="s17"),
        pytest.param("Tickets closed", "closing more tickets", id="s19"),
    ],
)
def test_s15_s17_s19_each_template_says_what_it_is_for(wizard: Wizard, template: str, purpose: str) -> None:
    wizard.page.goto("/goals/new")
    expect(wizard.card(template)).to_contain_text(purpose)


def test_s20_a_goal_has_a_name(wizard: Wizard) -> None:
    wizard.begin().contributes("Celina").page.get_by_label("Goal name").fill("Spring")
    wizard.next().is_at("targets").next().publishes()
    assert published().name == "Spring"


def test_s21_contributors_are_users_or_teams(wizard: Wizard) -> None:
    wizard.begin().contributes("Celina", "Billing")
    assert sorted(wizard.chosen) == ["Billing", "Celina"]


def test_s22_contributors_are_found_by_search(wizard: Wizard) -> None:
    search = wizard.begin().search
    search.fill("ill")
    expect(wizard.page.locator("contributor-picker li[role=option]:visible")).to_have_count(1)
    search.fill("zzz")
    expect(wizard.page.get_by_text("No one called “zzz”.")).to_be_visible()


def test_s22_search_folds_diacritics_among_hundreds(wizard: Wizard) -> None:
    Person.objects.bulk_create(Person(name=f"Zofia {number}") for number in range(300))
    Person.objects.create(name="Łukasz Żółć")
    wizard.begin().contributes("lukasz zolc")
    assert wizard.chosen == ["Łukasz Żółć"]


def test_s23_a_goal_has_several_contributors(wizard: Wizard) -> None:
    wizard.begin().contributes("Celina", "Dawid", "Ewa")
    expect(wizard.page.locator("#summary")).to_contain_text("3 contributors × 12 periods")


def test_s24_a_duration_is_chosen(wizard: Wizard) -> None:
    wizard.begin().lasts("Weekly")
    expect(wizard.page.locator("#summary")).to_contain_text("52 periods")


def test_s25_five_durations_are_offered(wizard: Wizard) -> None:
    wizard.begin()
    names = wizard.page.get_by_role("group", name="Duration").locator("label").all_inner_texts()
    assert [name.strip() for name in names] == ["Weekly", "Monthly", "Quarterly", "Yearly", "Custom"]


def test_s26_a_goal_is_aligned_with_the_fiscal_year(wizard: Wizard) -> None:
    account.change(by=None, now=NOW, fiscal_month=7)
    wizard.begin().contributes("Celina")
    assert wizard.page.get_by_label("Align with fiscal year settings").is_checked()
    expect(wizard.page.locator("#fiscal")).to_contain_text("1\u00a0Jul\u00a0202")


def test_s27_a_custom_span_is_not_aligned(wizard: Wizard) -> None:
    wizard.begin()
    expect(wizard.page.get_by_label("Align with fiscal year settings")).to_be_visible()
    wizard.lasts("Custom")
    expect(wizard.page.get_by_label("Align with fiscal year settings")).to_be_hidden()


def test_s28_the_fiscal_year_is_a_setting_of_the_account(wizard: Wizard) -> None:
    account.change(by=None, now=NOW, fiscal_month=4)
    wizard.begin().contributes("Celina").lasts("Quarterly").next().is_at("targets").next().publishes()
    assert published().first_day.month == 4


def test_s29_a_custom_goal_has_a_start_and_an_end_date(wizard: Wizard) -> None:
    wizard.begin().contributes("Celina").lasts("Custom")
    wizard.page.get_by_label("Start date").fill("2026-03-02")
    wizard.page.get_by_label("End date").fill("2026-03-15")
    wizard.next().is_at("targets").next().publishes()
    assert (published().first_day, published().after_day) == (date(2026, 3, 2), date(2026, 3, 16))


def test_s30_a_goal_with_several_pipelines_is_forecast_too(wizard: Wizard, pipelines: None) -> None:
    wizard.begin().contributes("Celina").page.get_by_label("Support").check()
    wizard.page.get_by_label("Invoices").check()
    expect(wizard.page.locator("#forecast-hint")).to_contain_text("Also with several pipelines")
    wizard.next().is_at("targets").next().publishes()
    assert published().forecast


def test_s31_a_yearly_goal_is_forecast_too(wizard: Wizard) -> None:
    wizard.begin().contributes("Celina").lasts("Yearly")
    expect(wizard.page.locator("#forecast-hint")).to_contain_text("for a whole year")
    wizard.next().is_at("targets").next().publishes()
    assert published().forecast


def test_s32_several_pipelines_are_chosen(wizard: Wizard, pipelines: None) -> None:
    wizard.begin().contributes("Celina").page.get_by_label("Support").check()
    wizard.page.get_by_label("Invoices").check()
    wizard.next().is_at("targets").next().publishes()
    assert {tuple(sorted(one.pipelines)) for one in Target.objects.all()} == {("Invoices", "Support")}


def test_s33_every_contributor_has_a_row_that_is_edited_in_place(wizard: Wizard) -> None:
    wizard.to_targets("Celina", "Dawid").types("Dawid", 3, "25")
    assert wizard.values("Dawid")[3] == "25"
    assert wizard.values("Celina") == [""] * 12


def test_s34_every_month_has_a_target_of_its_own(wizard: Wizard) -> None:
    wizard.to_targets("Celina")
    for month in range(12):
        wizard.types("Celina", month, str(20 + month))
    wizard.next().publishes()
    assert wished("Celina") == list(range(20, 32))


def test_s35_team_rows_and_user_rows_stand_together(wizard: Wizard) -> None:
    wizard.to_targets("Celina", "Billing")
    assert wizard.row("Billing").get_attribute("data-team") is not None
    assert wizard.row("Celina").get_attribute("data-team") is None


def test_s36_nobody_needs_a_better_plan_for_that(wizard: Wizard) -> None:
    wizard.to_targets("Celina", "Billing")
    expect(wizard.page.get_by_text("upgrade")).to_have_count(0)


def test_s37_using_forecasts_is_a_choice(wizard: Wizard) -> None:
    wizard.begin().contributes("Celina").page.get_by_label("Use this goal for forecasts").uncheck()
    wizard.next().is_at("targets").next().publishes()
    assert not published().forecast


def test_s38_a_row_has_pipelines_of_its_own(wizard: Wizard, pipelines: None) -> None:
    wizard.to_targets("Celina", "Dawid").row("Dawid").locator("summary").click()
    wizard.row("Dawid").get_by_label("Invoices").check()
    wizard.next().is_at("notifications").publishes()
    found = {str(one.contributor): tuple(one.pipelines) for one in Target.objects.all()}
    assert found == {"Celina": (), "Dawid": ("Invoices",)}


def test_s39_rows_are_ticked(wizard: Wizard) -> None:
    wizard.to_targets("Celina", "Dawid").ticks("Celina", "Dawid")
    expect(wizard.page.locator(".grid-selected")).to_contain_text("2 rows ticked")


def test_s40_apply_targets_and_apply_pipelines_stand_above_the_table(wizard: Wizard, pipelines: None) -> None:
    wizard.to_targets("Celina")
    table = wizard.page.get_by_role("grid").bounding_box()
    assert table is not None
    for name in ("Apply targets", "Apply pipelines"):
        box = wizard.page.locator("summary", has_text=name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= table["y"]


def test_s41_apply_targets_asks_for_an_amount(wizard: Wizard) -> None:
    wizard.to_targets("Celina").ticks("Celina").page.locator("summary", has_text="Apply targets").click()
    expect(wizard.page.get_by_label("Amount")).to_be_visible()
    expect(wizard.page.locator("[data-action=apply]")).to_be_visible()


def test_s42_the_amount_goes_into_every_milestone_of_the_ticked_rows(wizard: Wizard) -> None:
    wizard.to_targets("Celina", "Dawid").ticks("Celina").page.locator("summary", has_text="Apply targets").click()
    wizard.page.get_by_label("Amount").fill("40")
    wizard.page.locator("[data-action=apply]").click()
    assert wizard.values("Celina") == ["40"] * 12
    assert wizard.values("Dawid") == [""] * 12


def test_s43_apply_pipelines_asks_which(wizard: Wizard, pipelines: None) -> None:
    wizard.to_targets("Celina").ticks("Celina").page.locator("summary", has_text="Apply pipelines").click()
    expect(wizard.page.locator("[data-pipeline][value=Support]")).to_be_visible()
    expect(wizard.page.locator("[data-action=pipelines]")).to_be_visible()


def test_s44_pipelines_go_into_every_milestone_of_the_ticked_rows(wizard: Wizard, pipelines: None) -> None:
    wizard.to_targets("Celina", "Dawid").ticks("Dawid").page.locator("summary", has_text="Apply pipelines").click()
    wizard.page.locator("[data-pipeline][value=Support]").check(force=True)
    wizard.page.locator("[data-action=pipelines]").click()
    wizard.next().is_at("notifications").publishes()
    found = {(str(one.contributor), tuple(one.pipelines)) for one in Target.objects.all()}
    assert found == {("Celina", ()), ("Dawid", ("Support",))}


def test_s45_next_leads_to_notifications(wizard: Wizard) -> None:
    wizard.to_targets("Celina").next().is_at("notifications")


def test_s46_contributors_are_notified_as_chosen(wizard: Wizard) -> None:
    wizard.to_targets("Celina").next().is_at("notifications")
    wizard.page.get_by_label("Goal starts: Person").uncheck()
    wizard.page.get_by_label("Missed: Manager").check()
    wizard.publishes()
    assert published().notices["kickoff"] == []
    assert published().notices["missed"] == ["person", "lead", "manager"]


def test_s47_every_kind_has_a_box(wizard: Wizard) -> None:
    wizard.to_targets("Celina").next().is_at("notifications")
    kinds = wizard.page.locator(".notices tbody th").all_inner_texts()
    assert [kind.split("\n")[0] for kind in kinds] == [
        "Goal starts",
        "Weekly progress",
        "Falls behind pace",
        "Achieved",
        "Exceeded",
        "Missed",
        "Target or notes edited",
    ]


def test_g2_next_comes_after_the_duration(wizard: Wizard) -> None:
    wizard.begin().contributes("Celina").next().is_at("targets")


def test_g3_the_heading_of_the_table_names_its_year(wizard: Wizard) -> None:
    wizard.to_targets("Celina")
    headings = wizard.page.locator("target-grid tr.groups th[scope=colgroup]").all_inner_texts()
    assert headings == ["Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026"]


def test_g4_the_last_step_ends_with_publish(wizard: Wizard) -> None:
    wizard.to_targets("Celina").next().is_at("notifications")
    expect(wizard.page.get_by_role("button", name=re.compile("^Publish"))).to_be_visible()


def test_publishing_twice_by_a_double_press_makes_one_goal(wizard: Wizard) -> None:
    wizard.to_targets("Celina").next().is_at("notifications")
    wizard.page.get_by_role("button", name=re.compile("^Publish")).dblclick()
    expect(wizard.page).to_have_url(re.compile(r"/goals(\?|/\d|$)"))
    assert Goal.objects.count() == 1


def test_the_back_button_after_publishing_makes_no_second_goal(wizard: Wizard) -> None:
    wizard.to_targets("Celina").next().is_at("notifications").publishes()
    wizard.page.go_back()
    assert Goal.objects.count() == 1


def test_what_is_typed_is_saved_while_one_types(wizard: Wizard) -> None:
    wizard.begin().page.get_by_label("Goal name").fill("Half a na")
    with wizard.page.expect_response(lambda answer: answer.request.method == "POST"):
        pass
    wizard.page.reload()
    expect(wizard.page.get_by_label("Goal name")).to_have_value("Half a na")


def test_a_lost_session_is_told_and_nothing_typed_is_lost(wizard: Wizard) -> None:
    wizard.begin()
    wizard.page.context.clear_cookies(name="sessionid")
    wizard.page.get_by_label("Goal name").fill("Typed after the session ended")
    expect(wizard.page.get_by_role("alert")).to_contain_text("you were signed out")
    expect(wizard.page.get_by_label("Goal name")).to_have_value("Typed after the session ended")


def test_the_whole_wizard_works_by_keyboard_alone(wizard: Wizard) -> None:
    page = wizard.page
    page.goto("/goals")
    page.get_by_role("banner").get_by_role("link", name="Create goal").press("Enter")
    wizard.card("Tickets closed").get_by_role("button", name="Set goal").press("Enter")
    wizard.is_at("details")
    page.locator("contributor-picker [role=combobox]").focus()
    page.keyboard.type("cel")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Monthly").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Next: Targets").press("Enter")
    wizard.is_at("targets")
    wizard.field("Celina", 0).focus()
    page.keyboard.type("90")
    page.keyboard.press("Tab")
    page.keyboard.type("95")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next: Notifications").press("Enter")
    wizard.is_at("notifications")
    page.get_by_role("button", name=re.compile("^Publish")).press("Enter")
    expect(page).to_have_url(re.compile(r"/goals(\?|/\d|$)"))
    assert wished("Celina") == [90, 95, None, None]


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("pl", "light")])
def test_axe_finds_nothing_in_any_step(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, pipelines: None, language: Language, theme: Theme
) -> None:
    wizard = Wizard(open_page(language=language, theme=theme))
    sign_in(wizard.page, cast.anna)
    wizard.page.goto("/goals/new")
    assert axe(wizard.page) == []
    wizard.page.locator("button[value=closed]").click()
    wizard.is_at("details").search.fill("celina")
    assert axe(wizard.page) == []
    wizard.search.press("Enter")
    for step in ("targets", "notifications"):
        wizard.page.locator("button[name=next]").click()
        wizard.is_at(step)
        assert axe(wizard.page) == []


def test_no_step_scrolls_to_the_side_on_a_phone(
    open_page: OpenPage, sign_in: SignIn, cast: Cast, pipelines: None
) -> None:
    wizard = Wizard(open_page(language="pl", width=320, height=700))
    sign_in(wizard.page, cast.anna)
    width = "document.documentElement.scrollWidth"
    wizard.page.goto("/goals/new")
    assert wizard.page.evaluate(width) == 320
    wizard.page.locator("button[value=closed]").click()
    wizard.is_at("details").contributes("celina")
    assert wizard.page.evaluate(width) == 320
    for step in ("targets", "notifications"):
        wizard.page.locator("button[name=next]").click()
        wizard.is_at(step)
        assert (step, wizard.page.evaluate(width)) == (step, 320)


def test_s08_a_goal_is_made_from_a_template_or_from_scratch(wizard: Wizard) -> None:
    wizard.page.goto("/goals/new")
    expect(wizard.page.get_by_role("button", name="Set goal")).to_have_count(3)
    expect(wizard.page.get_by_role("button", name="Create from scratch")).to_be_visible()


def test_s09_a_goal_is_built_from_scratch(wizard: Wizard) -> None:
    wizard.page.goto("/goals/new")
    wizard.page.get_by_role("button", name="Create from scratch").click()
    wizard.is_at("measure")
    wizard.page.get_by_label("What is measured").select_option("Full resolution time")
    wizard.page.get_by_label("Aggregation").select_option("90th percentile")
    wizard.next().is_at("details").contributes("Celina").next().is_at("targets").types("Celina", 0, "8 h")
    wizard.next().publishes()
    assert (published().measure["metric"], published().measure["aggregate"]) == ("full_resolution", "p90")
    assert wished("Celina")[0] == 8 * 3600


def test_a_monthly_goal_for_ten_people_takes_at_most_ten_clicks_and_three_acts_for_its_targets(
    wizard: Wizard, cast: Cast
) -> None:
    for number in range(7):
        person = people.create_person(f"Zofia {number}", by=None, now=NOW)
        people.join(person, cast.frontline, since=NOW, by=None, now=NOW)
    page, clicks = wizard.page, 0

    def click(target: Locator) -> None:
        nonlocal clicks
        target.click()
        clicks += 1

    page.goto("/goals")
    click(page.get_by_role("banner").get_by_role("link", name="Create goal"))
    click(wizard.card("Tickets closed").get_by_role("button", name="Set goal"))
    click(wizard.is_at("details").search)
    page.keyboard.type("front")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    click(page.get_by_text("Each person only"))
    expect(page.locator("#summary")).to_contain_text("10 contributors × 12 periods")
    click(page.get_by_role("button", name="Next: Targets"))
    wizard.is_at("targets")
    page.evaluate("navigator.clipboard.writeText(Array(10).fill(Array(12).fill('25').join('\\t')).join('\\n'))")
    # Three acts: a cell, paste, and on.
    click(wizard.field("Bartek", 0))
    page.keyboard.press("Control+v")
    expect(page.locator(".grid-set")).to_contain_text("120 of 120")
    click(page.get_by_role("button", name="Next: Notifications"))
    click(wizard.is_at("notifications").page.get_by_role("button", name=re.compile("^Publish")))
    expect(page).to_have_url(re.compile(r"/goals(\?|/\d|$)"))
    assert clicks <= 10
    assert set(Target.objects.values_list("value", flat=True)) == {25}
    assert Target.objects.count() == 120
