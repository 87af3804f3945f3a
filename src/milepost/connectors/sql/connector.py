"""Any help desk with a database, by queries that an administrator writes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.connectors import databases
from milepost.connectors.contract import Make
from milepost.connectors.database import server
from milepost.connectors.database.connector import Connector, Reads
from milepost.connectors.database.tickets import Queries
from milepost.connectors.http import Door
from milepost.connectors.settings import Kind, database_address, database_password, import_from, setting
from milepost.connectors.settings import database_zone as zone
from milepost.tickets.columns import Category

# As help desks name them in English; beside these the words of Milepost are known, and nothing else.
STATUSES: Final = {
    "pending": Category.WAITING_CUSTOMER,
    "hold": Category.ON_HOLD,
    "solved": Category.RESOLVED,
    "reopened": Category.OPEN,
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the database is, who reads it, and the queries."""

    address: str = database_address()
    token: str = database_password()
    tickets: str = setting(
        Kind.QUERY,
        gettext_noop("Query of the tickets"),
        hint=gettext_noop(
            "One SELECT with a row for each ticket and the columns ticket, created, updated; where they are known also "
            "first_reply, resolved, agent, team, pipeline, priority, channel, tags."
        ),
    )
    history: str = setting(
        Kind.QUERY,
        gettext_noop("Query of the history"),
        hint=gettext_noop(
            "One SELECT with a row for each thing that happened and the columns ticket, at, and status, message, "
            "actor, actor_kind, agent, team, pipeline and so on. Without it reopens and first resolutions are not told."
        ),
        default="",
    )
    people: str = setting(
        Kind.QUERY,
        gettext_noop("Query of the people"),
        hint=gettext_noop("One SELECT with a row for each agent and the columns agent, name, email, active, team."),
        default="",
    )
    zone: str = zone()
    since: date | None = import_from()
    statuses: Mapping[str, Category] = setting(
        Kind.STATUSES,
        gettext_noop("Statuses"),
        hint=gettext_noop(
            "What the statuses of the history mean, one on each line. A row with one that is not here cannot be read."
        ),
        factory=STATUSES.copy,
    )


@contextmanager
def _open(settings: Settings, door: Door) -> Iterator[Connector]:
    queries = Queries(settings.tickets, settings.history, settings.people)
    with server.opened(databases.place(settings.address), settings.token, door) as opened:
        yield Connector(opened, Reads(queries, settings.zone, settings.since, dict(settings.statuses)))


MAKE: Final = Make(
    key="sql",
    name="SQL",
    sign="SQ",
    versions=gettext_noop("Any help desk whose tickets are in PostgreSQL, MySQL, MariaDB or SQLite"),
    signs_in=gettext_noop("User of the database"),
    settings=Settings,
    open=_open,
)
