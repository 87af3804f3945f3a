"""Asking at addresses that people enter: every number behind a name is checked, and a checked one is connected to.

`listed` are the hosts of private networks that are allowed, as "host" or "host:port", also without encryption.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx2

from milepost.base.addresses import Address, Reach, reach, resolve
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

NO_ADDRESS: Final = gettext_noop("Enter an address that begins with https://.")
UNKNOWN: Final = gettext_noop("There is no host %(host)s. Check the address.")
PRIVATE: Final = gettext_noop(
    "%(host)s lies in a private network, to which nothing is sent."
    " An administrator may allow it by the setting MILEPOST_PRIVATE_HOSTS."
)


@contextmanager
def asked(
    method: str,
    address: str,
    *,
    listed: Collection[str],
    timeout: httpx2.Timeout,
    headers: Mapping[str, str],
    body: bytes | None = None,
) -> Iterator[httpx2.Response]:
    """The answer of a server that was checked; refuses as `check` does, fails as httpx2 does.

    Redirects are not followed, they could lead anywhere; neither are proxies of the environment.
    """
    number = check(address, listed=listed)
    # The connection goes to the number; certificate and request are about the name.
    url = httpx2.URL(address)
    named = {**headers, "Host": url.netloc.decode("ascii")}
    with (
        httpx2.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client,
        client.stream(
            method,
            url.copy_with(host=str(number)),
            content=body,
            headers=named,
            extensions={"sni_hostname": url.host},
        ) as answer,
    ):
        yield answer


def check(address: str, *, listed: Collection[str]) -> Address:
    """Where to connect to; refuses other schemes than HTTPS, unknown names, private networks that are not listed."""
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Refused(NO_ADDRESS) from None
    if not parts.hostname or parts.username is not None:
        raise Refused(NO_ADDRESS)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_listed(parts.hostname, port, listed)):
        raise Refused(NO_ADDRESS)
    return check_host(parts.hostname, port, listed=listed)


def check_host(host: str, port: int, *, listed: Collection[str]) -> Address:
    """Where to connect to; refuses unknown names, and private networks that are not listed."""
    numbers = _resolve(host, port)
    allowed = {Reach.PUBLIC, Reach.OWN} if _is_listed(host, port, listed) else {Reach.PUBLIC}
    if not {reach(number) for number in numbers} <= allowed:
        raise Refused(PRIVATE, host=host)
    return numbers[0]


def leads_somewhere(host: str) -> bool:
    """Whether there is such a host."""
    try:
        return bool(resolve(host, 443))
    except OSError:
        return False


def _is_listed(host: str, port: int, listed: Collection[str]) -> bool:
    return bool({host, f"{host}:{port}"} & set(listed))


def _resolve(host: str, port: int) -> tuple[Address, ...]:
    try:
        return resolve(host, port)
    except OSError:
        raise Refused(UNKNOWN, host=host) from None
