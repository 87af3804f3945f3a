"""The buttons above the grid act on ticked rows, or on the selection."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from milepost.web.goals.grid import Cell, Earlier, Grid, Pipeline
from tests.browser.grid.conftest import Show
from tests.browser.grid.page import closed, response

pytestmark = pytest.mark.urls("tests.browser.grid.page")

PIPELINES = [Pipeline("support", "Support"), Pipeline("technical", "Technical")]


def locked(grid: Grid, *months: int) -> Grid:
    """The grid with some months over."""
    columns = [replace(column, locked=column.ordinal + 1 in months) for column in grid.columns]
    return replace(grid, columns=columns)


def last_year(grid: Grid, value: int) -> dict[tuple[str, int], Decimal]:
    """The same value everywhere, a year ago."""
    return {(row.key, column.ordinal): Decimal(value) for row, column in product(grid.rows, grid.columns)}


def test_apply_targets_sets_every_milestone_of_the_ticked_rows(show: Show) -> None:
    sheet = show(response())
    sheet.tick("Bartek", "Dawid")
    sheet.tool("Apply targets")
    sheet.page.get_by_label("Amount").fill("1,5 h")
    sheet.do("Apply")
    assert sheet.row("Bartek") == sheet.row("Dawid") == ["1 h 30"] * 6
    assert sheet.row("Celina") == [""] * 6
    assert sheet.said == "12 cells changed."
    sheet.press("Control+z")
    assert sheet.row("Bartek") == [""] * 6


def test_apply_targets_can_keep_to_the_selected_milestones(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 2, to=("Celina", 3))
    sheet.tool("Apply targets")
    sheet.page.get_by_label("Amount").fill("40")
    sheet.page.get_by_label("Selected milestones only").check()
    sheet.do("Apply")
    assert sheet.row("Bartek") == sheet.row("Celina") == ["", "40", "40", "", "", ""]


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("lots", "“lots” is not a duration. Try 48, 1:30 or 1 h 30."),
        ("0", "A target of 0 cannot be reached or missed. Leave it empty instead."),
        ("12000 h", "Enter between 1 s and 10,000 h."),
        ("", "Enter an amount."),
    ],
)
def test_an_amount_that_cannot_be_a_target_is_refused_beside_its_field(show: Show, amount: str, sentence: str) -> None:
    sheet = show(response())
    sheet.tool("Apply targets")
    field = sheet.page.get_by_label("Amount")
    field.fill(amount)
    sheet.do("Apply")
    assert sheet.page.locator("#grid-amount-mistake").inner_text() == sentence
    assert field.get_attribute("aria-invalid") == "true"
    assert sheet.row("Frontline") == [""] * 6


def test_apply_pipelines_chooses_for_the_ticked_rows_in_one_step(show: Show) -> None:
    sheet = show(closed(pipelines=PIPELINES))
    sheet.tick("Bartek", "Celina")
    sheet.tool("Apply pipelines")
    sheet.page.locator(".pop").get_by_label("Support").check()
    sheet.do("Apply")
    names = sheet.page.locator("td.pipelines summary")
    assert names.all_inner_texts() == ["All pipelines", "Support", "Support", "All pipelines"]
    sheet.press("Control+z")
    assert names.all_inner_texts() == ["All pipelines"] * 4
    sheet.press("Control+y")
    sent = sheet.send()
    assert sent["pipelines-person-1"] == "support"
    assert "pipelines-person-3" not in sent


def test_the_results_of_the_last_period_are_copied_into_all_empty_cells(show: Show) -> None:
    grid = response(cells={("person-1", 0): Cell(Decimal(600))})
    sheet = show(replace(grid, earlier={Earlier.ACTUALS: last_year(grid, 2473)}))
    sheet.tool("Copy last period")
    sheet.do("Its results")
    assert sheet.row("Bartek") == ["10 min"] + ["41 min"] * 5
    assert sheet.said == "23 cells changed."


def test_the_targets_of_the_last_period_are_copied_into_the_ticked_rows(show: Show) -> None:
    grid = closed()
    sheet = show(replace(grid, earlier={Earlier.TARGETS: last_year(grid, 120)}))
    sheet.tick("Celina")
    sheet.tool("Copy last period")
    assert sheet.page.get_by_role("button", name="Its results").count() == 0
    sheet.do("Its targets")
    assert sheet.row("Celina") == ["120"] * 6
    assert sheet.row("Dawid") == [""] * 6


@pytest.mark.parametrize(("percent", "raised"), [("10", "55"), ("2,5", "51"), ("-10", "45"), ("−50", "25")])
def test_the_selection_is_raised_by_percent_and_rounded(show: Show, percent: str, raised: str) -> None:
    sheet = show(closed(cells={("person-1", 0): Cell(Decimal(50))}))
    sheet.click("Bartek", 1, to=("Celina", 2))
    sheet.tool("Raise by percent")
    sheet.page.get_by_label("Percent").fill(percent)
    sheet.do("Apply")
    assert sheet.row("Bartek")[:2] == [raised, ""]
    assert sheet.said == "1 cell changed."


@pytest.mark.parametrize("percent", ["lots", "", "-95", "1000"])
def test_an_impossible_percentage_is_refused(show: Show, percent: str) -> None:
    sheet = show(closed(cells={("team-1", 0): Cell(Decimal(50))}))
    sheet.tool("Raise by percent")
    sheet.page.get_by_label("Percent").fill(percent)
    sheet.do("Apply")
    assert sheet.page.locator("#grid-percent-mistake").inner_text() == "Enter a percentage between −90 and 900."
    assert sheet.row("Frontline")[0] == "50"


def test_a_locked_month_stays_whatever_is_done(show: Show) -> None:
    sheet = show(locked(closed(cells={("person-1", 0): Cell(Decimal(50))}), 1))
    sheet.click("Bartek", 1)
    sheet.type("7")
    assert sheet.alert == "January 2027 has ended, so its targets are locked."
    sheet.press("ArrowRight", "ArrowLeft")
    assert sheet.alert == ""
    sheet.paste("7\t8")
    assert sheet.row("Bartek")[:2] == ["50", "8"]
    assert sheet.said == "1 cell changed. 1 locked cell was left as it was."
    sheet.press("Shift+Space", "Delete")
    assert sheet.row("Bartek")[:2] == ["50", ""]
    assert sheet.cell("Bartek", 1).get_attribute("aria-readonly") == "true"


def test_all_rows_are_ticked_at_once(show: Show) -> None:
    sheet = show(closed())
    sheet.page.get_by_label("Tick all rows").check()
    assert sheet.page.locator(".grid-selected").inner_text() == "4 rows ticked"
    sheet.page.get_by_label("Tick Dawid").uncheck()
    assert sheet.page.get_by_label("Tick all rows").evaluate("box => box.indeterminate")


def test_fill_buttons_do_what_their_keys_do(show: Show) -> None:
    sheet = show(closed(cells={("person-1", 0): Cell(Decimal(5))}))
    sheet.click("Bartek", 1, to=("Dawid", 2))
    sheet.page.get_by_role("button", name="Fill right").click()
    sheet.page.get_by_role("button", name="Fill down").click()
    assert sheet.row("Dawid")[:2] == ["5", "5"]


def test_a_tool_closes_with_escape_and_gives_the_focus_back(show: Show) -> None:
    sheet = show(closed())
    sheet.tool("Apply targets")
    sheet.page.locator("#grid-amount:focus").wait_for()
    sheet.press("Escape")
    assert sheet.page.locator(".pop:visible").count() == 0
    assert sheet.page.evaluate("document.activeElement.textContent.trim()") == "Apply targets"


def test_a_team_tells_that_it_has_no_target_and_that_its_people_make_another(show: Show) -> None:
    sheet = show(closed())
    badges = sheet.page.locator("tr[data-team] .tag:visible")
    assert badges.all_inner_texts() == ["Not set"]
    sheet.click("Frontline", 1)
    sheet.paste("60\n10\n20\n30")
    assert badges.all_inner_texts() == []
    sheet.click("Dawid", 1)
    sheet.paste("31")
    assert badges.all_inner_texts() == ["Mismatch"]
