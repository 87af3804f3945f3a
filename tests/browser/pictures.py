"""Pictures of pages for the documentation: kept where MILEPOST_PICTURES names a folder, as `make pictures` does."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import Language


def picture(page: Page, name: str, language: Language) -> None:
    """Keep what is seen of the page, if pictures are wanted."""
    folder = os.environ.get("MILEPOST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.{language}.png")
