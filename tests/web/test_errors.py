"""Errors are pages with a sentence."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from milepost.config.urls import urlpatterns as pages
from milepost.people.models import User
from tests.web.conftest import Desk

Reader = Callable[[User | None], Client]


def fails(_request: object) -> HttpResponse:
    raise RuntimeError("the inside of the program")


urlpatterns = [*pages, path("fails", fails)]
handler500 = "milepost.web.errors.fault"


def test_what_was_never_there_is_404(desk: Desk, reader: Reader) -> None:
    answer = reader(desk.cast.anna).get("/never")
    assert answer.status_code == 404
    assert "Nothing here." in answer.content.decode()


def test_a_form_from_elsewhere_changes_nothing_and_says_so(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.cast.anna)
    answer = client.post("/theme", {"theme": "dark"})
    assert answer.status_code == 403
    assert "This form has expired, and nothing was changed." in answer.content.decode()
    assert "theme" not in answer.cookies


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_shows_nothing_of_the_inside(desk: Desk) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(desk.cast.anna)
    with override_settings(DEBUG=False):
        answer = client.get("/fails")
    assert answer.status_code == 500
    assert "Your data is safe." in answer.content.decode()
    assert "inside" not in answer.content.decode()


def test_every_answer_forbids_scripts_of_others(desk: Desk, reader: Reader) -> None:
    policy = reader(desk.cast.anna).get("/goals").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
