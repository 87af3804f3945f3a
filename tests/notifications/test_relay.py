"""Services that have no form of their own are posted to through apprise, where they are listed, and nowhere else."""

import json
import sys

import pytest
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from milepost.base.errors import Misconfigured, Refused
from milepost.notifications.channels import relay
from milepost.notifications.channels.formats import Line
from milepost.notifications.channels.http import PostFailed

LINES = [
    Line("Target achieved: Frontline", "31, target ≥ 30.", "https://goals.example.org/1", {}),
    Line("Target missed: Billing", "3, target ≥ 30.", "https://goals.example.org/2", {}),
]


@pytest.fixture(autouse=True)
def listed(settings: Settings, httpserver: HTTPServer) -> None:
    """The service that posts JSON may be used, and the server of the test is in the own network."""
    settings.APPRISE = ["json", "tgram"]
    settings.PRIVATE_HOSTS = [f"{httpserver.host}:{httpserver.port}"]


@pytest.fixture
def address(httpserver: HTTPServer) -> str:
    """As apprise writes it."""
    return f"json://{httpserver.host}:{httpserver.port}/hook"


def test_a_listed_service_gets_all_lines_as_one_message(httpserver: HTTPServer, address: str) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    relay.check(address)
    relay.post(address, LINES)
    (asked, _answer), *more = httpserver.log
    assert more == []
    assert json.loads(asked.data)["message"] == (
        "Target achieved: Frontline\n31, target ≥ 30.\nhttps://goals.example.org/1\n\n"
        "Target missed: Billing\n3, target ≥ 30.\nhttps://goals.example.org/2"
    )


def test_what_is_not_taken_is_tried_again_and_a_redirect_is_followed_nowhere(
    httpserver: HTTPServer, address: str
) -> None:
    elsewhere = {"Location": httpserver.url_for("/elsewhere")}
    httpserver.expect_ordered_request("/hook").respond_with_data("", status=503)
    httpserver.expect_ordered_request("/hook").respond_with_data("", status=307, headers=elsewhere)
    with pytest.raises(PostFailed):
        relay.post(address, LINES)
    with pytest.raises(PostFailed):
        relay.post(f"{address}?redirect=yes", LINES)
    assert [asked.path for asked, _answer in httpserver.log] == ["/hook", "/hook"]


@pytest.mark.parametrize("address", ["dbus://", "mailto://a:b@example.org", "https://example.org/hook", "x", ""])
def test_a_service_that_is_not_listed_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="MILEPOST_APPRISE"):
        relay.check(address)


def test_an_address_that_apprise_does_not_understand_is_refused() -> None:
    with pytest.raises(Refused, match="does not understand"):
        relay.check("tgram://no-token")


def test_a_server_in_a_private_network_must_be_listed_too(address: str, settings: Settings) -> None:
    settings.PRIVATE_HOSTS = []
    with pytest.raises(Refused, match="private network"):
        relay.check(address)
    with pytest.raises(PostFailed):
        relay.post(address, LINES)


def test_a_token_in_the_place_of_a_server_is_none() -> None:
    relay.check("tgram://123456789:abcdefghijklmnopqrstuvwxyzABCDEFGHI/12315544/")


def test_without_apprise_it_is_said_what_to_install(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(Misconfigured, match=r"milepost\[apprise\]"):
        relay.check(address)
