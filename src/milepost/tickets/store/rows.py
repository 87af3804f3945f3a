"""Rows of a Parquet file that is not of the store."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.tickets.store.reading import connection, parquet
from milepost.tickets.store.staging import read_csv

BATCH: Final = 5_000


@contextmanager
def parquet_rows(file: Path) -> Iterator[tuple[list[str], Iterator[tuple[Any, ...]]]]:
    """The column names and the rows of a Parquet file, in its order, a batch at a time."""
    with connection(memory="200MB", threads=1) as db:
        try:
            query = db.execute(f"SELECT * FROM {parquet(file.parent, file.name)}")
        except duckdb.Error as error:
            raise Refused(gettext_noop("%(file)s is damaged: %(error)s"), file=file, error=error) from error
        header = [column[0] for column in query.description or []]

        def rows() -> Iterator[tuple[Any, ...]]:
            while batch := query.fetchmany(BATCH):
                yield from batch

        yield header, rows()


def repeated(file: Path) -> Iterator[tuple[int, bool]]:
    """The numbers in a CSV file of texts and ascending numbers whose text comes again, and whether each is its last."""
    with (
        tempfile.TemporaryDirectory(dir=file.parent) as folder,
        connection(Path(folder) / "repeated.duckdb", memory="200MB", threads=1, spill=Path(folder)) as db,
    ):
        db.execute(f"CREATE TABLE rows AS SELECT * FROM {read_csv(file, {'text': 'VARCHAR', 'number': 'BIGINT'})}")
        query = db.execute(
            """
            SELECT number, number = last FROM rows
            JOIN (SELECT text, max(number) AS last FROM rows GROUP BY text HAVING count(*) > 1) USING (text)
            ORDER BY number
            """
        )
        while batch := query.fetchmany(BATCH):
            yield from batch
