"""Posting a document to an address outside: bounded in time, to the address that was checked, following nowhere."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from milepost.base.errors import Refused
from milepost.connectors import addresses

TIMEOUT: Final = httpx2.Timeout(15, connect=5)
# Answers that another try may change.
PASSING: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class PostRefused(Exception):
    """The other side does not take it, and will not at another try."""


class PostFailed(OSError):
    """Nobody answers, or not now."""


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post a JSON document. What is answered is not read: only whether it was taken."""
    try:
        checked = addresses.check(address, private=settings.PRIVATE_ADDRESSES)
    except Refused as refused:
        raise PostFailed(str(refused)) from None
    parts = urlsplit(address)
    target = f"{parts.scheme}://{checked.netloc}{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    default = checked.port == {"https": 443, "http": 80}[parts.scheme]
    named = {"Host": checked.host if default else f"{checked.host}:{checked.port}", "Content-Type": "application/json"}
    try:
        with (
            httpx2.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client,
            # The connection goes to the number; certificate and request are about the name.
            client.stream(
                "POST", target, content=body, headers={**headers, **named}, extensions={"sni_hostname": checked.host}
            ) as answer,
        ):
            _judge(answer.status_code)
    except httpx2.HTTPError as error:
        # Its text may hold the address, which is a secret.
        raise PostFailed(type(error).__name__) from None


def _judge(status: int) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PostFailed(f"HTTP {status}")
    raise PostRefused(f"HTTP {status}")
