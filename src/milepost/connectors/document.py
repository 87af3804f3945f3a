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

    Errors name the host alone: the address may be a secret. Redirects are not followed, they could lead anywhere.
    """
    checked = outgoing.check(address, listed=listed)
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
