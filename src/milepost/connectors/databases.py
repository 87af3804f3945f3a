"""Where a database is: its address as it is typed, without the password."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

EXAMPLE: Final = "postgresql://reader@db.example.org/desk"
NO_ADDRESS: Final = gettext_noop(
    "“%(address)s” is not the address of a database. Write it as %(example)s; mysql:// and sqlite:// are read as well."
)


class System(StrEnum):
    """What speaks to a database; MariaDB speaks as MySQL does."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLITE = "sqlite"


class Tls(StrEnum):
    """Whether the way to the server is encrypted: where it can be, always, or always and with its name proved."""

    PREFER = "prefer"
    REQUIRE = "require"
    VERIFY = "verify"


SCHEMES: Final = {
    "postgresql": System.POSTGRESQL,
    "postgres": System.POSTGRESQL,
    "mysql": System.MYSQL,
    "mariadb": System.MYSQL,
    "sqlite": System.SQLITE,
}
PORTS: Final = {System.POSTGRESQL: 5432, System.MYSQL: 3306}


@dataclass(frozen=True)
class Place:
    """A database on a server, behind a socket of this machine, or in a file of it; `name` is then its path."""

    system: System
    name: str
    user: str = ""
    host: str = ""
    port: int = 0
    socket: str = ""
    tls: Tls = Tls.PREFER


def address(text: str) -> str:
    """The address, when it is one."""
    place(text)
    return text


def place(text: str) -> Place:
    """Where an address leads; refuses a password in it, and whatever else may lead elsewhere."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Refused(NO_ADDRESS, address=text, example=EXAMPLE) from error
    if parts.password is not None:
        raise Refused(gettext_noop("Enter the password in the field of its own, not in the address."))
    system = SCHEMES.get(parts.scheme)
    name = unquote(parts.path).lstrip("/")
    if system is None or not name or port == 0 or parts.fragment or not text.isprintable():
        raise Refused(NO_ADDRESS, address=text, example=EXAMPLE)
    if system is System.SQLITE:
        return _file(text, parts, name)
    return _server(text, parts, Place(system, name, unquote(parts.username or ""), port=port or PORTS[system]))


def _file(text: str, parts: SplitResult, name: str) -> Place:
    if parts.netloc or parts.query:
        raise Refused(NO_ADDRESS, address=text, example="sqlite:///srv/desk/desk.db")
    return Place(System.SQLITE, f"/{name}")


def _server(text: str, parts: SplitResult, at: Place) -> Place:
    """A server by its host, or behind a socket of this machine."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    socket, tls = options.pop("socket", ""), options.pop("tls", Tls.PREFER)
    if options or tls not in set(Tls):
        raise Refused(
            gettext_noop(
                "Behind the ? of an address may stand tls=require or tls=verify, and socket=/a/path for one of this "
                "machine; nothing else."
            )
        )
    if not at.user or bool(socket) == bool(parts.hostname):
        raise Refused(NO_ADDRESS, address=text, example=EXAMPLE)
    return Place(at.system, at.name, at.user, parts.hostname or "", at.port, socket, Tls(tls))
