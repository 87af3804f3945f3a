"""osTicket, which tells too little over its interface: by its database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import databases
from milepost.connectors.contract import Make
from milepost.connectors.database import server
from milepost.connectors.database.connector import Connector, Reads
from milepost.connectors.database.tickets import Queries
from milepost.connectors.http import Door
from milepost.connectors.osticket.queries import queries
from milepost.connectors.settings import Kind, database_address, database_password, database_zone, import_from, setting

# It goes into the names of tables.
PREFIX: Final = re.compile(r"\w{0,40}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where its database is, who reads it, and how its tables are called."""

    address: str = database_address()
    token: str = database_password()
    prefix: str = setting(
        Kind.TEXT,
        gettext_noop("Beginning of the names of tables"),
        hint=gettext_noop("TABLE_PREFIX in include/ost-config.php."),
        default="ost_",
    )
    zone: str = database_zone()
    since: date | None = import_from()


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    with server.opened(databases.place(settings.address), settings.token, door) as opened:
        yield Connector(opened, Reads(_queries(settings.prefix), settings.zone, settings.since, {}))


def _queries(prefix: str) -> Queries:
    if not PREFIX.fullmatch(prefix):
        raise Refused(gettext_noop("“%(prefix)s” does not begin the name of a table."), prefix=prefix)
    return queries(prefix)


MAKE: Final = Make(
    key="osticket",
    name="osTicket",
    sign="OT",
    versions=gettext_noop("Reads the database of osTicket 1.14 to 1.18"),
    signs_in=gettext_noop("User of the database"),
    settings=Settings,
    open=_open,
)
