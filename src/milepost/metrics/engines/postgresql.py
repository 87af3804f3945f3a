"""PostgreSQL: every Parquet file of facts is copied once into a table of its own, and as unchangeable as the file.

A question reads a view over the tables of the files that its manifest names. So it sees what DuckDB sees, one whole
state of the store, while others are copied or asked; and after an import only the files that were replaced are copied.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import psycopg
from psycopg import errors, sql

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.metrics.compiler import Statement
from milepost.metrics.engines.engine import LIMIT, Answer, Ask, Clock, Moved
from milepost.metrics.engines.translation import Dialect, translated
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store.manifest import Manifest
from milepost.tickets.store.reading import connection, fact_columns, parquet

SCHEMA: Final = "milepost_facts"
# One copies at a time, among all that share the database.
LOCK: Final = 4_242_001
TYPES: Final = {"VARCHAR": "text", "DOUBLE": "double precision"}
PIECE: Final = 1 << 20
# How long to wait for a question that still reads a table that nobody needs any more.
PATIENCE: Final = "2s"
Database = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class PostgreSQL:
    """A database by its address, `postgresql://user:password@host:port/name`."""

    address: str

    def read(
        self,
        folder: Path,
        manifest: Manifest,
        sources: Collection[str] | None,
        clock: Clock | None,
        ask: Callable[[Ask], Answer],
    ) -> Answer:
        """As `Engine.read`; copies what is not there yet."""
        with self._connected() as db:
            copy(db, folder, manifest)
            # The view and the slots are there for this transaction only.
            with db.transaction(force_rollback=True):
                _view(db, manifest, sources)
                if clock is not None:
                    _keep(db, clock)

                def asked(statement: Statement) -> list[Any]:
                    text = translated(statement, Dialect.POSTGRESQL, clock.slots if clock else None)
                    return db.execute(text.encode()).fetchall()

                return ask(asked)

    @contextmanager
    def _connected(self) -> Iterator[Database]:
        options = f"-c statement_timeout={LIMIT}s -c jit=off"
        try:
            with psycopg.connect(self.address, autocommit=True, connect_timeout=10, options=options) as db:
                yield db
        except errors.QueryCanceled as error:
            raise SourceFailed(
                gettext_noop("PostgreSQL did not answer within %(seconds)s seconds. Ask for a shorter time."),
                permanent=False,
                seconds=LIMIT,
            ) from error
        except errors.UndefinedTable as error:
            raise Moved from error
        except (psycopg.OperationalError, errors.InsufficientPrivilege) as error:
            raise SourceFailed(
                gettext_noop(
                    "PostgreSQL does not answer: %(error)s Check the address in MILEPOST_ENGINE and that the server "
                    "runs; or set MILEPOST_ENGINE=duckdb, which needs no server."
                ),
                permanent=False,
                error=str(error).strip(),
            ) from error


def copy(db: Database, folder: Path, manifest: Manifest) -> None:
    """Copy the files that are not there yet, and drop the tables of files that are no longer readers'."""
    wanted = {table(file): file for file in _files(manifest)}
    if wanted.keys() <= _held(db).keys():
        return
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        db.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
        for name in wanted.keys() - _held(db).keys():
            _load(db, folder, wanted[name], name)
    before = {table(file) for file in _files(manifests.read(folder, manifests.PREVIOUS))}
    for name in _held(db).keys() - wanted.keys() - before:
        _drop(db, name)


def _files(manifest: Manifest) -> list[str]:
    """The facts, and which tickets stand in deltas."""
    return [*manifest.facts(), *(delta.tickets for delta in manifest.deltas())]


def table(file: str) -> str:
    """The table of a file. Files are named after their content, so a name never stands for two contents."""
    return f"facts_{hashlib.sha256(file.encode()).hexdigest()[:16]}"


def _held(db: Database) -> dict[str, set[str]]:
    """The tables that are there, each with its columns."""
    rows = db.execute(
        """
        SELECT relname, array_agg(attname::text) FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE nspname = %s AND relkind = 'r' AND attnum > 0 GROUP BY relname
        """,
        [SCHEMA],
    ).fetchall()
    return {name: set(columns) for name, columns in rows}


def _load(db: Database, folder: Path, file: str, name: str) -> None:
    """Copy one file, by way of a text that both sides know."""
    with TemporaryDirectory(prefix="milepost-") as scratch:
        csv = Path(scratch) / "facts.csv"
        columns = _written(folder, file, csv)
        each = (sql.SQL("{} {}").format(sql.Identifier(one), sql.SQL(type_)) for one, type_ in columns.items())
        place = sql.Identifier(SCHEMA, name)
        db.execute(sql.SQL("CREATE TABLE {} ({})").format(place, sql.SQL(", ").join(each)))
        with csv.open("rb") as text, db.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(place)) as into:
            while piece := text.read(PIECE):
                into.write(piece)
    key = "kind, happened_at" if "kind" in columns else "ticket"
    db.execute(sql.SQL("CREATE INDEX ON {} ({})").format(place, sql.SQL(key)))
    db.execute(sql.SQL("ANALYZE {}").format(place))


def _written(folder: Path, file: str, csv: Path) -> dict[str, str]:
    """Write a file as CSV; the columns it has, with their types in PostgreSQL."""
    try:
        with connection() as db:
            source = parquet(folder, file)
            types = {name: type_ for name, type_, *_ in db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
            each = ", ".join(
                f"'{{' || array_to_string(\"{name}\", ',') || '}}'" if type_.endswith("[]") else f'"{name}"'
                for name, type_ in types.items()
            )
            db.execute(f"COPY (SELECT {each} FROM {source}) TO '{csv}' (FORMAT csv, HEADER false)")
    except duckdb.IOException as error:
        raise Moved from error
    return {name: TYPES.get(type_, type_) for name, type_ in types.items()}


def _drop(db: Database, name: str) -> None:
    """Drop a table; where somebody still reads it, after the next import."""
    try:
        with db.transaction():
            db.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            db.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(SCHEMA, name)))
    except errors.LockNotAvailable:
        return


def _view(db: Database, manifest: Manifest, sources: Collection[str] | None) -> None:
    """The view `facts`; a column that a file does not have is not told in it."""
    held = _held(db)
    columns = fact_columns(manifest.fields())
    deltas = manifest.deltas(sources)
    newer = {delta.facts for delta in deltas}
    tables = [sql.Identifier(SCHEMA, table(delta.tickets)) for delta in deltas]
    waiting = [sql.SQL("NOT EXISTS (SELECT FROM {} AS w WHERE w.ticket = facts.ticket)").format(one) for one in tables]
    try:
        each = [
            _selected(table(file), held[table(file)], columns, [] if file in newer else waiting)
            for file in manifest.facts(sources)
        ]
    except KeyError as error:
        raise Moved from error
    db.execute(sql.SQL("CREATE TEMP VIEW facts AS {}").format(sql.SQL(" UNION ALL ").join(each)))


def _selected(name: str, told: set[str], columns: Mapping[str, str], clauses: Sequence[sql.Composed]) -> sql.Composed:
    each = (
        sql.Identifier(one)
        if one in told
        else sql.SQL("NULL::{} AS {}").format(sql.SQL(TYPES.get(type_, type_)), sql.Identifier(one))
        for one, type_ in columns.items()
    )
    where = sql.SQL(" AND ").join([sql.SQL("true"), *clauses])
    selected = sql.SQL(", ").join(each)
    return sql.SQL("SELECT {} FROM {} AS facts WHERE {}").format(selected, sql.Identifier(SCHEMA, name), where)


def _keep(db: Database, clock: Clock) -> None:
    """The table `slots`."""
    columns = clock.slots.columns()
    each = sql.SQL(", ").join(sql.SQL("{} bigint").format(sql.Identifier(column)) for column in columns)
    place = sql.Identifier(clock.slots.table)
    db.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(place, each))
    with db.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(place)) as into:
        for row in clock.rows:
            into.write_row(row)
    db.execute(sql.SQL("ANALYZE {}").format(place))
