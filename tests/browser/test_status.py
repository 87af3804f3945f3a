"""The status of the installation in Chromium."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from milepost.people.models import User
from milepost.people.roles import Role
from milepost.worker.models import Job
from tests.browser.axe import axe
from tests.browser.conftest import Language, OpenPage, Theme
from tests.cast import Cast
from tests.web.conftest import NOW

SignIn = Callable[[Page, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ewa(cast: Cast) -> User:
    """Ewa runs the installation, where a job has failed."""
    said = {
        "error": "%(address)s does not answer: %(reason)s.",
        "error_values": {"address": "desk", "reason": "HTTP 503"},
    }
    Job.objects.create(name="sync:desk", kind="sync", needs_person_since=NOW, attempts=5, **said)
    Job.objects.create(name="refresh", kind="refresh", due_at=NOW, done_at=NOW)
    cast.ewa.role = Role.ADMIN
    cast.ewa.save()
    return cast.ewa


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("pl", "dark")])
def test_axe_finds_nothing(open_page: OpenPage, sign_in: SignIn, ewa: User, language: Language, theme: Theme) -> None:
    page = open_page(language=language, theme=theme)
    sign_in(page, ewa)
    page.goto("/setup/status")
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_administrator_has_a_failed_job_done_now(open_page: OpenPage, sign_in: SignIn, ewa: User) -> None:
    page = open_page()
    sign_in(page, ewa)
    page.goto("/setup/status")
    expect(page.get_by_role("row", name="desk does not answer: HTTP 503.")).to_contain_text("Asks for a person")
    page.get_by_role("button", name="Do it now: Read “desk”").click()
    expect(page.get_by_role("status")).to_contain_text("It is tried again now.")
    assert Job.objects.get(name="sync:desk").due_at == NOW
