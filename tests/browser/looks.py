"""What is asked of every page however it is looked at: axe finds nothing in it, and nothing of it sticks out."""

from collections.abc import Iterable
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.axe import axe

# Both languages and both themes, in half as many tests.
LOOKS: Final = pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
LANGUAGES: Final = pytest.mark.parametrize("language", ["en", "pl"])


def axe_finds_nothing(page: Page, addresses: Iterable[str]) -> None:
    """Look at each of these pages by the rules of axe."""
    for address in addresses:
        page.goto(address)
        assert axe(page) == [], address


def nothing_sticks_out(page: Page, addresses: Iterable[str]) -> None:
    """No page of these is wider than its window."""
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
