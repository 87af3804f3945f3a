"""Reading one document from an address that somebody entered."""

from collections.abc import Collection
from http import HTTPStatus
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import httpx2

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors import outgoing

TIMEOUT: Final = httpx2.Timeout(30, connect=10)
LONGEST: Final = 60.0


def read(address: str, *, listed: Collection[str], most: int) -> bytes:
    """What stands at an address that somebody entered: asked for once, in bounded time, of a server that was checked.

    Errors name the host alone: the address may be a secret.
    """
    try:
        with outgoing.asked(
            "GET", address, listed=listed, timeout=TIMEOUT, headers={"Accept": "text/calendar"}
        ) as response:
            if response.status_code != HTTPStatus.OK:
                raise SourceFailed(
                    gettext_noop("%(host)s answers HTTP %(status)s. Check the address."),
                    permanent=False,
                    host=_host(address),
                    status=response.status_code,
                )
            return _bounded(response, _host(address), most)
    except httpx2.HTTPError as error:
        raise SourceFailed(
            gettext_noop("%(host)s does not answer: %(reason)s."),
            permanent=False,
            host=_host(address),
            reason=type(error).__name__,
        ) from None


def _host(address: str) -> str:
    """Of an address that was checked."""
    return urlsplit(address).hostname or ""


def _bounded(response: httpx2.Response, host: str, most: int) -> bytes:
    body, until = bytearray(), monotonic() + LONGEST
    for part in response.iter_bytes():
        body += part
        if len(body) > most or monotonic() > until:
            raise SourceFailed(
                gettext_noop("%(host)s sends more than can be read in a minute. Use a smaller calendar."),
                permanent=False,
                host=host,
            )
    return bytes(body)
