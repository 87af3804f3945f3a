"""Measures the grid of targets in Chromium: opening it, pasting into all of it, and one arrow. `make bench` calls it.

The grid of 200 contributors in 52 weeks is compared with one of a single cell, so that the machine matters less.
"""

import os
import statistics
import time
from collections.abc import Callable
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django
from django.conf import settings

django.setup()
settings.ROOT_URLCONF = "tests.browser.grid.page"

# Models and pages can be imported only from here on.
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from milepost.web.goals.grid import Column, Grid, Row  # noqa: E402
from tests.browser.conftest import CHROMIUM  # noqa: E402
from tests.browser.grid.page import SHOWN, closed  # noqa: E402

ROUNDS = 5
ARROWS = 60
PASTE = """([rows, columns]) => {
    const data = new DataTransfer();
    data.setData("text/plain", Array(rows).fill(Array(columns).fill("120").join("\\t")).join("\\n"));
    const cell = document.querySelector("td.active");
    const began = performance.now();
    cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    document.body.offsetHeight;
    return performance.now() - began;
}"""
ARROW = """(times) => {
    const keys = Array.from({ length: times }, (_, step) => (step % 2 ? "ArrowDown" : "ArrowRight"));
    const spans = keys.map((key) => {
        const began = performance.now();
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        document.body.offsetHeight;
        return performance.now() - began;
    });
    return spans.sort((one, other) => one - other)[Math.floor(times / 2)];
}"""


class Server(ThreadingMixIn, WSGIServer):
    """Serves while Chromium asks for several files at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing."""


def grid(rows: int, columns: int) -> Grid:
    """An empty grid of a size."""
    people = [Row(f"person-{number}", f"Person {number}", initials="P") for number in range(rows)]
    weeks = [Column(number, f"W{number + 1}", f"Week {number + 1}") for number in range(columns)]
    return closed(rows=people, columns=weeks)


def measured(page: Page, address: str, rows: int, columns: int) -> dict[str, float]:
    """Milliseconds of each act, the median of some rounds."""
    SHOWN.grid = grid(rows, columns)
    rounds = [one_round(page, address, rows, columns) for _round in range(ROUNDS)]
    return {act: statistics.median(each[act] for each in rounds) for act in rounds[0]}


def one_round(page: Page, address: str, rows: int, columns: int) -> dict[str, float]:
    """Open the page, press arrows, paste into every cell."""
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.locator("target-grid[data-ready]").wait_for()
    opened = (time.monotonic() - began) * 1000
    page.locator("td.active").focus()
    arrow = page.evaluate(ARROW, ARROWS)
    page.keyboard.press("Control+Home")
    return {"load": opened, "paste of all": page.evaluate(PASTE, [rows, columns]), "one arrow": arrow}


def in_chromium(measure: Callable[[Page], None]) -> None:
    """Run with a page of a new browser."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        measure(browser.new_page())
        browser.close()


def main() -> None:
    """Print each act on the large grid, and how many times as long as on a single cell it takes."""
    application = StaticFilesHandler(get_wsgi_application())
    with make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"

        def measure(page: Page) -> None:
            single = measured(page, address, 1, 1)
            large = measured(page, address, 200, 52)
            print("grid of 200 contributors in 52 weeks")
            for act, took in large.items():
                print(f"{act:16} {took:8.1f} ms {took / max(single[act], 0.1):7.1f} times a single cell")

        in_chromium(measure)
        server.shutdown()


if __name__ == "__main__":
    main()
