"""A browser for the tests: Debian's Chromium, on a server of the test. A page that complains fails its test."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from milepost.people.models import User
from tests.web.conftest import NOW

CHROMIUM: Final = "/usr/bin/chromium"
LOCALES: Final = {"en": "en-GB", "pl": "pl-PL"}
# Longer than a busy machine needs, so that a test fails for a reason of its own.
PATIENCE: Final = 15_000
# An answer of the server with an error is the test's own business; a part of the page that is missing is not.
PARTS: Final = {"stylesheet", "script", "image", "font"}
ERROR: Final = 400
ANSWERED: Final = "Failed to load resource: the server responded with a status of"

Language: TypeAlias = Literal["en", "pl"]
Theme: TypeAlias = Literal["light", "dark"]


class OpenPage(Protocol):
    """Opens another page, with cookies of its own."""

    def __call__(
        self,
        *,
        language: Language = "en",
        theme: Theme = "light",
        width: int = 1440,
        height: int = 1000,
        scripts: bool = True,
    ) -> Page: ...


class OpenAs(Protocol):
    """Opens another page, signed in as a user."""

    def __call__(
        self, user: User, *, language: Language = "en", theme: Theme = "light", width: int = 1440, scripts: bool = True
    ) -> Page: ...


@pytest.fixture
def noon() -> Iterator[None]:
    """Every page is of the noon at which the cast's desk is looked at."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    # Playwright keeps a loop in this thread, in which Django would refuse the database; nothing here is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    # Chromium refuses its sandbox to root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What went wrong in the pages of a test; the test fails for it, unless it takes it out of the list."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[OpenPage]:
    """Pages of the live server in any language, theme and size, with or without scripts."""
    contexts: list[BrowserContext] = []

    def opened(
        *,
        language: Language = "en",
        theme: Theme = "light",
        width: int = 1440,
        height: int = 1000,
        scripts: bool = True,
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            locale=LOCALES[language],
            color_scheme=theme,
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        _listen(page, live_server.url, complaints.append)
        return page

    yield opened
    for context in contexts:
        context.close()
    _requests_end()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page in English, light, on a desk; `page.goto("/goals")` opens the live server."""
    return open_page()


@pytest.fixture
def sign_in(live_server: LiveServer) -> Callable[[Page, User], None]:
    """Makes a page that of a user, as if they had signed in."""

    def signed_in(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    return signed_in


@pytest.fixture
def open_as(open_page: OpenPage, sign_in: Callable[[Page, User], None]) -> OpenAs:
    """Pages of the live server that are a user's."""

    def opened(
        user: User, *, language: Language = "en", theme: Theme = "light", width: int = 1440, scripts: bool = True
    ) -> Page:
        page = open_page(language=language, theme=theme, width=width, scripts=scripts)
        sign_in(page, user)
        return page

    return opened


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark every test of this folder, so that it can be left out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _requests_end() -> None:
    """What pages still asked for is answered before the database of their test is gone."""
    while answering := [one for one in threading.enumerate() if one.name.endswith("(process_request_thread)")]:
        for thread in answering:
            # One that was only just made can not be waited for until it runs.
            if thread.is_alive():
                thread.join(PATIENCE / 1000)
                assert not thread.is_alive(), "A page still waits for its answer."


def _listen(page: Page, server: str, complain: Callable[[str], None]) -> None:
    """Hear of errors in scripts, broken security policy, parts that are missing, and requests to anywhere else."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ANSWERED):
            complain(f"console: {message.text}")

    def request(request: Request) -> None:
        if not request.url.startswith((server, "data:", "blob:")):
            complain(f"request to another host: {request.url}")

    def response(response: Response) -> None:
        if response.status >= ERROR and response.request.resource_type in PARTS:
            complain(f"{response.status}: {response.url}")

    page.on("pageerror", lambda error: complain(f"script: {error}"))
    page.on("console", console)
    page.on("request", request)
    page.on("response", response)
