"""A file and its mapping become staged events; rows that cannot be read are set aside with their reason."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Final, Protocol

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files.tables import Table, open_table
from milepost.connectors.table.mapping import COLUMN_KEYS, Mapping
from milepost.connectors.table.rows import Bad, Parser, Told
from milepost.tickets.store.staging import Staged, Writer, rows_into

# A mapping under which none of this many rows can be read is the wrong mapping.
PROBED: Final = 1_000
TICK: Final = 5_000
LINES_KEPT: Final = 5


class Progress(Protocol):
    """Told now and then how far the reading is, from 0 to 1."""

    def __call__(self, done: float, /) -> None: ...


@dataclass
class Reason:
    """Rows rejected for one reason in one column: how many, the first lines, and one value as an example."""

    reason: str
    column: str
    count: int = 0
    lines: list[int] = field(default_factory=list)
    example: str = ""


@dataclass
class Reading:
    """What one reading of a file brought."""

    staged: Staged
    rows: int = 0
    newest: int | None = None
    oldest_created: int | None = None
    reasons: dict[tuple[str, str], Reason] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """How many rows were set aside."""
        return sum(reason.count for reason in self.reasons.values())


def read(
    file: Path, mapping: Mapping, *, source: str, staging: Path, rejects: Path, progress: Progress | None = None
) -> Reading:
    """Read `file` into the staging file; rows that cannot be read go to `rejects`, with line, reason and value.

    Refuses, before anything is written, a mapping that does not fit the file.
    """
    with open_table(file, mapping) as table:
        parser = Parser(mapping, table.header)
        rows = _probed(parser, table)
        fields = {name: one.type for name, one in mapping.fields.items()}
        staged = Staged(source, staging, mapping.rules, fields=fields, whole=mapping.whole, tells=mapping.tells())
        reading, ordinal = Reading(staged=staged), 0
        with rows_into(staging) as writer, _Rejects(rejects, table.header, reading) as aside:
            for line, row in rows:
                reading.rows += 1
                try:
                    ordinal += _write(parser.events(row), writer, reading, ordinal)
                except Bad as bad:
                    aside.put(line, row, bad)
                if progress is not None and reading.rows % TICK == 0:
                    progress(table.read())
        if reading.rows == 0:
            raise Refused(gettext_noop("%(file)s has no rows."), file=file)
        if progress is not None:
            progress(1)
        return reading


def _write(events: list[Told], writer: Writer, reading: Reading, ordinal: int) -> int:
    """Write the events of a row; how many they are."""
    for place, event in enumerate(events, start=ordinal):
        writer.writerow(event.row(place))
        reading.newest = event.at if reading.newest is None else max(reading.newest, event.at)
    created = events[0].created_at
    reading.oldest_created = created if reading.oldest_created is None else min(reading.oldest_created, created)
    return len(events)


@dataclass(frozen=True)
class Ticket:
    """A ticket as a row of a table tells it; moments are UTC seconds."""

    key: str
    created: int
    first_reply: int | None
    resolved: int | None
    columns: dict[str, str]


def tickets(file: Path, mapping: Mapping) -> Iterator[Ticket]:
    """The tickets of a table as they will be read; rows that cannot be read are left out."""
    with open_table(file, mapping) as table:
        parser = Parser(mapping, table.header)
        for _, row in table.rows:
            try:
                events = parser.events(row)
            except Bad:
                continue
            first, *later = events
            columns = {key: text for key, text in zip(COLUMN_KEYS, first.columns, strict=True) if text is not None}
            replied = next((one.at for one in later if one.message), None)
            resolved = next((one.at for one in later if one.status), None)
            yield Ticket(first.key, first.created_at, replied, resolved, columns)


def _probed(parser: Parser, table: Table) -> Iterator[tuple[int, list[str]]]:
    """The rows again, when at least one of the first can be read."""
    first = list(islice(table.rows, PROBED))
    bad = None
    for _, row in first:
        try:
            parser.events(row)
        except Bad as error:
            bad = bad or error
        else:
            return chain(first, table.rows)
    if bad is not None:
        raise Refused(
            gettext_noop(
                "The mapping does not fit the file: none of the first %(rows)s rows can be read. "
                "Column “%(column)s”: “%(value)s” is %(reason)s."
            ),
            rows=len(first),
            column=bad.column,
            value=bad.value,
            reason=bad.reason,
        )
    return iter(())


class _Rejects(ExitStack):
    """The file of rejected rows; made with the first of them."""

    def __init__(self, file: Path, header: list[str], reading: Reading) -> None:
        super().__init__()
        self.file = file
        self.header = header
        self.reading = reading
        self.writer: Writer | None = None

    def put(self, line: int, row: list[str], bad: Bad) -> None:
        if self.writer is None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle = self.enter_context(self.file.open("w", encoding="utf-8", errors="surrogateescape", newline=""))
            self.writer = csv.writer(handle)
            self.writer.writerow(["line", "reason", "column", "value", *self.header])
        self.writer.writerow([line, bad.reason, bad.column, bad.value, *row])
        reason = self.reading.reasons.setdefault((bad.reason, bad.column), Reason(bad.reason, bad.column))
        reason.count += 1
        reason.example = reason.example or bad.value
        if len(reason.lines) < LINES_KEPT:
            reason.lines.append(line)
