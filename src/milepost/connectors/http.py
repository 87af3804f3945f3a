"""The only way in which connectors ask a help desk: bounded in time and size, tried again where that is of use."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import stamina

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import addresses

TIMEOUT: Final = httpx2.Timeout(30, connect=10)
TRIES: Final = 4
# A help desk that wants us to wait longer is asked again by the next run.
LONGEST_WAIT: Final = 60.0
LARGEST: Final = 64 * 1024 * 1024
REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class _Again(Exception):
    """An answer that a moment later may be another one."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


@dataclass(frozen=True)
class Asking:
    """Asks one server, with a token that appears in no text."""

    address: str
    token: str = field(repr=False)

    def json(self, path: str, parameters: Mapping[str, str]) -> Any:
        """The document that the server answers. Redirects are not followed: the token belongs to this server."""
        try:
            for attempt in stamina.retry_context(on=_pause, attempts=TRIES, timeout=None):
                with attempt:
                    return self._once(path, parameters)
        except _Again as error:
            raise SourceFailed(
                gettext_noop("%(address)s does not answer: %(reason)s."),
                permanent=False,
                address=self.address,
                reason=error,
            ) from error
        raise AssertionError("stamina tries at least once")

    def _once(self, path: str, parameters: Mapping[str, str]) -> Any:
        with _transport_errors():
            headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
            with (
                httpx2.Client(timeout=TIMEOUT, trust_env=False) as client,
                client.stream("GET", self.address + path, params=dict(parameters), headers=headers) as response,
            ):
                self._judge(response)
                return _document(response)

    def _judge(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status in REFUSED:
            raise SourceFailed(
                gettext_noop("%(address)s refuses the token. Make a new one there and put it into the file."),
                permanent=True,
                address=self.address,
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _Again(f"HTTP {status}", _seconds(response.headers.get("Retry-After", "")))
        if status != HTTPStatus.OK:
            raise SourceFailed(
                gettext_noop("%(address)s answers HTTP %(status)s. Check the address."),
                permanent=True,
                address=self.address,
                status=status,
            )


@contextmanager
def _transport_errors() -> Iterator[None]:
    try:
        yield
    except httpx2.InvalidURL as error:
        raise SourceFailed(gettext_noop("“%(error)s”: this is no address."), permanent=True, error=error) from error
    except httpx2.HTTPError as error:
        raise _Again(type(error).__name__) from error


def _document(response: httpx2.Response) -> Any:
    """The body as JSON; one that was cut off on the way comes whole the next time."""
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > LARGEST:
            raise SourceFailed(
                gettext_noop("One answer holds more than 64 MB. Ask the help desk for smaller pages."), permanent=True
            )
    try:
        return json.loads(body)
    except ValueError as error:
        raise _Again("no JSON") from error


def _pause(error: Exception) -> bool | float:
    """Whether to ask again, and after how many seconds where the server said so."""
    if not isinstance(error, _Again):
        return False
    if error.after is None:
        return True
    return error.after if error.after <= LONGEST_WAIT else False


def _seconds(retry_after: str) -> float | None:
    return float(retry_after) if retry_after.isdigit() else None


def document(address: str, *, private: bool, most: int) -> bytes:
    """What stands at an address that somebody entered: asked for once, in bounded time, of a server that was checked.

    Errors name the host alone: the address may be a secret. Redirects are not followed, they could lead anywhere.
    """
    checked = addresses.check(address, private=private)
    parts = urlsplit(address)
    target = f"{parts.scheme}://{checked.netloc}{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    named = {"Host": parts.netloc, "Accept": "text/calendar"}
    try:
        with (
            httpx2.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client,
            # The connection goes to the number; certificate and request are about the name.
            client.stream("GET", target, headers=named, extensions={"sni_hostname": checked.host}) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                raise SourceFailed(
                    gettext_noop("%(host)s answers HTTP %(status)s. Check the address."),
                    permanent=False,
                    host=checked.host,
                    status=response.status_code,
                )
            return _bounded(response, checked.host, most)
    except httpx2.HTTPError as error:
        raise SourceFailed(
            gettext_noop("%(host)s does not answer: %(reason)s."),
            permanent=False,
            host=checked.host,
            reason=type(error).__name__,
        ) from None


def _bounded(response: httpx2.Response, host: str, most: int) -> bytes:
    body, until = bytearray(), monotonic() + LONGEST_WAIT
    for part in response.iter_bytes():
        body += part
        if len(body) > most or monotonic() > until:
            raise SourceFailed(
                gettext_noop("%(host)s sends more than can be read in a minute. Use a smaller calendar."),
                permanent=False,
                host=host,
            )
    return bytes(body)
