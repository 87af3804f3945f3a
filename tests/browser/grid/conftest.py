"""The grid on a page: cells by the name of their row and the number of their month, keys, and what is said."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import pytest
from playwright.sync_api import Locator, Page

from milepost.web.goals.grid import Grid
from tests.browser.conftest import OpenPage
from tests.browser.grid.page import SHOWN


class Sheet:
    """A grid as somebody sees and uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def cell(self, row: str, month: int) -> Locator:
        """A cell; months from 1."""
        return self.page.locator(f"tr[data-name^='{row}'] td.cell").nth(month - 1)

    def row(self, row: str) -> list[str]:
        """What stands in the cells of a row."""
        values = self.page.locator(f"tr[data-name^='{row}'] td.cell .value").all_inner_texts()
        return [value.replace("\u00a0", " ") for value in values]

    def click(self, row: str, month: int, *, to: tuple[str, int] | None = None) -> None:
        """Select a cell, or a block to another."""
        self.cell(row, month).click()
        if to:
            self.cell(*to).click(modifiers=["Shift"])

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type text."""
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        """Paste what a spreadsheet has put on the clipboard."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.press("Control+v")

    def tick(self, *rows: str) -> None:
        """Tick rows with the mouse."""
        for row in rows:
            self.page.get_by_label(f"Tick {row}").check()

    def tool(self, name: str) -> None:
        """Open one of the tools."""
        self.page.locator("summary.button", has_text=name).click()

    def do(self, name: str) -> None:
        """Press the button in the open tool."""
        self.page.locator("details[open] .pop").get_by_role("button", name=name).click()

    @property
    def active(self) -> str:
        """The field of the cell that has the focus."""
        return str(self.page.evaluate("document.activeElement.querySelector('input')?.name ?? ''"))

    @property
    def selected(self) -> int:
        """How many cells are selected."""
        return self.page.locator("td[aria-selected=true]").count()

    @property
    def said(self) -> str:
        """What was said last."""
        return self.page.locator(".grid-said").inner_text()

    @property
    def alert(self) -> str:
        """What is wrong."""
        return self.page.locator("target-grid [role=alert]").inner_text()

    def send(self) -> Mapping[str, Any]:
        """Send the form, and what the server got."""
        self.page.get_by_role("button", name="Next", exact=True).click()
        self.page.wait_for_load_state()
        return SHOWN.sent[-1].dict()


class Show(Protocol):
    """Opens a page with a grid."""

    def __call__(self, grid: Grid, **how: Any) -> Sheet: ...


@pytest.fixture
def show(open_page: OpenPage) -> Iterator[Show]:
    """Shows a grid on a page, in a language and a theme; ready to use unless without scripts."""

    def shown(grid: Grid, **how: Any) -> Sheet:
        SHOWN.grid = grid
        page = open_page(**how)
        page.goto("/")
        if how.get("scripts", True):
            page.locator("target-grid[data-ready]").wait_for()
        return Sheet(page)

    yield shown
    SHOWN.sent.clear()
