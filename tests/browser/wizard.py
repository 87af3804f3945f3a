"""Somebody who makes a goal in a browser, in the words of the pages."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

STEPS: Final = ("template", "details", "targets", "notifications")


class Wizard:
    """The four steps."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def begin(self, template: str = "Tickets closed") -> "Wizard":
        """From the overview to the details of a template."""
        self.page.goto("/goals")
        self.page.get_by_role("banner").get_by_role("link", name="Create goal").click()
        self.card(template).get_by_role("button", name="Set goal").click()
        return self.is_at("details")

    def card(self, template: str) -> Locator:
        """The card of a template."""
        return self.page.get_by_role("article", name=template)

    def is_at(self, step: str) -> "Wizard":
        """The page is that of this step, with its scripts."""
        expect(self.page).to_have_url(re.compile(f"/goals/new/[0-9a-f-]+/{step}"))
        self.page.wait_for_load_state()
        return self

    def contributes(self, *names: str) -> "Wizard":
        """People and teams are searched and chosen by keyboard."""
        search = self.search
        for name in names:
            search.fill(name)
            search.press("Enter")
        search.press("Escape")
        return self

    @property
    def search(self) -> Locator:
        """The field in which contributors are searched."""
        return self.page.locator("contributor-picker [role=combobox]")

    @property
    def chosen(self) -> list[str]:
        """Who was chosen."""
        return [text.removesuffix("×").strip() for text in self.page.locator(".tokens li").all_inner_texts()]

    def lasts(self, duration: str) -> "Wizard":
        """A duration is chosen."""
        self.page.get_by_role("radio", name=duration).check(force=True)
        return self

    def next(self) -> "Wizard":
        """The button that leads on."""
        self.page.get_by_role("button", name=re.compile("^Next")).click()
        return self

    def to_targets(self, *names: str) -> "Wizard":
        """With these contributors to the grid."""
        return self.begin().contributes(*names).next().is_at("targets")

    def cell(self, name: str, milestone: str) -> Locator:
        """A cell of the grid."""
        return self.page.get_by_role("gridcell", name=re.compile(f"{name}.*{milestone}|{milestone}.*{name}"))

    def types(self, name: str, ordinal: int, text: str) -> "Wizard":
        """A value is typed into a cell."""
        self.field(name, ordinal).click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        return self

    def field(self, name: str, ordinal: int) -> Locator:
        """The field of a cell."""
        return self.row(name).locator("td.cell").nth(ordinal)

    def row(self, name: str) -> Locator:
        """The row of a contributor."""
        return self.page.locator(f'target-grid tr[data-name="{name}"]')

    def values(self, name: str) -> list[str]:
        """What stands in a row."""
        return [one.input_value() for one in self.row(name).locator("td.cell input").all()]

    def ticks(self, *names: str) -> "Wizard":
        """Rows are ticked."""
        for name in names:
            self.row(name).locator(".tick-cell input").check(force=True)
        return self

    def publishes(self) -> None:
        """The last step, and the way back to the overview."""
        self.page.get_by_role("button", name=re.compile("^Publish")).click()
        expect(self.page).to_have_url(re.compile(r"/goals/\d+(\?.*)?$"))
