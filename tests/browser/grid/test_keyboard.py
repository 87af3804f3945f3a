"""The whole grid is used by keyboard alone."""

from dataclasses import replace

import pytest

from milepost.web.goals.grid import Pipeline
from tests.browser.grid.conftest import Show
from tests.browser.grid.page import closed, response

pytestmark = pytest.mark.urls("tests.browser.grid.page")


def test_the_grid_is_one_tab_stop_that_remembers_its_cell(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 2)
    sheet.press("Tab")
    assert sheet.active == ""
    sheet.press("Shift+Tab")
    assert sheet.active == "target-person-2-1"
    assert sheet.page.locator("table [tabindex='0']").count() == 1


def test_arrows_home_and_end_move_and_stop_at_the_edges(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 2)
    for keys, field in [
        (("ArrowRight", "ArrowDown"), "target-person-3-2"),
        (("ArrowDown", "ArrowDown"), "target-person-3-2"),
        (("Home",), "target-person-3-0"),
        (("ArrowLeft",), "target-person-3-0"),
        (("End",), "target-person-3-5"),
        (("Control+Home",), "target-team-1-0"),
        (("Control+End",), "target-person-3-5"),
        (("Control+ArrowUp",), "target-team-1-5"),
        (("Control+ArrowLeft",), "target-team-1-0"),
        (("PageDown",), "target-person-3-0"),
        (("PageUp",), "target-team-1-0"),
    ]:
        sheet.press(*keys)
        assert sheet.active == field, keys


def test_typing_replaces_and_enter_goes_down(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 1)
    sheet.type("120")
    sheet.press("Enter")
    sheet.type("1,300")
    sheet.press("Shift+Enter")
    assert sheet.row("Celina")[0] == "120"
    assert sheet.row("Dawid")[0] == "1,300"
    assert sheet.active == "target-person-2-0"
    sheet.type("7")
    sheet.press("Enter")
    assert sheet.row("Celina")[0] == "7"


def test_f2_edits_what_stands_there_and_tab_goes_right(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 1)
    sheet.type("12")
    sheet.press("Tab", "Shift+Tab", "Shift+Tab", "ArrowDown")
    sheet.click("Celina", 1)
    sheet.press("F2", "End")
    sheet.type("5")
    sheet.press("Tab")
    assert sheet.row("Celina")[0] == "125"
    assert sheet.active == "target-person-2-1"


def test_escape_leaves_the_old_value(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 1)
    sheet.type("12")
    sheet.press("Enter", "ArrowUp")
    sheet.type("99")
    sheet.press("Escape")
    assert sheet.row("Celina")[0] == "12"
    assert sheet.active == "target-person-2-0"
    assert sheet.send()["target-person-2-0"] == "12"


def test_what_is_typed_is_told_as_it_is_understood(show: Show) -> None:
    sheet = show(response())
    sheet.click("Celina", 1)
    sheet.type("1:30")
    assert sheet.page.locator(".echo").inner_text() == "1\u00a0h\u00a030"


def test_shift_and_arrows_select_a_block_and_say_its_size(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1)
    sheet.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown")
    assert sheet.selected == 6
    assert sheet.page.locator(".grid-selected").inner_text() == "6 cells (2 × 3)"
    assert sheet.active == "target-person-1-0"
    sheet.press("Shift+ArrowLeft", "Shift+ArrowUp", "Shift+ArrowUp")
    assert sheet.selected == 4


def test_rows_columns_and_all_are_selected_by_keys(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 2)
    sheet.press("Shift+Space")
    assert sheet.selected == 6
    sheet.press("ArrowRight", "Control+Space")
    assert sheet.selected == 4
    sheet.press("Control+a")
    assert sheet.selected == 24


def test_delete_clears_the_block(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1)
    sheet.paste("1\t2\t3\n4\t5\t6")
    sheet.click("Bartek", 2, to=("Celina", 3))
    sheet.press("Delete")
    assert sheet.row("Bartek")[:3] == ["1", "", ""]
    assert sheet.row("Celina")[:3] == ["4", "", ""]


def test_control_d_and_r_fill(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Frontline", 1)
    sheet.type("8")
    sheet.press("Enter", "ArrowUp", "Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    assert [sheet.row(name)[0] for name in ("Frontline", "Bartek", "Celina", "Dawid")] == ["8", "8", "8", ""]
    sheet.press("Shift+ArrowRight", "Control+r")
    assert sheet.row("Celina")[:3] == ["8", "8", ""]


def test_one_cell_is_filled_from_the_one_above_and_the_one_before(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1)
    sheet.type("8")
    sheet.press("Enter", "Control+d")
    assert sheet.row("Celina")[0] == "8"
    sheet.press("ArrowRight", "Control+r")
    assert sheet.row("Celina")[1] == "8"


def test_every_step_is_undone_and_done_again(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1)
    sheet.paste("1\t2\n3\t4")
    sheet.press("Control+a", "Delete")
    assert sheet.page.get_by_role("button", name="Undo").get_attribute("title") == "Undo: clearing"
    sheet.press("Control+z")
    assert sheet.said == "Undone: clearing."
    assert sheet.row("Celina")[:2] == ["3", "4"]
    sheet.press("Control+z")
    assert sheet.row("Celina")[:2] == ["", ""]
    sheet.press("Control+y")
    assert sheet.row("Celina")[:2] == ["3", "4"]
    sheet.press("Control+Shift+z")
    assert sheet.row("Celina")[:2] == ["", ""]
    assert sheet.page.get_by_role("button", name="Redo").is_disabled()


def test_a_new_step_ends_what_could_be_done_again(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1)
    sheet.paste("1")
    sheet.press("Control+z")
    sheet.paste("2")
    sheet.press("Control+y")
    assert sheet.row("Bartek")[0] == "2"


def test_space_ticks_rows_and_apply_targets_works_by_keys(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Bartek", 1, to=("Celina", 1))
    sheet.press("Space")
    assert sheet.said == "2 rows ticked"
    sheet.page.locator("summary", has_text="Apply targets").focus()
    sheet.press("Enter")
    sheet.page.locator("#grid-amount:focus").wait_for()
    sheet.type("40")
    sheet.press("Enter")
    assert sheet.row("Bartek") == sheet.row("Celina") == ["40"] * 6
    assert sheet.row("Dawid") == [""] * 6
    assert sheet.active == "target-person-1-0"


def test_the_pipelines_of_a_row_open_by_keys(show: Show) -> None:
    pipelines = [Pipeline("support", "Support"), Pipeline("technical", "Technical")]
    sheet = show(replace(closed(), pipelines=pipelines))
    sheet.click("Celina", 1)
    sheet.press("Alt+ArrowDown", "Tab", "Space", "Escape")
    assert sheet.active == "target-person-2-0"
    assert sheet.page.locator("tr[data-name^=Celina] summary").inner_text() == "Technical"
    assert sheet.send()["pipelines-person-2"] == "technical"


def test_focus_is_never_under_the_headings(show: Show) -> None:
    sheet = show(closed(), width=520, height=420)
    sheet.press("Tab")
    sheet.click("Dawid", 1)
    sheet.press("End", "Control+ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    covered = "element => { const box = element.getBoundingClientRect();"
    covered += " return element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }"
    assert sheet.page.locator("td.active").evaluate(covered)
