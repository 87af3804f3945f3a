"""The only way in which connectors ask a help desk: bounded in time and size, tried again where that is of use."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx2
import stamina

from milepost.base.addresses import Address
from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.addresses import judge

TIMEOUT: Final = httpx2.Timeout(30, connect=10)
TRIES: Final = 4
# A help desk that wants us to wait longer is asked again by the next run.
LONGEST_WAIT: Final = 60.0
LARGEST: Final = 64 * 1024 * 1024
PORTS: Final = {"http": 80, "https": 443}
# A question for many may be answered for some of them alone.
ANSWERS: Final = frozenset({HTTPStatus.OK, HTTPStatus.MULTI_STATUS})
GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class OutOfReach(SourceFailed):
    """What is asked for is there, and what lets us in may not read it."""


class NotLetIn(SourceFailed):
    """What lets us in does not, or does not any more."""


class Elsewhere(SourceFailed):
    """What is asked for is at another place, by what the server says. Nothing was sent there."""

    def __init__(self, message: str, *, place: str, **values: object) -> None:
        super().__init__(message, permanent=True, **values)
        self.place = place


class _Again(Exception):
    """An answer that a moment later may be another one."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


@dataclass(frozen=True)
class _Question:
    """What a server is asked for; with a body or a form it is posted, which changes nothing all the same."""

    parameters: Mapping[str, str]
    body: Any = None
    form: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Door:
    """The way out: to public servers, and to those hosts and ports of the own network that were allowed."""

    allowed: frozenset[tuple[str, int]] = frozenset()
    # Databases of this machine are read out of these folders alone.
    folders: tuple[Path, ...] = ()

    @contextmanager
    def to(self, address: str, signing_in: Mapping[str, str], sign_in: "SignIn | None" = None) -> Iterator["Server"]:
        """One server, with headers that let us in and appear in no text; some are asked for them, and they end."""
        parts = urlsplit(address)
        if parts.scheme not in PORTS or not parts.hostname:
            raise SourceFailed(
                gettext_noop("%(address)s: a help desk is read over https:// or http:// alone."),
                permanent=True,
                address=address,
            )
        # Neither proxies nor other settings of the environment: they would lead around the judged address.
        with httpx2.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            yield Server(address, self, client, signing_in, sign_in)


@dataclass
class Server:
    """Asks one server. Redirects are not followed: what lets us in belongs to this server."""

    address: str
    door: Door
    client: httpx2.Client = field(repr=False)
    signing_in: Mapping[str, str] = field(repr=False)
    # How to get headers that let us in, where they are lent for a while.
    sign_in: "SignIn | None" = field(default=None, repr=False)
    # What the server's own clock said when it answered last, and how long that answer took.
    now: datetime | None = None
    took: float = 0.0

    def json(self, path: str, parameters: Mapping[str, str] | None = None, *, body: Any = None) -> Any:
        """The document that the server answers; some servers take their questions as a document, too."""
        return self._there(self.maybe(path, parameters, body=body))

    def form(self, path: str, fields: Mapping[str, str]) -> Any:
        """The document that the server answers to a form, as those ask for one that lend what lets us in."""
        return self._there(self._patiently(path, _Question({}, form=fields)))

    def _there(self, document: Any | None) -> Any:
        if document is None:
            raise SourceFailed(
                gettext_noop("%(address)s answers HTTP %(status)s. Check the address."),
                permanent=True,
                address=self.address,
                status=HTTPStatus.NOT_FOUND.value,
            )
        return document

    def maybe(self, path: str, parameters: Mapping[str, str] | None = None, *, body: Any = None) -> Any | None:
        """The document that the server answers; None where it says that there is none."""
        question = _Question(parameters or {}, body)
        if self.sign_in is None:
            return self._patiently(path, question)
        if self.signing_in:
            try:
                return self._patiently(path, question)
            except NotLetIn:
                # What it lent us ended; what it lends now is good, or a person must look.
                self.signing_in = {}
        self.signing_in = self.sign_in(replace(self, sign_in=None))
        return self._patiently(path, question)

    def _patiently(self, path: str, question: _Question) -> Any | None:
        try:
            for attempt in stamina.retry_context(on=_pause, attempts=TRIES, timeout=None):
                with attempt:
                    return self._once(path, question)
        except _Again as error:
            raise SourceFailed(
                gettext_noop("%(address)s does not answer: %(reason)s."),
                permanent=False,
                address=self.address,
                reason=error,
            ) from error
        raise AssertionError("stamina tries at least once")

    def _once(self, path: str, question: _Question) -> Any | None:
        with _transport_errors():
            began = monotonic()
            with self._connected(path, question) as response:
                self.took = monotonic() - began
                self.now = _moment(response.headers.get("Date", "")) or self.now
                if response.status_code in GONE:
                    return None
                self._judge(response, path)
                return _document(response)

    @contextmanager
    def _connected(self, path: str, question: _Question) -> Iterator[httpx2.Response]:
        """The answer of the first address that can be connected to; all of them were judged, now."""
        parts = urlsplit(self.address)
        reached = judge(str(parts.hostname), parts.port or PORTS[parts.scheme], self.door.allowed)
        for address in reached.addresses[:-1]:
            try:
                response = self._send(address, path, question)
                break
            except httpx2.ConnectError:
                continue
        else:
            response = self._send(reached.addresses[-1], path, question)
        try:
            yield response
        finally:
            response.close()

    def _send(self, address: Address, path: str, question: _Question) -> httpx2.Response:
        """Ask at this address; host and certificate are still those of the name."""
        url = httpx2.URL(self.address + path)
        headers = {"Host": url.netloc.decode("ascii"), "Accept": "application/json", **self.signing_in}
        request = self.client.build_request(
            "GET" if question.body is None and question.form is None else "POST",
            url.copy_with(host=str(address)),
            params=dict(question.parameters),
            json=question.body,
            data=question.form,
            headers=headers,
        )
        request.extensions["sni_hostname"] = url.host
        return self.client.send(request, stream=True)

    def _judge(self, response: httpx2.Response, path: str) -> None:
        status = response.status_code
        if status == HTTPStatus.UNAUTHORIZED:
            raise NotLetIn(
                gettext_noop("%(address)s refuses the token. Make a new one there and enter it under Data sources."),
                permanent=True,
                address=self.address,
            )
        if status == HTTPStatus.FORBIDDEN:
            raise OutOfReach(
                gettext_noop(
                    "%(address)s refuses the token what it needs: to read %(path)s. Give it that right there."
                ),
                permanent=True,
                address=self.address,
                path=path,
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _Again(f"HTTP {status}", self._wait(response.headers))
        if response.is_redirect:
            raise Elsewhere(
                gettext_noop("%(address)s answers HTTP %(status)s: the help desk is elsewhere. Enter its own address."),
                place=urljoin(self.address + path, response.headers.get("Location", "")),
                address=self.address,
                status=status,
            )
        if status not in ANSWERS:
            raise SourceFailed(
                gettext_noop("%(address)s answers HTTP %(status)s. Check the address."),
                permanent=True,
                address=self.address,
                status=status,
            )

    def _wait(self, headers: httpx2.Headers) -> float | None:
        """How long to wait; some servers say no more than when they begin to count questions anew."""
        after = headers.get("Retry-After", headers.get("X-RateLimit-Retry-After", ""))
        told, reset = self._seconds(after), headers.get("X-RateLimit-Reset", "")
        if told is not None or self.now is None or not reset.isdigit():
            return told
        rest = int(reset) - self.now.timestamp()
        return rest if rest > 0 else None

    def _seconds(self, retry_after: str) -> float | None:
        """How long to wait: told in seconds, or as a moment of the server's clock."""
        if retry_after.isdigit():
            return float(retry_after)
        moment = _moment(retry_after)
        if moment is None or self.now is None:
            return None
        return max(0.0, (moment - self.now).total_seconds())


# Asks a server that lends what lets us in, with nothing that does so far, and gives the headers.
SignIn = Callable[[Server], Mapping[str, str]]


@contextmanager
def _transport_errors() -> Iterator[None]:
    try:
        yield
    except httpx2.InvalidURL as error:
        raise SourceFailed(gettext_noop("“%(error)s”: this is no address."), permanent=True, error=error) from error
    except httpx2.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise SourceFailed(
                gettext_noop("The certificate of the server is not trusted. Have it mended, or add its authority."),
                permanent=True,
            ) from error
        raise _Again(type(error).__name__) from error
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


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
