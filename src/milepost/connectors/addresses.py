"""Which help desks may be reached: public ones, and those of the own network that were allowed."""

from dataclasses import dataclass

from milepost.base.addresses import Address, Reach, reach, resolve
from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop


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


def _resolve(host: str, port: int) -> tuple[Address, ...]:
    try:
        return resolve(host, port)
    except OSError as error:
        raise SourceFailed(
            gettext_noop("There is no server %(host)s. Check the address."), permanent=False, host=host
        ) from error
