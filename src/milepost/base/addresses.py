"""How far away an address is. A name is resolved once, and the connection goes to an address that was judged."""

import ipaddress
import socket
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Final

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


def resolve(host: str, port: int) -> tuple[Address, ...]:
    """All addresses of a host; raises OSError where there is none of this name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(host) from error
    # A zone behind the address of an interface (fe80::1%eth0) is no part of it.
    return tuple(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))


def _plain(address: Address) -> Address:
    """The IPv4 address behind one that a translator or a tunnel leads to."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
