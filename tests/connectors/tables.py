"""A database in a file, made by statements."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from milepost.connectors import registry, settings
from milepost.connectors.contract import Batch, Connector
from milepost.connectors.http import Door


def made(file: Path, *statements: str) -> None:
    """The file, after these statements."""
    with closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def filled(file: Path, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """The file, with these rows more."""
    with closing(sqlite3.connect(file)) as database:
        marks = ", ".join("?" * len(rows[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        database.commit()


@contextmanager
def reading(file: Path, tickets: str, **more: str) -> Iterator[Connector]:
    """A connector that reads the file by these queries."""
    make = registry.make("sql")
    told = {"address": f"sqlite://{file}", "since": "2020-01-01", "tickets": tickets, **more}
    with make.open(settings.read(make.settings, told), Door(folders=(file.parent,))) as connector:
        yield connector


def read(file: Path, tickets: str, cursor: str = "", **more: str) -> list[Batch]:
    """All there is since the cursor."""
    with reading(file, tickets, **more) as connector:
        return list(connector.changes(cursor))
