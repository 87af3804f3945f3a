"""What the mouse does; every act has a key or a button too."""

import pytest

from tests.browser.grid.conftest import Sheet, Show
from tests.browser.grid.page import closed

pytestmark = pytest.mark.urls("tests.browser.grid.page")


def drag(sheet: Sheet, *, start: tuple[float, float], to: tuple[str, int]) -> None:
    """Press at a point, and let go over a cell."""
    sheet.page.mouse.move(*start)
    sheet.page.mouse.down()
    box = sheet.cell(*to).bounding_box()
    assert box is not None
    sheet.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    sheet.page.mouse.up()


def middle(sheet: Sheet, row: str, month: int) -> tuple[float, float]:
    """The middle of a cell."""
    box = sheet.cell(row, month).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def handle(sheet: Sheet) -> tuple[float, float]:
    """The middle of the fill handle."""
    box = sheet.page.locator(".fill-handle").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_drag_selects_a_block(show: Show) -> None:
    sheet = show(closed())
    drag(sheet, start=middle(sheet, "Bartek", 2), to=("Dawid", 4))
    assert sheet.selected == 9
    assert sheet.active == "target-person-1-1"


def test_a_press_on_a_heading_selects_its_column_or_row(show: Show) -> None:
    sheet = show(closed())
    sheet.page.locator("th.milestone").nth(2).click()
    assert sheet.selected == 4
    sheet.page.locator("th.milestone").nth(3).click(modifiers=["Shift"])
    assert sheet.selected == 8
    sheet.page.locator("tr[data-name^=Celina] th").click()
    assert sheet.selected == 6


def test_a_drag_of_the_handle_fills_down_and_is_one_step(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Frontline", 1)
    sheet.paste("5")
    drag(sheet, start=handle(sheet), to=("Celina", 1))
    assert [sheet.row(name)[0] for name in ("Frontline", "Bartek", "Celina", "Dawid")] == ["5", "5", "5", ""]
    sheet.press("Control+z")
    assert [sheet.row(name)[0] for name in ("Frontline", "Bartek", "Celina")] == ["5", "", ""]


def test_a_drag_of_the_handle_repeats_a_block_in_its_order(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 1)
    sheet.paste("1\t2")
    sheet.click("Celina", 1, to=("Celina", 2))
    drag(sheet, start=handle(sheet), to=("Celina", 5))
    assert sheet.row("Celina") == ["1", "2", "1", "2", "1", ""]


def test_a_drag_of_the_handle_fills_towards_the_start(show: Show) -> None:
    sheet = show(closed())
    sheet.click("Celina", 5)
    sheet.paste("1\t2")
    sheet.click("Celina", 5, to=("Celina", 6))
    drag(sheet, start=handle(sheet), to=("Celina", 2))
    assert sheet.row("Celina") == ["", "2", "1", "2", "1", "2"]


def test_a_double_click_edits(show: Show) -> None:
    sheet = show(closed())
    sheet.cell("Celina", 1).dblclick()
    sheet.type("9")
    sheet.click("Dawid", 1)
    assert sheet.row("Celina")[0] == "9"
    assert sheet.active == "target-person-3-0"


def test_every_month_is_named_above_its_cells(show: Show) -> None:
    sheet = show(closed())
    names = sheet.page.locator("th.milestone")
    assert names.count() == 6
    for month in range(1, 7):
        name, cell = names.nth(month - 1).bounding_box(), sheet.cell("Celina", month).bounding_box()
        assert name is not None
        assert cell is not None
        assert (name["x"], name["width"]) == pytest.approx((cell["x"], cell["width"]), abs=1)
