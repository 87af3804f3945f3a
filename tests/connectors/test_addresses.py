"""What may be reached: never the credentials of a cloud, and the own network only where it was allowed."""

import ipaddress
import socket
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from milepost.base.addresses import Reach, reach
from milepost.base.errors import Refused, SourceFailed
from milepost.connectors import settings
from milepost.connectors.addresses import InOwnNetwork, judge
from milepost.connectors.http import Door

NEVER = ["169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "0.0.0.0", "::", "224.0.0.1"]  # noqa: S104
DRESSED = ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:5601:5601"]
OWN = ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.9", "172.16.0.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1"]


@pytest.mark.parametrize("address", NEVER + DRESSED)
def test_link_local_and_metadata_addresses_are_never_reached_however_they_are_written(address: str) -> None:
    assert reach(ipaddress.ip_address(address)) is Reach.NEVER
    with pytest.raises(SourceFailed, match="never reads") as refused:
        judge(address, 80, frozenset({(address, 80)}))
    assert refused.value.permanent


@pytest.mark.parametrize("address", OWN)
def test_the_own_network_is_reached_where_host_and_port_were_allowed(address: str) -> None:
    with pytest.raises(InOwnNetwork):
        judge(address, 80, frozenset({(address, 443)}))
    assert judge(address, 80, frozenset({(address, 80)})).host == address


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1"])
def test_anybody_may_be_reached_who_is_public(address: str) -> None:
    assert judge(address, 443, frozenset()).port == 443


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://desk.example", "gopher://desk.example:70"])
def test_other_schemes_are_refused_by_the_form_and_by_the_door(address: str) -> None:
    with pytest.raises(Refused):
        settings.address(address)
    with pytest.raises(SourceFailed, match="alone"), Door().to(address, {}):
        pass


def test_a_name_that_points_elsewhere_a_moment_later_is_judged_again_and_never_connected_to(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network is what is faked here: first the name is allowed and answers, then it is the metadata of a cloud."""
    httpserver.expect_request("/hello").respond_with_json({"it": "is me"})
    port, answers = httpserver.port, ["127.0.0.1", "169.254.169.254"]
    asked: list[str] = []

    def resolve(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        # Only the door asks for the name; whatever connects is given an address.
        address = answers.pop(0) if host == "desk.example" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Door(frozenset({("desk.example", port)})).to(f"http://desk.example:{port}", {}) as server:
        assert server.json("/hello") == {"it": "is me"}
        with pytest.raises(SourceFailed, match="never reads"):
            server.json("/hello")
    assert asked.count("desk.example") == 2
    assert httpserver.log[0][0].headers["Host"] == f"desk.example:{port}"


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hello").respond_with_data(status=302, headers={"Location": "http://169.254.169.254/"})
    door = Door(frozenset({("127.0.0.1", httpserver.port)}))
    with door.to(f"http://127.0.0.1:{httpserver.port}", {}) as server, pytest.raises(SourceFailed, match="elsewhere"):
        server.json("/hello")
