"""Reading one whole state of the store through the engine that it names."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from milepost.base.errors import Misconfigured, SourceFailed
from milepost.base.marks import gettext_noop
from milepost.calendars.slots import Database
from milepost.metrics import working_time
from milepost.metrics.compiler import Statement
from milepost.metrics.engines.engine import Answer, Ask, Clock, Engine, Moved
from milepost.tickets.store import Store

# Files that a reader found in the manifest may be gone by the time it opens them; then it starts again.
TRIES: Final = 3


def at(address: str) -> Engine:
    """The engine with this address. Refuses one that is none, and one whose packages are not installed."""
    scheme = urlsplit(address).scheme
    try:
        if scheme in {"postgres", "postgresql"}:
            from milepost.metrics.engines.postgresql import PostgreSQL  # noqa: PLC0415 - an extra

            return PostgreSQL(address)
        if scheme == "spark":
            from milepost.metrics.engines.spark import Spark  # noqa: PLC0415 - an extra

            return Spark(address)
    except ModuleNotFoundError as error:
        raise Misconfigured(
            gettext_noop("MILEPOST_ENGINE needs packages that are not installed: pip install 'milepost[%(extra)s]'"),
            extra="spark" if scheme == "spark" else "postgresql",
        ) from error
    raise Misconfigured(
        gettext_noop(
            "MILEPOST_ENGINE must read duckdb, postgresql://user:password@host:port/name or spark://host:port."
        )
    )


def read(
    store: Store,
    ask: Callable[[Ask], Answer],
    sources: Collection[str] | None,
    *,
    business: bool,
    now: datetime,
) -> Answer:
    """What `ask` finds out from one whole state of the store, by asking statements of the engine that the store names.

    With `business` the statements may read the working clock, at moments up to `now`.
    """
    engine = at(store.engine or "")
    for _ in range(TRIES):
        try:
            return _read(engine, store, ask, sources, until=int(now.timestamp()) if business else None)
        except Moved:
            continue
    raise SourceFailed(gettext_noop("The facts change faster than they can be read. Try again."), permanent=False)


def _read(
    engine: Engine,
    store: Store,
    ask: Callable[[Ask], Answer],
    sources: Collection[str] | None,
    *,
    until: int | None,
) -> Answer:
    manifest = store.readable()
    if not manifest.facts(sources):
        return ask(_nothing)
    clock = None if until is None else _clock(store, sources, until=until)
    return engine.read(store.folder, manifest, sources, clock, ask)


def _nothing(_statement: Statement) -> list[Any]:
    """Of no facts there are no groups."""
    return []


def _clock(store: Store, sources: Collection[str] | None, *, until: int) -> Clock:
    """The working clock of every calendar as a table, made by DuckDB as for itself."""

    def made(db: Database) -> Clock:
        slots = working_time.slots(db, store.manifest().calendars, until=until)
        return Clock(slots, db.execute(f"SELECT {', '.join(slots.columns())} FROM {slots.table}").fetchall())

    return store.read(made, sources)
