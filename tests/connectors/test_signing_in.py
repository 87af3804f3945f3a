"""Some help desks lend what lets us in, for a while. It is asked for anew once it ended, and stands in no text."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from milepost.base.errors import SourceFailed
from milepost.connectors.http import Door, Elsewhere, NotLetIn, Server

SECRET = "open-sesame"


@dataclass
class Lender:
    """Lends a word that is good for so many questions, to whoever knows the secret."""

    server: HTTPServer
    good_for: int = 2
    secret: str = SECRET
    lent: int = 0
    left: int = 0
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request("/lend").respond_with_handler(self._lends)
        self.server.expect_request("/tickets").respond_with_handler(self._answers)

    @contextmanager
    def opened(self) -> Iterator[Server]:
        """It, asked by the secret."""

        def sign_in(server: Server) -> Mapping[str, str]:
            return {"X-Word": server.form("/lend", {"secret": SECRET})["word"]}

        door = Door(frozenset({("127.0.0.1", self.server.port)}))
        with door.to(f"http://127.0.0.1:{self.server.port}", {}, sign_in) as server:
            yield server

    def _lends(self, request: Request) -> Response:
        assert "X-Word" not in request.headers
        if dict(request.form) != {"secret": self.secret}:
            return Response("", status=401)
        self.lent, self.left = self.lent + 1, self.good_for
        return Response(json.dumps({"word": f"word-{self.lent}"}))

    def _answers(self, request: Request) -> Response:
        self.seen.append(request.headers["X-Word"])
        if self.left == 0 or request.headers["X-Word"] != f"word-{self.lent}":
            return Response("", status=401)
        self.left -= 1
        return Response("[]")


@pytest.fixture
def lender(httpserver: HTTPServer) -> Lender:
    return Lender(httpserver)


def test_it_is_asked_for_once_and_again_when_it_ended(lender: Lender) -> None:
    with lender.opened() as server:
        assert [server.json("/tickets") for _ in range(3)] == [[], [], []]
    assert lender.seen == ["word-1", "word-1", "word-1", "word-2"]


def test_what_is_refused_as_soon_as_it_was_lent_is_for_a_person_and_is_not_tried_for_ever(lender: Lender) -> None:
    lender.good_for = 0
    with lender.opened() as server, pytest.raises(NotLetIn) as failure:
        server.json("/tickets")
    assert failure.value.permanent
    assert (lender.lent, lender.seen) == (1, ["word-1"])


def test_what_ended_and_is_lent_no_more_is_for_a_person(lender: Lender) -> None:
    with lender.opened() as server:
        server.json("/tickets")
        lender.left, lender.secret = 0, "another"
        with pytest.raises(SourceFailed, match="refuses the token") as failure:
            server.json("/tickets")
    assert failure.value.permanent


def test_neither_the_secret_nor_what_was_lent_stands_in_a_text(
    lender: Lender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with lender.opened() as server:
        server.json("/tickets")
        lender.secret, lender.left = "another", 0
        with pytest.raises(NotLetIn) as failure:
            server.json("/tickets")
        for text in (repr(server), str(failure.value), caplog.text):
            assert SECRET not in text
            assert "word-1" not in text


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("/tickets/8", "http://127.0.0.1:{port}/tickets/8"),
        ("https://elsewhere.example.org/tickets/8", "https://elsewhere.example.org/tickets/8"),
    ],
)
def test_what_is_elsewhere_is_told_and_not_followed(httpserver: HTTPServer, told: str, place: str) -> None:
    httpserver.expect_request("/tickets/7").respond_with_data("", status=301, headers={"Location": told})
    door = Door(frozenset({("127.0.0.1", httpserver.port)}))
    with door.to(f"http://127.0.0.1:{httpserver.port}", {}) as server, pytest.raises(Elsewhere) as failure:
        server.json("/tickets/7")
    assert failure.value.permanent
    assert failure.value.place == place.format(port=httpserver.port)
    assert len(httpserver.log) == 1
