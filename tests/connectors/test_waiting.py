"""A help desk says how long to wait before it is asked again. Nothing waits here: what would, tells for how long."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import stamina
from pytest_httpserver import HTTPServer
from stamina.instrumentation import RetryDetails, set_on_retry_hooks
from werkzeug import Response

from milepost.base.errors import SourceFailed
from milepost.connectors.http import LONGEST_WAIT, Door
from milepost.testing.strict_desk import keep_time

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Waits(Exception):
    """For so many seconds."""


@pytest.fixture(autouse=True)
def _tells_instead_of_waiting() -> Iterator[None]:
    def waits(details: RetryDetails) -> None:
        raise Waits(round(details.wait_for, 3))

    stamina.set_active(True)
    set_on_retry_hooks([waits])
    yield
    set_on_retry_hooks(None)


def asked(server: HTTPServer, headers: dict[str, str], *, status: int = 429) -> object:
    """Ask a server whose clock stands at noon, and which has had enough."""
    keep_time(server, lambda: NOON)
    server.expect_request("/tickets").respond_with_handler(lambda _: Response("", status=status, headers=headers))
    with Door(frozenset({("127.0.0.1", server.port)})).to(f"http://127.0.0.1:{server.port}", {}) as desk:
        return desk.json("/tickets")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": format_datetime(NOON + timedelta(seconds=9), usegmt=True)}, 9),
        ({"Retry-After": format_datetime(NOON - timedelta(seconds=9), usegmt=True)}, 0),
        ({"X-RateLimit-Reset": str(int(NOON.timestamp()) + 11)}, 11),
        ({"Retry-After": "7", "X-RateLimit-Reset": str(int(NOON.timestamp()) + 11)}, 7),
        ({"Retry-After": str(int(LONGEST_WAIT))}, LONGEST_WAIT),
        ({"X-RateLimit-Retry-After": "13"}, 13),
        ({"Retry-After": "7", "X-RateLimit-Retry-After": "13"}, 7),
    ],
)
def test_it_is_asked_again_when_it_says_so_by_its_own_clock(
    httpserver: HTTPServer, headers: dict[str, str], seconds: float
) -> None:
    with pytest.raises(Waits) as waited:
        asked(httpserver, headers)
    assert waited.value.args == (seconds,)


def test_a_server_that_is_down_is_asked_again_when_it_says_so_too(httpserver: HTTPServer) -> None:
    with pytest.raises(Waits) as waited:
        asked(httpserver, {"Retry-After": "3"}, status=503)
    assert waited.value.args == (3,)


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"X-RateLimit-Reset": "0"}])
def test_what_does_not_say_when_is_asked_again_within_seconds(httpserver: HTTPServer, headers: dict[str, str]) -> None:
    with pytest.raises(Waits) as waited:
        asked(httpserver, headers)
    assert 0 <= waited.value.args[0] < 5


def test_what_wants_more_than_a_minute_is_left_to_the_next_sync(httpserver: HTTPServer) -> None:
    with pytest.raises(SourceFailed, match="HTTP 429") as failure:
        asked(httpserver, {"Retry-After": "61"})
    assert not failure.value.permanent
