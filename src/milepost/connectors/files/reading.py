"""A file and its mapping become staged events; rows that cannot be read are set aside with their reason."""

import csv
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Final, Protocol

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files.tables import Table, open_table
from milepost.connectors.table.choices import Order, Repeated
from milepost.connectors.table.mapping import Mapping
from milepost.connectors.table.rows import REPEATED, REPEATED_AT_ALL, Bad, Parser, Told
from milepost.tickets.store.rows import repeated
from milepost.tickets.store.staging import Staged, Writer, rows_into

# A mapping under which none of this many rows can be read is the wrong mapping.
PROBED: Final = 1_000
TICK: Final = 5_000
LINES_KEPT: Final = 5
ROWS_KEPT: Final = 5
# Of one file; those of the next one are numbered behind them.
MOST_EVENTS: Final = 1 << 40


class Progress(Protocol):
    """Told now and then how far the reading is, from 0 to 1."""

    def __call__(self, done: float, /) -> None: ...


@dataclass
class Reason:
    """Rows rejected for one reason in one column: how many, the first lines, and one value as an example.

    `is_same` says that the value is the same in all of them.
    """

    reason: str
    column: str
    count: int = 0
    lines: list[int] = field(default_factory=list)
    example: str = ""
    is_same: bool = True


@dataclass
class Reading:
    """What one reading of a file brought."""

    staged: Staged
    rows: int = 0
    is_whole: bool = True
    # What the first rows tell.
    first: list[list[Told]] = field(default_factory=list)
    newest: int | None = None
    oldest_created: int | None = None
    reasons: dict[tuple[str, str], Reason] = field(default_factory=dict)
    # What is wrong with rows that are read all the same, as the mapping chooses.
    mended: dict[tuple[str, str], Reason] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """How many rows were set aside."""
        return sum(reason.count for reason in self.reasons.values())


@dataclass(frozen=True)
class Anew:
    """What reading all files of a log anew brought, and which of them could not be read."""

    reading: Reading | None
    refused: dict[Path, Refused | OSError]


class Rejects(Protocol):
    """Says where the rows of a file go that cannot be read."""

    def __call__(self, file: Path, /) -> Path: ...


def read(
    file: Path,
    mapping: Mapping,
    *,
    source: str,
    staging: Path,
    rejects: Path,
    progress: Progress | None = None,
    first: int = 0,
    most: int | None = None,
) -> Reading:
    """Read `file` into the staging file; rows that cannot be read go to `rejects`, with line, reason and value.

    Refuses, before anything is written, a mapping that does not fit the file. Events are numbered from `first` on; with
    `most`, not more rows are read.
    """
    with open_table(file, mapping) as table:
        parser = Parser(mapping, table.header)
        rows = _probed(parser, table)
        fields = {name: one.type for name, one in mapping.fields.items()}
        staged = Staged(source, staging, mapping.rules, fields=fields, whole=mapping.whole, tells=mapping.tells())
        reading, ordinal = Reading(staged=staged), first
        backwards = mapping.choices.order is Order.NEWEST_FIRST
        again = _Again(file, mapping, staging, place=parser.places[mapping.ticket], most=most)
        with rows_into(staging) as writer, _Rejects(rejects, table.header, reading) as aside:
            for line, row in islice(rows, most):
                reading.rows += 1
                try:
                    again.check(line, row)
                    events = parser.events(row)
                except Bad as bad:
                    aside.put(line, row, bad)
                    continue
                ordinal += _write(events, writer, reading, ordinal, backwards=backwards)
                if len(reading.first) < ROWS_KEPT:
                    reading.first.append(events)
                for mended in parser.mended:
                    _count(reading.mended, line, mended)
                if progress is not None and reading.rows % TICK == 0:
                    progress(table.read())
        reading.is_whole = next(rows, None) is None
        if reading.rows == 0:
            raise Refused(gettext_noop("%(file)s has no rows."), file=file)
        if progress is not None:
            progress(1)
        return reading


class Joining:
    """Files that are read into one staging file, one behind the other, as if they were one."""

    def __init__(self, mapping: Mapping, *, source: str, staging: Path) -> None:
        self.mapping, self.source, self.staging = mapping, source, staging
        self.readings: list[Reading] = []

    def add(self, file: Path, *, rejects: Path, most: int | None = None) -> Reading:
        """Read one more, or not more rows of it than told; one that is refused leaves nothing behind."""
        part, first = self.staging.with_suffix(".part"), len(self.readings) * MOST_EVENTS
        try:
            one = read(file, self.mapping, source=self.source, staging=part, rejects=rejects, first=first, most=most)
            with part.open("rb") as told, self.staging.open("ab") as whole:
                shutil.copyfileobj(told, whole)
        finally:
            part.unlink(missing_ok=True)
        self.readings.append(one)
        return one

    def staged(self) -> Staged:
        """All that was read, ready for the store."""
        return replace(self.readings[0].staged, file=self.staging)


def read_anew(files: Sequence[Path], mapping: Mapping, *, source: str, staging: Path, rejects: Rejects) -> Anew:
    """Read all files of a log as one. Those that cannot be read are told."""
    joining, refused = Joining(mapping, source=source, staging=staging), {}
    for file in files:
        try:
            joining.add(file, rejects=rejects(file))
        except (Refused, OSError) as error:
            refused[file] = error
    if not joining.readings:
        return Anew(None, refused)
    return Anew(_joined(joining.readings, replace(joining.staged(), anew=True)), refused)


def _joined(readings: Sequence[Reading], staged: Staged) -> Reading:
    """What several readings brought together."""
    first, *others = readings
    joined = replace(first, staged=staged)
    for one in others:
        joined.rows += one.rows
        joined.newest = max((at for at in (joined.newest, one.newest) if at is not None), default=None)
        oldest = (at for at in (joined.oldest_created, one.oldest_created) if at is not None)
        joined.oldest_created = min(oldest, default=None)
        for key, reason in one.reasons.items():
            known = joined.reasons.setdefault(key, replace(reason, count=0, lines=[]))
            known.count += reason.count
            known.lines = (known.lines + reason.lines)[:LINES_KEPT]
    return joined


def _write(events: list[Told], writer: Writer, reading: Reading, ordinal: int, *, backwards: bool) -> int:
    """Write the events of a row; how many they are. Where the newest stands first, numbers count down."""
    for place, event in enumerate(events, start=ordinal):
        writer.writerow(event.row(place ^ (MOST_EVENTS - 1) if backwards else place))
        reading.newest = event.at if reading.newest is None else max(reading.newest, event.at)
    created = events[0].created_at
    reading.oldest_created = created if reading.oldest_created is None else min(reading.oldest_created, created)
    return len(events)


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
        _count(self.reading.reasons, line, bad)


class _Again:
    """The rows of a ticket table whose ticket number stands in several; what the mapping chooses becomes of them."""

    def __init__(self, file: Path, mapping: Mapping, staging: Path, *, place: int, most: int | None) -> None:
        self.column, self.place, self.most = mapping.ticket, place, most
        self.rejects_all = mapping.choices.repeated is Repeated.REJECT
        self.lines = self._lines(file, mapping, staging.with_suffix(".keys")) if mapping.whole else iter(())
        self.next = next(self.lines, None)

    def _lines(self, file: Path, mapping: Mapping, keys: Path) -> Iterator[tuple[int, str]]:
        try:
            with open_table(file, mapping) as table, rows_into(keys) as writer:
                for line, row in islice(table.rows, self.most):
                    key = row[self.place].strip() if self.place < len(row) else ""
                    if key and key not in mapping.nulls:
                        writer.writerow([key.encode(errors="replace").decode(), line])
            for line, is_last in repeated(keys):
                if self.rejects_all:
                    yield line, REPEATED_AT_ALL
                elif not is_last:
                    yield line, REPEATED
        finally:
            keys.unlink(missing_ok=True)

    def check(self, line: int, row: list[str]) -> None:
        if self.next is not None and self.next[0] == line:
            reason = self.next[1]
            self.next = next(self.lines, None)
            raise Bad(reason, self.column, row[self.place].strip())


def _count(reasons: dict[tuple[str, str], Reason], line: int, bad: Bad) -> None:
    reason = reasons.setdefault((bad.reason, bad.column), Reason(bad.reason, bad.column, example=bad.value))
    reason.count += 1
    reason.is_same &= reason.example == bad.value
    if len(reason.lines) < LINES_KEPT:
        reason.lines.append(line)
