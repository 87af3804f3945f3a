"""Guarding outgoing addresses: every number behind a name is checked, and a checked one is connected to."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

NO_ADDRESS: Final = gettext_noop("Enter an address that begins with https://.")
UNKNOWN: Final = gettext_noop("There is no host %(host)s. Check the address.")
PRIVATE: Final = gettext_noop(
    "%(host)s lies in a private network, to which nothing is sent. An administrator may allow it by a setting."
)


@dataclass(frozen=True)
class Checked:
    """An address that may be connected to: the name for TLS and the request, the number for the connection."""

    host: str
    number: str
    port: int

    @property
    def netloc(self) -> str:
        """Where to connect."""
        return f"[{self.number}]:{self.port}" if ":" in self.number else f"{self.number}:{self.port}"


def check(address: str, *, private: bool) -> Checked:
    """Refuse what nobody here has to ask or to post to: other schemes, unknown names, private networks.

    Where these are allowed, so is an address without encryption.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Refused(NO_ADDRESS) from None
    wanted = {"https", "http"} if private else {"https"}
    if parts.scheme not in wanted or not parts.hostname or parts.username is not None:
        raise Refused(NO_ADDRESS)
    numbers = _numbers(parts.hostname, port)
    if not private and not all(_is_public(number) for number in numbers):
        raise Refused(PRIVATE, host=parts.hostname)
    return Checked(parts.hostname, numbers[0], port)


def _numbers(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(UNKNOWN, host=host) from None
    return [str(address[0]) for *_, address in found]


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    embedded = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    return all(one.is_global and not one.is_multicast for one in (mapped or address, embedded or mapped or address))


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address behind one that a translator or a tunnel leads to."""
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or (address.teredo[1] if address.teredo else None)
