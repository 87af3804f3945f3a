"""A help desk that is a database, SQLite or PostgreSQL: three tables, three queries, and a user who may read them."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, TextClause, create_engine, event, text
from sqlalchemy.pool import NullPool

from milepost.testing.strict_desk import DeletingDesk, MergingDesk

QUEUES: Final = {"1": "Support", "2": "Billing"}
PEOPLE: Final = {"celina": 5, "dawid": 6}
TABLES: Final = """
CREATE TABLE {schema}tickets (id INTEGER PRIMARY KEY, opened {moment}, changed {moment}, queue TEXT, subject TEXT);
CREATE TABLE {schema}acts (nr INTEGER PRIMARY KEY, ticket INTEGER, moment {moment}, what TEXT, who TEXT, who_kind TEXT,
    holder TEXT, queue TEXT, status TEXT, gone TEXT, other TEXT);
CREATE TABLE {schema}people (id INTEGER, name TEXT, department TEXT);
INSERT INTO {schema}people VALUES (5, 'Celina', 'Frontline'), (6, 'Dawid', 'Frontline')
"""
TICKETS: Final = "SELECT id AS ticket, opened AS created, changed AS updated, queue, subject FROM {schema}tickets"
HISTORY: Final = """
SELECT ticket, moment AS at, nr AS seq, what AS message, who AS actor, who_kind AS actor_kind, holder AS agent, queue,
       status, gone AS removal, other AS merged_into -- what is NULL tells nothing
FROM {schema}acts;
"""
STAFF: Final = "SELECT id AS agent, name, department AS team FROM {schema}people"


@dataclass
class StrictSql(MergingDesk, DeletingDesk):
    """What it holds. It is on no server: the one of the other desks is never asked."""

    folder: Path = field(kw_only=True)
    tickets: int = 0
    acts: int = 0
    schema: str = ""
    closing: list[Callable[[], None]] = field(default_factory=list)

    make = "sql"
    warns_of_writing = ("Database user",)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.engine = self._engine()
        for statement in self._tables.format(schema=self.schema, moment=self._type).split(";\n"):
            self._does(text(statement))
        event.listen(Engine, "before_cursor_execute", self._count)
        self.closing.append(partial(event.remove, Engine, "before_cursor_execute", self._count))

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it."""
        queries = {"tickets": TICKETS, "history": HISTORY, "people": STAFF}
        written = {name: query.format(schema=self.schema) for name, query in queries.items()}
        return {"address": self._address, "token": "opens-no-door", "since": "2020-01-01", **written}

    @property
    def folders(self) -> tuple[Path, ...]:
        """What whoever runs the machine lists."""
        return (self.folder,)

    def close(self) -> None:
        """All is gone."""
        for act in reversed(self.closing):
            act()
        self.engine.dispose()

    def opens(self, *, by: str = "carol", queue: str = "1", created: str = "") -> str:
        """A customer writes."""
        self.tickets += 1
        opened = datetime.fromisoformat(created) if created else self.now
        values = {"id": self.tickets, "at": self._moment(opened), "now": self._moment(self.now), "queue": QUEUES[queue]}
        self._does(text(f"INSERT INTO {self.schema}tickets VALUES (:id, :at, :now, :queue, 'about it')"), **values)
        self._acts(str(self.tickets), by, what="customer", queue=QUEUES[queue], status="new")
        return str(self.tickets)

    def answers_ticket(self, ticket: str, *, by: str) -> None:
        """A public message; the system’s is automatic."""
        self._acts(ticket, by, what={"system": "automatic"}.get(_kind(by), "reply" if by in PEOPLE else "customer"))

    def notes(self, ticket: str, *, by: str) -> None:
        """A message that customers do not see."""
        self._acts(ticket, by, what="note")

    def reopens(self, ticket: str) -> None:
        """The customer writes, which opens the ticket again."""
        self._acts(ticket, "carol", what="customer", status="Reopened")

    def assigns(self, ticket: str, to: str, *, by: str) -> None:
        """To a person."""
        self._acts(ticket, by, holder=str(PEOPLE[to]))

    def moves(self, ticket: str, queue: str, *, by: str) -> None:
        """To another queue."""
        statement = text(f"UPDATE {self.schema}tickets SET queue = :queue WHERE id = :id")
        self._does(statement, queue=QUEUES[queue], id=int(ticket))
        self._acts(ticket, by, queue=QUEUES[queue])

    def becomes(self, ticket: str, status: str, *, by: str) -> None:
        """Another status."""
        self._acts(ticket, by, status=status)

    def merges(self, ticket: str, into: str, *, by: str) -> None:
        """Into another one."""
        self._acts(ticket, by, gone="merged", other=into)

    def deletes(self, ticket: str, *, by: str) -> None:
        """Deleted, and still there."""
        self._acts(ticket, by, gone="deleted")

    def shreds(self, ticket: str) -> None:
        """It never was."""
        self._does(text(f"DELETE FROM {self.schema}tickets WHERE id = :id"), id=int(ticket))

    def _acts(self, ticket: str, by: str, **more: str | None) -> None:
        self.acts += 1
        names = ("what", "holder", "queue", "status", "gone", "other")
        values = {"nr": self.acts, "ticket": int(ticket), "at": self._moment(self.now), "kind": _kind(by)}
        values |= {"who": str(PEOPLE[by]) if by in PEOPLE else None, **{name: more.get(name) for name in names}}
        columns = ":nr, :ticket, :at, :what, :who, :kind, :holder, :queue, :status, :gone, :other"
        self._does(text(f"INSERT INTO {self.schema}acts VALUES ({columns})"), **values)
        changed = text(f"UPDATE {self.schema}tickets SET changed = :at WHERE id = :ticket")
        self._does(changed, at=self._moment(self.now), ticket=int(ticket))

    def _does(self, statement: TextClause, **values: Any) -> None:
        before = self.asked
        with self.engine.begin() as connection:
            connection.execute(statement, values)
        self.asked = before

    def _count(self, *told: Any) -> None:
        """Questions alone; what readies a connection is none."""
        self.asked += str(told[2]).lstrip().startswith("SELECT")

    # What differs between databases.

    _tables = TABLES
    _type = "TEXT"

    @property
    def _address(self) -> str:
        return f"sqlite://{self.folder}/desk.db"

    def _engine(self) -> Engine:
        return create_engine(f"sqlite:///{self.folder}/desk.db", poolclass=NullPool)

    def _moment(self, moment: datetime) -> Any:
        return moment.isoformat(sep=" ")


class StrictSqlInPostgresql(StrictSql):
    """The same on the server on which the tests run, behind its socket, in a schema and with a user of its own."""

    _type = "TIMESTAMPTZ"

    def revokes(self) -> None:
        """The user may not sign in any more; the server of the tests asks for no password."""
        self._does(text(f"ALTER ROLE {self._reader} NOLOGIN"))

    def lets_write(self) -> None:
        """The user may change tickets."""
        self._does(text(f"GRANT UPDATE ON {self.schema}tickets TO {self._reader}"))

    @property
    def folders(self) -> tuple[Path, ...]:
        """The one of the socket."""
        return (Path(self._socket),)

    @property
    def _reader(self) -> str:
        return self.schema.removesuffix(".")

    @property
    def _socket(self) -> str:
        return parse_qs(urlsplit(os.environ["MILEPOST_DATABASE"]).query)["host"][0]

    @property
    def _address(self) -> str:
        return f"postgresql://{self._reader}@/postgres?socket={self._socket}"

    def _engine(self) -> Engine:
        self.schema = f"desk_{uuid.uuid4().hex}."
        engine = create_engine(f"postgresql+psycopg://postgres@/postgres?host={self._socket}", poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE ROLE {self._reader} LOGIN"))
            connection.execute(text(f"CREATE SCHEMA {self._reader}"))
            connection.execute(text(f"GRANT USAGE ON SCHEMA {self._reader} TO {self._reader}"))
            rights = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {self._reader} GRANT SELECT ON TABLES TO {self._reader}"
            connection.execute(text(rights))
        self.closing.append(self._drop)
        return engine

    def _drop(self) -> None:
        self._does(text(f"DROP SCHEMA {self._reader} CASCADE"))
        self._does(text(f"DROP OWNED BY {self._reader}"))
        self._does(text(f"DROP ROLE {self._reader}"))

    def _moment(self, moment: datetime) -> Any:
        return moment


class StrictSqlInMariaDb(StrictSql):
    """The same on a real MariaDB over the network, with a user of its own. Its moments have no zone."""

    _type = "DATETIME(6)"
    _rights: tuple[str, ...] = ("SELECT ON {schema}*",)

    def __post_init__(self) -> None:
        super().__post_init__()
        for right in self._rights:
            self._does(text(f"GRANT {right} TO {self._reader}".format(schema=self.schema)))

    @property
    def told(self) -> dict[str, str]:
        """What it takes to read it; the zone is that in which this desk keeps its moments."""
        return {**super().told, "token": "a password", "zone": "America/New_York"}

    def revokes(self) -> None:
        """The password is another one."""
        self._does(text(f"ALTER USER {self._reader} IDENTIFIED BY 'another'"))

    def lets_write(self) -> None:
        """The user may change tickets."""
        self._does(text(f"GRANT UPDATE ON {self.schema}* TO {self._reader}"))

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(os.environ["MILEPOST_MARIADB"]).port or 0

    @property
    def folders(self) -> tuple[Path, ...]:
        """None is needed."""
        return ()

    @property
    def _reader(self) -> str:
        return self.schema.removesuffix(".")

    @property
    def _address(self) -> str:
        return f"mysql://{self._reader}@127.0.0.1:{self.port}/{self._reader}"

    def _engine(self) -> Engine:
        self.schema = f"desk_{uuid.uuid4().hex[:20]}."
        address = os.environ["MILEPOST_MARIADB"].replace("mysql://", "mysql+pymysql://")
        engine = create_engine(address, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE DATABASE {self._reader}"))
            connection.execute(text(f"CREATE USER {self._reader} IDENTIFIED BY 'a password'"))
        self.closing.append(self._drop)
        return engine

    def _drop(self) -> None:
        self._does(text(f"DROP DATABASE {self._reader}"))
        self._does(text(f"DROP USER {self._reader}"))

    def _moment(self, moment: datetime) -> Any:
        return moment.astimezone(ZoneInfo("America/New_York")).replace(tzinfo=None)


def _kind(who: str) -> str:
    return "system" if who == "system" else "agent" if who in PEOPLE else "customer"
