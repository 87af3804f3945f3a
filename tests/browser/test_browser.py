"""The browser of the tests notices what it should."""

from collections.abc import Callable

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from playwright.sync_api import Page

from milepost.people.models import User
from tests.browser.axe import axe
from tests.browser.conftest import OpenPage
from tests.cast import Cast

pytestmark = pytest.mark.urls(__name__)

FRAME = '<!doctype html><html lang="{lang}"><title>Milepost</title><main><h1>Goals</h1>{body}</main></html>'
BODIES = {
    "clean": "",
    "faulty": "<input><img src='data:,'>",
    "inline": "<script>document.title = 'run'</script>",
    "elsewhere": "<form action='http://192.0.2.1/'></form><img alt='' src='http://192.0.2.1/picture.png'>",
    "missing": "<script src='/static/missing.js'></script>",
}


@login_not_required
def show(request: HttpRequest, body: str) -> HttpResponse:
    return HttpResponse(FRAME.format(lang=request.LANGUAGE_CODE, body=BODIES[body]))


def who(request: HttpRequest) -> HttpResponse:
    return HttpResponse(FRAME.format(lang="en", body=request.user))


urlpatterns = [path("who", who), path("<body>", show)]


def test_a_clean_page_has_no_violations(page: Page) -> None:
    page.goto("/clean")
    assert axe(page) == []


def test_axe_names_the_rule_and_the_element(page: Page, complaints: list[str]) -> None:
    page.goto("/faulty")
    found = axe(page)
    assert any(line.startswith("label: input") for line in found)
    assert any(line.startswith("image-alt: img") for line in found)
    complaints.clear()  # the policy refuses the picture


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("inline", "Content Security Policy"),
        ("elsewhere", "request to another host"),
        ("missing", "404"),
    ],
)
def test_a_page_that_complains_fails_its_test(page: Page, complaints: list[str], body: str, complaint: str) -> None:
    page.goto(f"/{body}")
    assert any(complaint in heard for heard in complaints)
    complaints.clear()


def test_a_page_opens_in_polish(open_page: OpenPage) -> None:
    page = open_page(language="pl")
    page.goto("/clean")
    assert page.get_attribute("html", "lang") == "pl"


def test_a_page_belongs_to_who_signed_in(page: Page, cast: Cast, sign_in: Callable[[Page, User], None]) -> None:
    sign_in(page, cast.anna)
    page.goto("/who")
    assert page.inner_text("main").endswith(str(cast.anna))
