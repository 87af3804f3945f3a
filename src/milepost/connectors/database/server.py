"""The only way in which connectors ask a database: where they may, bounded in time and size, and never writing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, Final, Protocol, TypeVar

import stamina
from sqlalchemy import Connection, Engine, Select, create_engine, event, select
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql import ColumnElement

from milepost.base.addresses import Reach, reach
from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.addresses import Reached, judge
from milepost.connectors.database.failing import Again, Codes, reported
from milepost.connectors.database.mysql import MySQL
from milepost.connectors.database.postgresql import PostgreSQL
from milepost.connectors.database.sqlite import SQLite
from milepost.connectors.databases import Place, System, Tls
from milepost.connectors.http import Door

CONNECT: Final = 10.0
# A query that takes longer reads too much for a database that serves people meanwhile.
SECONDS: Final = 120
TRIES: Final = 4
# So many rows are fetched at once from the server.
CHUNK: Final = 1_000

Row = tuple[Any, ...]
Answer = TypeVar("Answer")


class Speaks(Protocol):
    """How one system is spoken to."""

    driver: str
    codes: Codes

    def connect(self, driver: Any, place: Place, password: str, reached: Reached | None, timeout: float) -> Any:
        """A connection of the driver, to where was judged alone."""

    def settle(self, connection: Connection, seconds: int) -> None:
        """Make what follows read only, and bounded in time."""

    def may_write(self, connection: Connection) -> bool:
        """Whether this user can change anything."""

    def now(self) -> ColumnElement[Any]:
        """The clock of the database, in UTC where it does not say otherwise."""


SYSTEMS: Final[dict[System, Speaks]] = {
    System.POSTGRESQL: PostgreSQL(),
    System.MYSQL: MySQL(),
    System.SQLITE: SQLite(),
}


@dataclass
class Server:
    """Asks one database. Each question is a transaction of its own that only reads."""

    name: str
    engine: Engine = field(repr=False)
    speaks: Speaks
    # How long the last answer took.
    took: float = 0.0

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[Row]:
        """The rows that the database answers; the statement says how many there may be."""
        return self._asked(lambda connection: [tuple(row) for row in connection.execute(statement)])

    def streamed(self, statement: Select[*tuple[Any, ...]]) -> list[Row]:
        """The same for many rows: the server hands them over in parts, and makes no copy of them all."""

        def fetch(connection: Connection) -> list[Row]:
            result = connection.execution_options(stream_results=True).execute(statement)
            return [tuple(row) for part in result.partitions(CHUNK) for row in part]

        return self._asked(fetch)

    def columns(self, statement: Select[*tuple[Any, ...]]) -> Sequence[str]:
        """The names of the columns that a statement would give."""
        return self._asked(lambda connection: list(connection.execute(statement).keys()))

    def may_write(self) -> bool:
        """Whether this user can change anything there."""
        return self._asked(self.speaks.may_write)

    def now(self) -> Any:
        """The clock of the database."""
        return self.rows(select(self.speaks.now()))[0][0]

    def _asked(self, ask: Callable[[Connection], Answer]) -> Answer:
        """The answer; asked again where that may help."""
        try:
            for attempt in stamina.retry_context(on=Again, attempts=TRIES, timeout=None):
                with attempt:
                    return self._once(ask)
        except Again as error:
            raise SourceFailed(
                gettext_noop("%(address)s does not answer: %(reason)s."),
                permanent=False,
                address=self.name,
                reason=error,
            ) from error
        raise AssertionError("stamina tries at least once")

    def _once(self, ask: Callable[[Connection], Answer]) -> Answer:
        began = monotonic()
        with reported(self.name, self.speaks.codes), self.engine.connect() as connection:
            self.speaks.settle(connection, SECONDS)
            answer = ask(connection)
        self.took = monotonic() - began
        return answer


@contextmanager
def opened(place: Place, password: str, door: Door) -> Iterator[Server]:
    """A database that may be asked; nobody is asked yet."""
    speaks = SYSTEMS[place.system]
    checked = place if place.host else _of_this_machine(place, door)
    engine = create_engine(
        f"{speaks.driver}://",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    def connect(dialect: Any, *_: Any) -> Any:
        reached = judge(place.host, place.port, door.allowed) if place.host else None
        return speaks.connect(dialect.loaded_dbapi, guarded(checked, reached), password, reached, CONNECT)

    event.listen(engine, "do_connect", connect)
    try:
        yield Server(place.host or place.name, engine, speaks)
    finally:
        engine.dispose()


def guarded(place: Place, reached: Reached | None) -> Place:
    """The place; outside of the own network it is reached encrypted or not at all."""
    is_public = reached is not None and Reach.PUBLIC in map(reach, reached.addresses)
    return replace(place, tls=Tls.REQUIRE) if is_public and place.tls is Tls.PREFER else place


def _of_this_machine(place: Place, door: Door) -> Place:
    """The place, its file or socket named without detours; refuses one outside the folders that were listed."""
    told = place.socket or place.name
    try:
        real = Path(told).resolve(strict=True)
    except OSError:
        real = None
    if real is None or not any(real.is_relative_to(folder.resolve()) for folder in door.folders):
        raise SourceFailed(
            gettext_noop(
                "%(path)s is not in a folder whose databases may be read. Whoever runs this machine lists such folders "
                "in MILEPOST_DATABASE_FOLDERS."
            ),
            permanent=True,
            path=told,
        )
    if place.socket:
        return replace(place, socket=str(real))
    return replace(place, name=str(real))
