"""Guarding addresses that people enter: every number behind a name is checked, and a checked one is connected to.

`listed` are the hosts of private networks that are allowed, as "host" or "host:port", also without encryption.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from milepost.base.addresses import Address, Reach, reach, resolve
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

NO_ADDRESS: Final = gettext_noop("Enter an address that begins with https://.")
UNKNOWN: Final = gettext_noop("There is no host %(host)s. Check the address.")
PRIVATE: Final = gettext_noop(
    "%(host)s lies in a private network, to which nothing is sent."
    " An administrator may allow it by the setting MILEPOST_PRIVATE_HOSTS."
)


@dataclass(frozen=True)
class Checked:
    """An address that may be connected to: the name for TLS and the request, the number for the connection."""

    host: str
    number: Address
    port: int

    @property
    def netloc(self) -> str:
        """Where to connect."""
        return f"[{self.number}]:{self.port}" if self.number.version == 6 else f"{self.number}:{self.port}"  # noqa: PLR2004


def check(address: str, *, listed: Collection[str]) -> Checked:
    """Refuse what nobody here has to do with: other schemes, unknown names, private networks that are not listed."""
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


def check_host(host: str, port: int, *, listed: Collection[str]) -> Checked:
    """Refuse unknown names, and private networks that are not listed."""
    numbers = _resolve(host, port)
    allowed = {Reach.PUBLIC, Reach.OWN} if _is_listed(host, port, listed) else {Reach.PUBLIC}
    if not {reach(number) for number in numbers} <= allowed:
        raise Refused(PRIVATE, host=host)
    return Checked(host, numbers[0], port)


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
