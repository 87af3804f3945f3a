"""Reading: an in-memory DuckDB over the files of the manifest. Readers take no lock and wait for nobody."""

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, TypeVar

import duckdb

from milepost.base.errors import Misconfigured
from milepost.base.marks import gettext_noop
from milepost.tickets.columns import FACT_COLUMNS, FIELD_PREFIX, FIELD_TYPES, FieldType
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store.manifest import Manifest, SourceFiles

DUCKDB: Final = "1.5.5"
NAMES_COLUMNS: Final = "source VARCHAR, kind VARCHAR, number INTEGER, text VARCHAR"
# A writer removes files two writes after it replaced them; a reader that is slower than that starts again.
TRIES: Final = 3
# The month of a ticket, as files are named after it.
MONTH: Final = "strftime(make_timestamp(created_at * 1000000), '%Y-%m')"

# What is enough for a refresh over some ten million tickets.
MEMORY: Final = "300MB"
# How files are written. With the encodings of the second version they are no larger than with zstd over those of the
# first, and are read in three quarters of the time.
PARQUET: Final = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION snappy"

Answer = TypeVar("Answer")


class Store:
    """The facts in a folder. `engine` is the address of the engine that answers over them; without one DuckDB does.

    A refresh keeps to `memory`, such as 300MB, and puts into temporary files what is more.
    """

    def __init__(self, folder: Path, engine: str | None = None, memory: str = MEMORY) -> None:
        self.folder = folder
        self.engine = engine
        self.memory = memory

    def manifest(self) -> Manifest:
        """What the store holds now."""
        return manifests.read(self.folder)

    def readable(self) -> Manifest:
        """The same; refuses facts that an earlier version made."""
        manifest = self.manifest()
        if any(source.version < manifests.FACTS for source in manifest.sources.values()):
            raise Misconfigured(
                gettext_noop("The facts were made by an earlier version. Make them anew with: milepost rebuild")
            )
        return manifest

    def read(
        self,
        ask: Callable[[duckdb.DuckDBPyConnection], Answer],
        sources: Collection[str] | None = None,
        *,
        spill: bool = False,
    ) -> Answer:
        """What `ask` answers from one whole state of the store, seen through the views `facts`, `tickets` and `names`.

        The view `state` tells its generation, and whether `changes` are all that the facts of the generation before
        lack (weight 1) or had too much (weight -1); the view `latest` tells the latest moment of any fact. The facts
        are those of all sources, or of the named ones. With `spill`, what does not fit into memory goes to a folder
        for temporary files.
        """
        for _ in range(TRIES - 1):
            try:
                return self._spilling(ask, sources) if spill else self._read(ask, sources)
            except duckdb.IOException:
                continue
        return self._spilling(ask, sources) if spill else self._read(ask, sources)

    def _spilling(self, ask: Callable[[duckdb.DuckDBPyConnection], Answer], sources: Collection[str] | None) -> Answer:
        with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
            return self._read(ask, sources, spill=Path(folder))

    def _read(
        self,
        ask: Callable[[duckdb.DuckDBPyConnection], Answer],
        sources: Collection[str] | None,
        *,
        spill: Path | None = None,
    ) -> Answer:
        manifest = self.readable()
        with connection(memory=MEMORY if spill is None else self.memory, spill=spill) as db:
            db.execute(f"CREATE VIEW facts AS {self._facts(manifest, sources)}")
            db.execute(f"CREATE VIEW tickets AS {self._tickets(manifest)}")
            db.execute(f"CREATE VIEW names AS {self._names(manifest)}")
            db.execute(f"CREATE VIEW changes AS {self._changes(manifest, sources)}")
            continued = str(manifest.changes is not None).lower()
            db.execute(f"CREATE VIEW state AS SELECT {manifest.generation} AS generation, {continued} AS continued")
            db.execute(f"CREATE VIEW latest AS SELECT {self._latest(manifest, sources)} AS moment")
            return ask(db)

    def _facts(self, manifest: Manifest, sources: Collection[str] | None) -> str:
        held = manifest.held(sources)
        if any(source.months for source in held):
            return whole(self.folder, held, "facts")
        columns = ", ".join(f'NULL::{type_} AS "{name}"' for name, type_ in fact_columns(manifest.fields()).items())
        return f"SELECT {columns} WHERE false"

    def _changes(self, manifest: Manifest, sources: Collection[str] | None) -> str:
        columns = ", ".join(f'NULL::{type_} AS "{name}"' for name, type_ in fact_columns(manifest.fields()).items())
        nothing = f"SELECT NULL::INTEGER AS weight, {columns} WHERE false"
        changes = manifest.changes
        if changes is None or (sources is not None and changes.source not in sources):
            return nothing
        return f"SELECT * FROM {parquet(self.folder, changes.file)} UNION ALL BY NAME {nothing}"

    def _latest(self, manifest: Manifest, sources: Collection[str] | None) -> str:
        files = manifest.facts(sources)
        if not files:
            return "NULL::BIGINT"
        moments = "'happened_at', 'ended_at', 'counts_from', 'counts_until'"
        quoted = ", ".join(quote(self.folder, file) for file in files)
        return (
            f"(SELECT max(stats_max_value::BIGINT) FROM parquet_metadata([{quoted}]) "
            f"WHERE path_in_schema IN ({moments}))"
        )

    def _tickets(self, manifest: Manifest) -> str:
        held = manifest.held()
        if any(source.months for source in held):
            return whole(self.folder, held, "tickets")
        return (
            "SELECT 0::BIGINT AS ticket, '' AS key, 0::BIGINT AS created_at, '' AS removal, '' AS survivor WHERE false"
        )

    def _names(self, manifest: Manifest) -> str:
        if manifest.names is not None:
            return f"SELECT * FROM {parquet(self.folder, manifest.names)}"
        return (
            "SELECT ''::VARCHAR AS source, ''::VARCHAR AS kind, 0::INTEGER AS number, ''::VARCHAR AS text WHERE false"
        )

    def numbers(self, kind: str, texts: set[str] | None = None) -> dict[int, str]:
        """The names of one kind (agent, team, pipeline, …) by number; only those in `texts` where given."""

        def ask(db: duckdb.DuckDBPyConnection) -> dict[int, str]:
            rows = db.execute("SELECT number, text FROM names WHERE kind = ?", [kind]).fetchall()
            return {number: text for number, text in rows if texts is None or text in texts}

        return self.read(ask)

    def names(self, source: str) -> list[tuple[str, int, str]]:
        """Kind, number and text of every name of a source."""
        return self.read(
            lambda db: db.execute(
                "SELECT kind, number, text FROM names WHERE source = ? ORDER BY kind, number", [source]
            ).fetchall()
        )

    def keys(self, source: str) -> Iterator[list[str]]:
        """The source's own keys of its tickets that were not taken out, month by month."""
        held = self.manifest().sources.get(source)
        for month in () if held is None else sorted(held.months):
            yield self._keys(source, month)

    def _keys(self, source: str, month: str) -> list[str]:
        """Of one month, as it is now: a write may have replaced its files since it was listed."""
        held = self.manifest().sources[source]
        rows = whole(self.folder, [held.only([month])], "tickets")
        with connection() as db:
            keys = db.execute(
                f"SELECT key FROM ({rows}) WHERE removal IS NULL AND {MONTH} = ? ORDER BY ticket", [month]
            ).fetchall()
        return [key for (key,) in keys]


def fact_columns(fields: dict[str, FieldType]) -> dict[str, str]:
    """Every column of the fact table and its type, the named fields last."""
    named = {FIELD_PREFIX + name: FIELD_TYPES[kind] for name, kind in sorted(fields.items())}
    return {column.name: column.type for column in FACT_COLUMNS} | named


def whole(folder: Path, sources: Iterable[SourceFiles], kind: Literal["tickets", "events", "facts"]) -> str:
    """A query for these rows of all tickets of sources, of which one has a month at the least.

    Tickets that stand in a delta are read from there, and not from their month.
    """
    held = list(sources)
    months = [getattr(month, kind) for source in held for month in source.months.values()]
    deltas = [source.delta for source in held if source.delta is not None]
    if not deltas:
        return f"SELECT * FROM {parquet(folder, *months)}"
    changed = f"SELECT ticket FROM {parquet(folder, *(delta.tickets for delta in deltas))}"
    return (
        f"SELECT * FROM {parquet(folder, *months)} ANTI JOIN ({changed}) USING (ticket) "
        f"UNION ALL BY NAME SELECT * FROM {parquet(folder, *(getattr(delta, kind) for delta in deltas))}"
    )


def parquet(folder: Path, *files: str) -> str:
    """A table function over files of the store. Their names are ours, made of letters, digits and dashes."""
    quoted = ", ".join(quote(folder, file) for file in files)
    return f"read_parquet([{quoted}], union_by_name=true)"


def quote(folder: Path, file: str) -> str:
    """The path of a file as a text of SQL."""
    return "'" + str(folder / file).replace("'", "''") + "'"


@contextmanager
def connection(
    file: Path | None = None, *, memory: str = MEMORY, threads: int = 2, spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that loads nothing from outside and keeps to `memory`; in memory, or in `file` for scratch work."""
    if duckdb.__version__ != DUCKDB:
        raise Misconfigured(
            "DuckDB %(found)s is installed, Milepost needs %(needed)s.", found=duckdb.__version__, needed=DUCKDB
        )
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": threads,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if spill is not None:
        settings["temp_directory"] = str(spill)
    db = duckdb.connect(str(file) if file is not None else ":memory:", config=settings)
    if file is not None:
        # Scratch work is thrown away: it need not be put in order on the disk first.
        db.execute("PRAGMA disable_checkpoint_on_shutdown")
    try:
        yield db
    finally:
        db.close()
