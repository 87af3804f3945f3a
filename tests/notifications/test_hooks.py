"""Channels: what is posted, how it is signed, and where nothing is posted to. The receiver is a real server."""

import base64
import hashlib
import hmac
import json
import logging
import socket

import pytest
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from milepost.account.sealed import seal, unseal
from milepost.base.errors import Refused
from milepost.connectors import outgoing
from milepost.goals.status import Status
from milepost.history.models import Change
from milepost.notifications import hooks, sending
from milepost.notifications.channels import http
from milepost.notifications.hooks import NewHook
from milepost.notifications.kinds import Kind
from milepost.notifications.models import Delivery, Hook
from milepost.notifications.sending import ChannelFailed
from tests.notifications.conftest import House


@pytest.fixture
def receiver(httpserver: HTTPServer, settings: Settings) -> HTTPServer:
    """A server on this machine, which lies in a private network: it is allowed."""
    settings.PRIVATE_HOSTS = [f"{httpserver.host}:{httpserver.port}"]
    settings.ADDRESS = "https://goals.example.org"
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    return httpserver


def checked(address: str, *listed: str) -> str:
    """Where it would be posted to."""
    return str(outgoing.check(address, listed=listed))


def hook(house: House, receiver: HTTPServer, make: Hook.Make, **fields: object) -> tuple[Hook, str]:
    """A channel that hears of what teams achieve."""
    usual: dict[str, object] = {
        "name": str(make.label),
        "make": make,
        "address": receiver.url_for("/hook"),
        "kinds": (Kind.ACHIEVED,),
        "teams": (),
        "language": "en",
    }
    return hooks.create(NewHook(**usual | fields), by=house.cast.anna, now=house.now)  # type: ignore[arg-type]


def posts(house: House, to: Hook) -> int:
    """Post what is due; how much left."""
    return sending.post(to, clock=lambda: house.now, stopped=lambda: False).sent


def achieved(house: House, name: str = "Closed & done") -> None:
    """Frontline and Celina reach their targets."""
    goal = house.goal(name, teams=[house.cast.frontline])
    for contributor in ("Celina", "Frontline"):
        house.stands(house.target(goal, contributor), 30, running=Status.ACHIEVED)
    house.looks()


def taken(receiver: HTTPServer) -> Request:
    """The one request that came."""
    ((request, _),) = receiver.log
    return request


def test_slack_is_told_of_the_team_and_not_of_the_person(house: House, receiver: HTTPServer) -> None:
    to, key = hook(house, receiver, Hook.Make.SLACK)
    achieved(house)
    assert posts(house, to) == 1
    document = json.loads(taken(receiver).data)
    assert document["text"] == "Target achieved: Frontline, “Closed &amp; done”"
    assert "Celina" not in taken(receiver).data.decode()
    assert key == ""
    assert posts(house, to) == 0


def test_a_teams_workflow_gets_an_adaptive_card(house: House, receiver: HTTPServer) -> None:
    to, _ = hook(house, receiver, Hook.Make.TEAMS)
    achieved(house)
    assert posts(house, to) == 1
    (attachment,) = json.loads(taken(receiver).data)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["body"][0]["text"] == "Target achieved: Frontline, “Closed & done”"
    assert attachment["content"]["actions"][0]["url"].startswith("https://goals.example.org/goals/")


def test_a_webhook_is_signed_as_standard_webhooks_are(house: House, receiver: HTTPServer) -> None:
    to, key = hook(house, receiver, Hook.Make.WEBHOOK)
    achieved(house)
    assert posts(house, to) == 1
    request = taken(receiver)
    headers = request.headers
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.data
    secret = base64.b64decode(key.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(house.now.timestamp()))
    assert headers["webhook-id"] == str(Delivery.objects.get(hook=to).message_id)
    (notice,) = json.loads(request.data)["notices"]
    assert (notice["kind"], notice["contributor"]["name"], notice["actual"]) == ("achieved", "Frontline", "30")


def test_a_second_try_has_the_same_id_and_a_new_time(house: House, receiver: HTTPServer) -> None:
    to, _ = hook(house, receiver, Hook.Make.WEBHOOK)
    receiver.clear()
    answers = iter([Response(status=503), Response(status=200)])
    receiver.expect_request("/hook").respond_with_handler(lambda _request: next(answers))
    achieved(house)
    with pytest.raises(ChannelFailed, match="PostFailed"):
        posts(house, to)
    house.pass_(minutes=3)
    assert posts(house, to) == 1
    first, second = (request.headers for request, _ in receiver.log)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 180


def test_what_the_other_side_refuses_is_dropped_and_a_redirect_is_not_followed(
    house: House, receiver: HTTPServer
) -> None:
    to, _ = hook(house, receiver, Hook.Make.SLACK)
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("", status=302, headers={"Location": "/elsewhere"})
    achieved(house)
    assert posts(house, to) == 0
    assert [request.path for request, _ in receiver.log] == ["/hook"]
    assert Delivery.objects.get(hook=to).dropped_at == house.now


def test_a_channel_of_one_team_hears_of_no_other(house: House, receiver: HTTPServer) -> None:
    to, _ = hook(house, receiver, Hook.Make.SLACK, teams=(house.cast.billing,))
    achieved(house)
    assert posts(house, to) == 0
    assert receiver.log == []


def test_the_address_and_the_key_are_sealed_and_in_no_history_and_no_log(
    house: House, receiver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    to, key = hook(house, receiver, Hook.Make.WEBHOOK)
    address = receiver.url_for("/hook")
    achieved(house)
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("", status=500)
    with pytest.raises(ChannelFailed):
        posts(house, to)
    to.refresh_from_db()
    kept = [to.address, to.key, *(str(one.after) for one in Change.objects.all()), Delivery.objects.get(hook=to).error]
    assert unseal(to.address) == address
    assert unseal(to.key) == key
    assert [text for text in [*kept, caplog.text] if address in text or key in text] == []
    assert seal("same") != seal("same")


def test_a_switched_off_channel_is_posted_nothing(house: House, receiver: HTTPServer) -> None:
    to, _ = hook(house, receiver, Hook.Make.SLACK)
    achieved(house)
    hooks.switch_off(to, by=house.cast.anna, now=house.now)
    assert posts(house, to) == 0
    assert receiver.log == []


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:8",
        "2002:7f00:1::",
    ],
)
def test_nothing_is_posted_into_private_networks(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, [number])
    with pytest.raises(Refused, match="private network"):
        checked("https://hooks.example.org/x")


def test_one_private_number_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, ["93.184.215.14", "10.0.0.8"])
    with pytest.raises(Refused):
        checked("https://hooks.example.org/x")


def test_a_listed_host_is_posted_to_on_the_port_that_is_listed_and_never_where_clouds_keep_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = "chat.internal:8065"
    resolves(monkeypatch, ["10.0.0.8"])
    assert checked("http://chat.internal:8065/hooks/1", listed) == "10.0.0.8"
    with pytest.raises(Refused, match="private network"):
        checked("https://chat.internal/hooks/1", listed)
    resolves(monkeypatch, ["169.254.169.254"])
    with pytest.raises(Refused, match="private network"):
        checked("http://chat.internal:8065/hooks/1", listed)


def test_a_public_address_is_connected_to_by_the_number_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, ["93.184.215.14"])
    assert checked("https://hooks.example.org/x") == "93.184.215.14"
    resolves(monkeypatch, ["2606:4700::1111"])
    assert checked("https://hooks.example.org:8443/x") == "2606:4700::1111"


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.org/x",
        "file:///etc/passwd",
        "https://",
        "https://a:b@example.org/",
        "x",
        "https://e:99999/",
    ],
)
def test_other_addresses_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, ["93.184.215.14"])
    with pytest.raises(Refused):
        checked(address)


def test_a_name_that_leads_elsewhere_later_is_checked_again_when_it_is_posted_to(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves(monkeypatch, ["93.184.215.14"])
    new = NewHook("Slack", Hook.Make.SLACK, "https://hooks.example.org/x", (Kind.ACHIEVED,), (), "en")
    hooks.create(new, by=house.cast.anna, now=house.now)
    resolves(monkeypatch, ["127.0.0.1"])
    with pytest.raises(http.PostFailed, match="private network"):
        http.post("https://hooks.example.org/x", b"{}", {})


def resolves(monkeypatch: pytest.MonkeyPatch, numbers: list[str]) -> None:
    """What the names of the network mean."""

    def found(_host: str, port: int, **_options: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", found)
