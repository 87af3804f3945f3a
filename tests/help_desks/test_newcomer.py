"""Somebody new, with the README alone: from a fresh data folder to a goal that an answer in Request Tracker moves.

`docs/guide/first-help-desk.md` tells the same; its pictures are taken here.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import PATIENCE, chromium, complaints
from tests.browser.pictures import picture
from tests.browser.wizard import Wizard
from tests.help_desks.conftest import RequestTracker

__all__ = ["chromium", "complaints"]

pytestmark = pytest.mark.help_desk
MILEPOST: Final = str(Path(sys.executable).with_name("milepost"))
PASSWORD: Final = "nobody-guesses-this"
FIVE_MINUTES: Final = 300


@pytest.fixture
def milepost(tmp_path: Path) -> Iterator[str]:
    """What the README says, in a folder of its own; the address that `milepost up` prints."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = os.environ | {"MILEPOST_DATA": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"}
    adding = [MILEPOST, "create-admin", "gosia@example.org", "--name", "Gosia"]
    subprocess.run(adding, input=f"{PASSWORD}\n", text=True, env=environment, capture_output=True, check=True)
    with (tmp_path / "log").open("w") as log:
        up = subprocess.Popen([MILEPOST, "up", "--port", port], env=environment, stdout=subprocess.PIPE, stderr=log)
        with up:
            assert up.stdout is not None
            yield next(line.split()[-1] for line in up.stdout if b"Milepost is at" in line).decode()
            up.terminate()


@pytest.fixture
def browser_of(chromium: Browser, milepost: str) -> Iterator[Callable[[], Page]]:
    """A browser with cookies of its own, for each of the two people."""
    contexts: list[BrowserContext] = []

    def opened() -> Page:
        size = ViewportSize(width=1100, height=760)
        context = chromium.new_context(base_url=milepost, locale="en-GB", viewport=size, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def test_within_five_minutes_a_ticket_answered_in_request_tracker_moves_a_goal(
    browser_of: Callable[[], Page], request_tracker: RequestTracker
) -> None:
    earlier, ticket = (request_tracker.opens(subject) for subject in ("Invoice twice", "Password forgotten"))
    request_tracker.does("celina", "PUT", f"/ticket/{earlier}/take", {})
    request_tracker.sets("celina", earlier, Status="resolved")
    began = time.monotonic()
    gosia, anna, celina = browser_of(), browser_of(), browser_of()
    signs_in(gosia)
    connects(gosia, request_tracker)
    is_welcomed(anna, adds_a_manager(gosia))
    publishes_a_goal(anna)
    before = closed(anna)
    picture(anna, "first-goal", "en")
    answers_and_resolves(celina, request_tracker, ticket)
    reads_now(gosia)
    waits(anna, lambda: closed(anna) == before + 1)
    picture(anna, "first-goal-moved", "en")
    assert time.monotonic() - began < FIVE_MINUTES


def signs_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill("gosia@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def connects(page: Page, desk: RequestTracker) -> None:
    """The server is in the own network, which is asked about."""
    page.get_by_role("link", name="Data sources").click()
    page.get_by_role("link", name="Request Tracker").click()
    page.get_by_label("Server address").fill(desk.address)
    page.get_by_label("Access token").fill(desk.tokens["milepost"])
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("This server is in your own network. Read from it?")).to_be_visible()
    picture(page, "first-own-network", "en")
    page.get_by_role("button", name="Read from this server").click()
    page.get_by_role("button", name="Import tickets").scroll_into_view_if_needed()
    picture(page, "first-check", "en")
    page.get_by_role("button", name="Import tickets").click()
    waits(page, lambda: page.get_by_text("Covers").is_visible())
    picture(page, "first-source", "en")


def adds_a_manager(page: Page) -> str:
    """Who runs Milepost sets no goals for others; the link by which Anna, who does, chooses her password."""
    page.get_by_role("link", name="People & roles").click()
    page.get_by_role("link", name="Users and seats").click()
    page.get_by_role("link", name="Add user").click()
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("E-mail").fill("anna@example.org")
    page.get_by_label("Role").select_option("Support manager")
    picture(page, "first-manager", "en")
    page.get_by_role("button", name="Add user").click()
    return page.get_by_label("Link", exact=True).input_value()


def is_welcomed(page: Page, link: str) -> None:
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()


def publishes_a_goal(page: Page) -> None:
    """Five tickets closed by Celina in this month."""
    wizard, today = Wizard(page), datetime.now(UTC)
    wizard.begin().contributes("Celina")
    page.get_by_label("Year", exact=True).select_option(str(today.year))
    month = page.get_by_label("First period").locator("option").nth(today.month - 1)
    expect(month).to_have_text(f"{today:%B %Y}")
    for field in ("First period", "Last period"):
        page.get_by_label(field).select_option(label=f"{today:%B %Y}")
    page.get_by_label("Goal name").fill(f"Tickets closed {today.year}")
    expect(page.get_by_text("1 contributor × 1 period")).to_be_visible()
    picture(page, "first-details", "en")
    wizard.next().is_at("targets").types("Celina", 0, "5")
    picture(page, "first-targets", "en")
    wizard.next().is_at("notifications").publishes()


def closed(page: Page) -> int:
    """What the row of the goal says of Celina."""
    row = page.get_by_role("row", name=re.compile("^C? ?Celina"))
    (actual,) = re.findall(r"Actual: (\d+) tickets?\.", row.inner_text())
    return int(actual)


def answers_and_resolves(page: Page, desk: RequestTracker, ticket: str) -> None:
    """Celina, in Request Tracker’s own pages."""
    page.goto(desk.address)
    page.locator("input[name=user]").fill("celina")
    page.locator("input[name=pass]").fill("testpassword1")
    page.locator("input[type=submit]").click()
    page.goto(f"{desk.address}/Ticket/Update.html?Action=Respond&id={ticket}")
    page.locator("select[name=Owner]").select_option(label="celina")
    page.locator("select[name=Status]").select_option("resolved")
    page.frame_locator("iframe.cke_wysiwyg_frame").locator("body").fill("You can sign in again.")
    picture(page, "first-answer", "en")
    page.get_by_role("button", name="Update Ticket").click()
    expect(page.get_by_text("Status changed from").first).to_be_visible()


def reads_now(page: Page) -> None:
    page.get_by_role("link", name="Data sources").click()
    page.get_by_role("button", name="Read now").click()
    expect(page.get_by_text("Numbers follow in a moment.")).to_be_visible()


def waits(page: Page, until: Callable[[], bool]) -> None:
    """Look again until it is so; what the worker does takes a moment."""
    for _ in range(60):
        if until():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())
