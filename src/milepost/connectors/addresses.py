"""Which addresses may be reached. A name is resolved once, and the connection goes to the address that was judged."""

import ipaddress
import socket
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop

Address = IPv4Address | IPv6Address

# Where clouds answer a machine with its own credentials; the link-local ones are refused as such.
METADATA: Final = frozenset(
    map(ipaddress.ip_address, ("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254"))
)
# An IPv4 address in the clothes of an IPv6 one: NAT64.
TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


class Reach(Enum):
    """Whether an address is anybody's, in the own network, or never to be asked."""

    PUBLIC = "public"
    OWN = "own"
    NEVER = "never"


class InOwnNetwork(SourceFailed):
    """The server is in the own network, and nobody has allowed this host and port yet."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            gettext_noop(
                "%(host)s, port %(port)s, is in your own network. An administrator must allow to read from it."
            ),
            permanent=True,
            host=host,
            port=port,
        )
        self.host, self.port = host, port


@dataclass(frozen=True)
class Reached:
    """A host and the addresses that were judged, in the order in which they are tried."""

    host: str
    port: int
    addresses: tuple[Address, ...]


def reach(address: Address) -> Reach:
    """How far away an address is."""
    plain = _plain(address)
    if plain in METADATA or plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return Reach.NEVER
    if plain.is_loopback:
        return Reach.OWN
    if plain.is_reserved or plain == IPv4Address("255.255.255.255"):
        return Reach.NEVER
    return Reach.PUBLIC if plain.is_global else Reach.OWN


def judge(host: str, port: int, allowed: frozenset[tuple[str, int]]) -> Reached:
    """Resolve a host and judge all its addresses: one that may not be reached refuses the host."""
    addresses = _resolve(host, port)
    reaches = {reach(one) for one in addresses}
    if Reach.NEVER in reaches:
        raise SourceFailed(
            gettext_noop("%(host)s is an address from which Milepost never reads. Enter the address of the help desk."),
            permanent=True,
            host=host,
        )
    if Reach.OWN in reaches and (host, port) not in allowed:
        raise InOwnNetwork(host, port)
    return Reached(host, port, addresses)


def _plain(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def _resolve(host: str, port: int) -> tuple[Address, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceFailed(
            gettext_noop("There is no server %(host)s. Check the address."), permanent=False, host=host
        ) from error
    # A zone behind the address of an interface (fe80::1%eth0) is no part of it.
    return tuple(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))
