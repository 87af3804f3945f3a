"""SQLite: a file of this machine."""

from time import monotonic
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, func
from sqlalchemy.sql import ColumnElement

from milepost.connectors.addresses import Reached
from milepost.connectors.database.failing import Codes
from milepost.connectors.databases import Place

# Seconds that whoever writes at the moment is waited for; it is asked again after that.
WAIT: Final = 2.0
# How many steps of a query pass between two looks at the clock.
STEPS: Final = 100_000


class SQLite:
    """Asks a file."""

    driver = "sqlite+pysqlite"
    codes = Codes(
        refused=frozenset(),
        no_database=frozenset({"SQLITE_CANTOPEN", "SQLITE_NOTADB"}),
        too_long=frozenset({"SQLITE_INTERRUPT"}),
        passing=("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_PROTOCOL"),
    )

    def connect(
        self,
        driver: Any,
        place: Place,
        password: str,  # noqa: ARG002 - a file has none
        reached: Reached | None,  # noqa: ARG002 - a file is on no server
        timeout: float,  # noqa: ARG002 - a file is there or not
    ) -> Any:
        """Open the file to read it; one that is not there is not made."""
        file = f"file:{quote(place.name)}?mode=ro"
        return driver.connect(file, uri=True, timeout=WAIT, check_same_thread=False)

    def settle(self, connection: Connection, seconds: int) -> None:
        """What follows may only read, and not for long."""
        connection.exec_driver_sql("PRAGMA query_only = ON")
        until, opened = monotonic() + seconds, connection.connection.dbapi_connection
        if opened is not None:
            opened.set_progress_handler(lambda: monotonic() > until, STEPS)

    def may_write(self, connection: Connection) -> bool:  # noqa: ARG002 - it is opened so
        """Never: it was opened to be read."""
        return False

    def now(self) -> ColumnElement[Any]:
        """The clock of this machine."""
        return func.current_timestamp()
