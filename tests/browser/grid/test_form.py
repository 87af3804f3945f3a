"""The grid is a form: what is sent is the same with and without its script."""

from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.web.goals.grid import Cell, Earlier, Grid, Pipeline
from tests.browser.axe import axe
from tests.browser.conftest import OpenPage, Theme
from tests.browser.grid.conftest import Show
from tests.browser.grid.page import SHOWN, closed, response

pytestmark = pytest.mark.urls("tests.browser.grid.page")

PIPELINES = [Pipeline("support", "Support"), Pipeline("technical", "Technical")]


def test_without_scripts_the_fields_are_filled_and_sent(show: Show) -> None:
    sheet = show(response(pipelines=PIPELINES), scripts=False)
    sheet.page.get_by_label("Celina Dąbrowska, March 2027").fill("1:30")
    sheet.page.locator("tr[data-row=person-2] summary").click()
    sheet.page.locator("tr[data-row=person-2]").get_by_label("Support").check()
    sheet.send()
    assert SHOWN.grid.values["person-2", 2] == 5400
    assert SHOWN.grid.rows[2].pipelines == {"support"}
    assert sheet.page.get_by_label("Celina Dąbrowska, March 2027").input_value() == "1\u00a0h\u00a030"


def test_without_scripts_a_mistake_stands_below_its_field(show: Show) -> None:
    sheet = show(response(), scripts=False)
    field = sheet.page.get_by_label("Celina Dąbrowska, March 2027")
    field.fill("lots")
    sheet.send()
    assert field.input_value() == "lots"
    assert field.get_attribute("aria-invalid") == "true"
    described = sheet.page.locator(f"id={field.get_attribute('aria-describedby')}")
    assert described.inner_text() == "“lots” is not a duration. Try 48, 1:30 or 1 h 30."
    assert sheet.alert == "1 target needs a look."


def test_the_same_form_is_sent_with_and_without_the_script(show: Show) -> None:
    cells = {("person-1", 0): Cell(Decimal(2880)), ("person-2", 3): Cell(Decimal(5415))}
    grid = response(cells=cells, pipelines=PIPELINES)
    token = "csrfmiddlewaretoken"
    with_script = {name: value for name, value in show(grid).send().items() if name != token}
    without = {name: value for name, value in show(grid, scripts=False).send().items() if name != token}
    assert with_script == without
    assert with_script["target-person-2-3"] == "1\u00a0h\u00a030\u00a0min\u00a015\u00a0s"


def test_what_is_being_typed_is_sent_too(show: Show) -> None:
    sheet = show(response())
    sheet.click("Celina", 1)
    sheet.type("45")
    assert sheet.send()["target-person-2-0"] == "45\u00a0min"


def test_enter_in_the_grid_never_sends_the_form(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 1)
    sheet.type("4")
    sheet.press("Enter", "Enter", "Enter")
    assert SHOWN.sent == []


def test_a_mistake_stays_in_the_editor_until_it_is_mended(show: Show) -> None:
    sheet = show(response())
    sheet.click("Celina", 1)
    sheet.type("lots")
    sheet.press("Enter")
    assert sheet.alert == "“lots” is not a duration. Try 48, 1:30 or 1 h 30."
    field = sheet.page.locator("td.editing input")
    assert field.get_attribute("aria-invalid") == "true"
    assert sheet.page.locator(f"id={field.get_attribute('aria-describedby')}").inner_text() == sheet.alert
    sheet.press("Control+a")
    sheet.type("48")
    sheet.press("Enter")
    assert sheet.row("Celina")[0] == "48 min"
    assert sheet.alert == ""


def test_a_mistake_left_behind_stays_beside_its_cell(show: Show) -> None:
    sheet = show(response())
    sheet.click("Celina", 1)
    sheet.type("lots")
    sheet.click("Dawid", 3)
    cell = sheet.cell("Celina", 1)
    assert cell.get_attribute("aria-invalid") == "true"
    told = sheet.page.locator(f"id={cell.get_attribute('aria-describedby')}")
    assert told.text_content() == "“lots” is not a duration. Try 48, 1:30 or 1 h 30."
    assert sheet.alert == "1 target needs a look."
    sheet.page.get_by_role("button", name="Go to the next").click()
    assert sheet.active == "target-person-2-0"
    assert told.is_visible()
    sheet.press("Delete")
    assert sheet.alert == ""
    assert cell.get_attribute("aria-invalid") is None


def test_a_mistake_that_the_server_found_is_shown_in_its_cell(show: Show) -> None:
    mistake = "Enter between 1 s and 10,000 h."
    sheet = show(response(cells={("person-2", 0): Cell(text="20000 h", mistake=mistake)}))
    cell = sheet.cell("Celina", 1)
    assert cell.locator(".value").inner_text() == "20000 h"
    assert cell.locator(".mistake").text_content() == mistake
    assert sheet.alert == "1 target needs a look."


def test_a_grid_without_rows_says_what_to_do(open_page: OpenPage) -> None:
    SHOWN.grid = replace(closed(), rows=[])
    page = open_page()
    page.goto("/")
    assert page.get_by_text("Add people or teams first.").is_visible()


def test_in_polish_the_grid_speaks_polish(show: Show) -> None:
    sheet = show(response(), language="pl")
    assert sheet.page.get_attribute("html", "lang") == "pl"
    sheet.click("Celina", 1)
    sheet.paste("1,5 h\t2,5\t3\t4\t5")
    assert sheet.row("Celina")[:2] == ["1 h 30", "2 min 30 s"]


@pytest.fixture
def everything() -> Grid:
    """A grid with a mistake, a locked month, pipelines and a period before."""
    columns = [replace(column, locked=column.ordinal == 1) for column in closed().columns]
    cells = {("person-1", 0): Cell(Decimal(2880)), ("person-2", 0): Cell(text="lots", mistake="Try 48.")}
    earlier = {kind: {("person-1", 0): Decimal(2473)} for kind in Earlier}
    return response(cells=cells, columns=columns, pipelines=PIPELINES, earlier=earlier)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_whatever_is_open(show: Show, everything: Grid, theme: Theme) -> None:
    sheet = show(everything, theme=theme)
    sheet.click("Bartek", 1, to=("Celina", 3))
    sheet.press("Space")
    assert axe(sheet.page) == []
    sheet.tool("Apply targets")
    assert axe(sheet.page) == []
    sheet.click("Bartek", 3)
    sheet.type("x")
    assert axe(sheet.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_plain_form(open_page: OpenPage, everything: Grid, theme: Theme) -> None:
    SHOWN.grid = everything
    page = open_page(theme=theme)
    # Axe is a script, so scripts are on; only ours is empty.
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/")
    assert page.locator("[data-ready]").count() == 0
    assert axe(page) == []
