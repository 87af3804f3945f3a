"""Events on their way into the store: one line each in a CSV file that DuckDB reads with fixed types."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from milepost.tickets.columns import FieldType
from milepost.tickets.events import ReplayRules, Tells

# None as text; an empty text says "nobody", which is something told.
NULL: Final = "\\N"
# Between the tags of one event.
SEPARATOR: Final = "\x1f"

STAGED_COLUMNS: Final = {
    "line": "BIGINT",
    "key": "VARCHAR",
    "created_at": "BIGINT",
    "happened_at": "BIGINT",
    "message": "VARCHAR",
    "actor_kind": "VARCHAR",
    "actor": "VARCHAR",
    "status": "VARCHAR",
    "agent": "VARCHAR",
    "team": "VARCHAR",
    "pipeline": "VARCHAR",
    "priority": "VARCHAR",
    "channel": "VARCHAR",
    "tags": "VARCHAR",
    "removal": "VARCHAR",
    "survivor": "VARCHAR",
    "score": "INTEGER",
}
STAGED_FIELD_TYPES: Final = {
    FieldType.TEXT: "VARCHAR",
    FieldType.NUMBER: "DOUBLE",
    FieldType.DURATION: "BIGINT",
    FieldType.DATE: "BIGINT",
}


@dataclass(frozen=True)
class Staged:
    """What one reading of a source told, ready to be merged into the store.

    `whole` says that the reading tells all it knows of a ticket each time (a ticket table): what it no longer tells
    is withdrawn. Without it (an event log) events are only added, unless the log is read `anew`: all of it, because it
    is understood in another way, so that what it is no longer understood to tell is withdrawn. `tells` is what such a
    reading can tell at all, also where nothing of it happened yet; what its rules rule out is taken away.
    """

    source: str
    file: Path
    rules: ReplayRules
    fields: dict[str, FieldType] = field(default_factory=dict)
    whole: bool = False
    anew: bool = False
    tells: frozenset[Tells] = frozenset(Tells)

    def columns(self) -> dict[str, str]:
        """Columns of the file and their types, in order."""
        named = {f"field_{name}": STAGED_FIELD_TYPES[kind] for name, kind in sorted(self.fields.items())}
        return STAGED_COLUMNS | named


class Writer(Protocol):
    """Takes one row."""

    def writerow(self, row: Iterable[object], /) -> object: ...


@contextmanager
def rows_into(file: Path) -> Iterator[Writer]:
    """A CSV writer whose rows `told` has made ready."""
    with file.open("w", encoding="utf-8", newline="") as handle:
        yield csv.writer(handle, lineterminator="\n")


def staged_row(line: int, key: str, created_at: int, happened_at: int, **columns: object) -> list[object]:
    """One event, its columns by name; those that are not named are not told. Named fields go behind it."""
    known = {"line": line, "key": key, "created_at": created_at, "happened_at": happened_at, **columns}
    return [known.pop(name, None) for name in STAGED_COLUMNS]


def told(row: Sequence[object]) -> list[object]:
    """The row with None as text."""
    return [NULL if value is None else value for value in row]


def read_csv(file: Path, columns: dict[str, str], *, null: str = NULL) -> str:
    """A table function over a staged file, or over one whose None is written otherwise."""
    types = ", ".join(f"'{name}': '{type_}'" for name, type_ in columns.items())
    path = str(file).replace("'", "''")
    return (
        f"read_csv('{path}', columns={{{types}}}, header=false, auto_detect=false, delim=',', quote='\"', "
        f"escape='\"', nullstr='{null}', allow_quoted_nulls=false, parallel=false)"
    )
