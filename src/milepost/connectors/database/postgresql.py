"""PostgreSQL, and what speaks as it does."""

import os
import re
from typing import Any, Final

from sqlalchemy import Connection, func, text
from sqlalchemy.sql import ColumnElement

from milepost.connectors.addresses import Reached
from milepost.connectors.database.failing import Codes
from milepost.connectors.database.trust import authorities
from milepost.connectors.databases import Place, Tls

WRITES: Final = text(
    """
    SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS (
        SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'v', 'f') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
          AND has_schema_privilege(pg_namespace.oid, 'USAGE')
          AND has_table_privilege(pg_class.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
    """
)
# libpq keeps no code of a connection that was refused.
NOT_LET_IN: Final = re.compile(
    r"authentication failed|no password supplied|not permitted to log in|pg_hba\.conf|role .* does not exist"
)
NO_DATABASE: Final = re.compile(r"database .* does not exist")
# A file that cannot be: without a name libpq reads the passwords of whoever runs Milepost.
NO_FILE: Final = f"{os.devnull}/none"


class PostgreSQL:
    """Asks by the protocol of PostgreSQL."""

    driver = "postgresql+psycopg"
    codes = Codes(
        refused=frozenset({"28000", "28P01"}),
        no_database=frozenset({"3D000"}),
        too_long=frozenset({"57014"}),
        passing=("08", "53", "57P", "40", "55P03"),
        words=((NOT_LET_IN, "28000"), (NO_DATABASE, "3D000")),
    )

    def connect(self, driver: Any, place: Place, password: str, reached: Reached | None, timeout: float) -> Any:
        """Connect to the addresses that were judged, with nothing of the environment: no file of passwords either."""
        hosts: dict[str, Any] = {"host": place.socket}
        if reached is not None:
            addresses = [str(one) for one in reached.addresses]
            hosts = {"host": ",".join([place.host] * len(addresses)), "hostaddr": ",".join(addresses)}
        return driver.connect(
            **hosts,
            **_tls(place.tls),
            port=place.port,
            dbname=place.name,
            user=place.user,
            password=password,
            passfile=NO_FILE,
            sslcertmode="disable",
            gssencmode="disable",
            connect_timeout=round(timeout),
            application_name="Milepost",
        )

    def settle(self, connection: Connection, seconds: int) -> None:
        """What follows may only read, and not for long."""
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000}")

    def may_write(self, connection: Connection) -> bool:
        """Whether this user may change a table."""
        return bool(connection.scalar(WRITES))

    def now(self) -> ColumnElement[Any]:
        """The clock of the database."""
        return func.now()


def _tls(tls: Tls) -> dict[str, str]:
    if tls is Tls.VERIFY:
        return {"sslmode": "verify-full", "sslrootcert": authorities()}
    # Else a file of authorities in the home of whoever runs Milepost would make more of it.
    return {"sslmode": tls.value, "sslrootcert": NO_FILE}
