"""Posting a document to an address outside: bounded in time, to the address that was checked, following nowhere."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import httpx2
from django.conf import settings

from milepost.base.errors import Refused
from milepost.connectors import outgoing

TIMEOUT: Final = httpx2.Timeout(15, connect=5)
# Answers that another try may change.
PASSING: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class PostRefused(Exception):
    """The other side does not take it, and will not at another try."""


class PostFailed(OSError):
    """Nobody answers, or not now."""


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post a JSON document. What is answered is not read: only whether it was taken."""
    named = {**headers, "Content-Type": "application/json"}
    try:
        with outgoing.asked(
            "POST", address, listed=settings.PRIVATE_HOSTS, timeout=TIMEOUT, headers=named, body=body
        ) as answer:
            _judge(answer.status_code)
    except Refused as refused:
        raise PostFailed(str(refused)) from None
    except httpx2.HTTPError as error:
        # Its text may hold the address, which is a secret.
        raise PostFailed(type(error).__name__) from None


def _judge(status: int) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PostFailed(f"HTTP {status}")
    raise PostRefused(f"HTTP {status}")
