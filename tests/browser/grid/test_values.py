"""The browser reads, judges and shows values exactly as the server does."""

import math
from dataclasses import asdict
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from playwright.sync_api import Page

from milepost.base.errors import Refused
from milepost.formats import numbers, parse
from milepost.formats.values import narrow_value
from milepost.metrics.metric import Unit
from milepost.web.goals.grid import Grid
from tests.browser.grid.conftest import Show
from tests.browser.grid.page import closed, response

pytestmark = pytest.mark.urls("tests.browser.grid.page")

TYPED = (
    *("48", "48m", "48 min", "48min.", "90 s", "1:30", "0:05", "1:75", "1:30:15", "24:00", "1h30", "1 h 30", "1h 5"),
    *("1 h 30 min", "1 h 30 min 15 s", "2h 30m", "1.5h", "1,5 h", "1 godz. 30 min", "2 godziny", "3 minuty", "5 sek."),
    *("1,234 h", "12 345 h", "2,842 h 27", "2\u00a0842\u00a0h\u00a027", "1\u202f234", "2,5", "0:00", "0", "00", "1 g"),
    *("lots", "", "  ", "1 h 1 h", "-5", "−5", "1.2.3", "5 days", "h", "1:30 min", "9" * 50, "1 2 3", "1h30s", "30s1h"),
    *("0.5 s", "1.5 s", "1.00125 h", "0,0001 h", ".5", ",5", "5.", "1e3", "1,234.5", "1.234,5", "²", "1\t2"),
    *("277777777 h", "277777778 h", "277777777:46:39", "277777777:46:40", "999999999999,6 s", "1000000000000 s"),
    *("1234", "1,234", "1 234", "1.234", "1'234", "1’234", "1,23", "01,234", "1.5", "twelve", "1,234,567", "1,234.567"),
    *("92", "92%", "92 %", "92,5", "92.55555", "101", "100", "%", "1 000", "most", "1000000000", "1000000001"),
)
PIECES = ("1", "30", "234", "0", " ", " ", ":", ",", ".", "h", "min", "m", "s", "godz.", "%", "'", "\u00a0")


def variations(count: int) -> list[str]:
    """Texts put together from what values are made of; always the same ones."""
    random = Random(2027)  # noqa: S311 - nothing is kept secret by it
    return ["".join(random.choices(PIECES, k=random.randint(1, 7))) for _number in range(count)]


def read_by_browser(page: Page, texts: list[str], unit: Unit, bare: int) -> list[float | None]:
    """What the script makes of each text."""
    found: list[float | None] = page.evaluate(
        """async ([texts, unit, bare]) => {
            const values = await import("/static/js/grid/values.js");
            return texts.map((text) => values.parse(text, unit, bare));
        }""",
        [texts, unit.value, bare],
    )
    return [None if value is not None and math.isnan(value) else value for value in found]


def read_by_server(text: str, unit: Unit, bare: int) -> float | None:
    """What the server makes of a text; nothing of what it refuses or of a blank."""
    try:
        value = parse.duration(text, bare=bare) if unit is Unit.DURATION else parse.value(text, unit)
    except Refused:
        return None
    return float(value)


@pytest.mark.parametrize("unit", [Unit.TICKETS, Unit.DURATION, Unit.SHARE, Unit.POINTS])
@pytest.mark.parametrize("bare", [parse.MINUTE, parse.HOUR])
def test_what_is_typed_is_read_alike(show: Show, unit: Unit, bare: int) -> None:
    page = show(closed()).page
    texts = [*TYPED, *variations(3000)]
    browser = read_by_browser(page, texts, unit, bare)
    differing = {
        text: (read, told)
        for text, read in zip(texts, browser, strict=True)
        if read != (told := read_by_server(text, unit, bare))
    }
    assert differing == {}
    assert sum(value is not None for value in browser) > 50


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("unit", [Unit.TICKETS, Unit.DURATION, Unit.SHARE])
def test_values_are_shown_alike(show: Show, unit: Unit, language: str) -> None:
    page = show(closed()).page
    values = [*range(0, 4000, 7), 59, 60, 61, 3599, 3600, 3601, 36_000_000, 999, 1000, 9999, 10_000, 1_234_567]
    parts = [value / 10 for value in range(1001)] if unit is Unit.SHARE else []
    with translation.override(language):
        marks = asdict(numbers.marks())
        told = [narrow_value(Decimal(str(value)), unit) for value in values + parts]
    shown = page.evaluate(
        """async ([all, unit, marks]) => {
            const values = await import("/static/js/grid/values.js");
            return all.map((value) => values.show(value, unit, marks));
        }""",
        [values + parts, unit.value, marks],
    )
    assert shown == told


@pytest.mark.parametrize("grid", [closed(), response()], ids=["tickets", "durations"])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_same_is_refused_with_the_same_sentence(show: Show, grid: Grid, language: Any) -> None:
    sheet = show(grid, language=language)
    browser = sheet.page.evaluate(
        "texts => texts.map((text) => document.querySelector('target-grid').typed(text).mistake)", list(TYPED)
    )
    with translation.override(language):
        server = [mistake(grid, text) for text in TYPED]
    differing = {text: (said, told) for text, said, told in zip(TYPED, browser, server, strict=True) if said != told}
    assert differing == {}
    assert any(browser)


def mistake(grid: Grid, text: str) -> str:
    """What the server says of a text in a cell."""
    form = QueryDict(mutable=True)
    form["target-person-1-0"] = text
    return grid.posted(form).cell("person-1", 0).mistake
