"""MySQL and MariaDB."""

import re
import socket
from typing import Any, Final

from sqlalchemy import Connection, func
from sqlalchemy.sql import ColumnElement

from milepost.connectors.addresses import Reached
from milepost.connectors.database.failing import Codes
from milepost.connectors.database.trust import context
from milepost.connectors.databases import Place, Tls

# Privileges with which nothing can be changed.
HARMLESS: Final = frozenset(
    {"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "BINLOG MONITOR"}
)
GRANT: Final = re.compile(r"GRANT (.+?) ON ", re.DOTALL)
# What may be granted for some columns alone.
OF_COLUMNS: Final = re.compile(r"\([^)]*\)")


class MySQL:
    """Asks by the protocol of MySQL."""

    driver = "mysql+pymysql"
    codes = Codes(
        refused=frozenset({"1045", "1698", "1862", "4151"}),
        no_database=frozenset({"1044", "1049"}),
        too_long=frozenset({"3024", "1969"}),
        passing=("2003", "2006", "2013", "2014", "1040", "1053", "1205", "1213", "1927"),
    )

    def connect(self, driver: Any, place: Place, password: str, reached: Reached | None, timeout: float) -> Any:
        """Connect to an address that was judged; the certificate is still that of the name."""
        connection = driver.connections.Connection(
            host=place.host or "localhost",
            port=place.port,
            unix_socket=place.socket or None,
            user=place.user,
            password=password,
            database=place.name,
            charset="utf8mb4",
            connect_timeout=timeout,
            read_timeout=timeout * 20,
            write_timeout=timeout,
            defer_connect=True,
            **_tls(place.tls),
        )
        connection.connect(None if reached is None else _first(driver, reached, timeout))
        return connection

    def settle(self, connection: Connection, seconds: int) -> None:
        """What follows may only read, and not for long."""
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        if getattr(connection.dialect, "is_mariadb", False):
            connection.exec_driver_sql(f"SET SESSION max_statement_time = {seconds}")
        else:
            connection.exec_driver_sql(f"SET SESSION max_execution_time = {seconds * 1000}")

    def may_write(self, connection: Connection) -> bool:
        """Whether this user was granted more than to read."""
        grants = connection.exec_driver_sql("SHOW GRANTS").scalars()
        told = [found.group(1) for grant in grants if (found := GRANT.match(grant))]
        return any(name.strip().upper() not in HARMLESS for one in told for name in OF_COLUMNS.sub("", one).split(","))

    def now(self) -> ColumnElement[Any]:
        """The clock of the database."""
        return func.utc_timestamp()


def _first(driver: Any, reached: Reached, timeout: float) -> socket.socket:
    """A connection to the first address that answers."""
    for address in reached.addresses:
        try:
            return socket.create_connection((str(address), reached.port), timeout)
        except OSError as error:
            failed = error
    raise driver.err.OperationalError(2003, type(failed).__name__) from failed


def _tls(tls: Tls) -> dict[str, Any]:
    """Without a word the driver encrypts where the server can. By its own words it would prove no name."""
    return {} if tls is Tls.PREFER else {"ssl": context(proved=tls is Tls.VERIFY)}
