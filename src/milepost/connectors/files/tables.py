"""Rows of a CSV, a zipped or gzipped CSV, an XLSX or a Parquet file, with their line numbers, one after another."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from python_calamine import CalamineError, CalamineWorkbook

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.table.mapping import Mapping
from milepost.connectors.table.values import as_text
from milepost.tickets.store.rows import parquet_rows

# A field longer than this is not a value of a help desk but a quote that never closes.
LONGEST_FIELD: Final = 1_000_000
# A workbook that unpacks to more than this is none that people made, or one that does not fit into memory.
LARGEST_UNPACKED: Final = 1_000_000_000
ENDINGS: Final = (".csv", ".csv.zip", ".zip", ".csv.gz", ".gz", ".xlsx", ".parquet")


@dataclass(frozen=True)
class Table:
    """The header of a file, its rows with their line numbers, and how far the reading is, from 0 to 1."""

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]
    read: Callable[[], float]


@contextmanager
def open_table(file: Path, mapping: Mapping) -> Iterator[Table]:
    """The table in a file. Refuses a file that is not there, is empty, or is not of a kind we read."""
    name = file.name.lower()
    if not file.is_file():
        raise Refused(gettext_noop("There is no file %(file)s."), file=file)
    try:
        if name.endswith(".xlsx"):
            yield _sheet(file, mapping)
        elif name.endswith(".parquet"):
            with parquet_rows(file) as (header, rows):
                yield _counted(header, ([as_text(value) for value in row] for row in rows), first=1)
        elif name.endswith(ENDINGS):
            with _bytes(file, mapping) as (raw, read), _decoded(raw, mapping) as text:
                yield _csv(file, text, mapping, read)
        else:
            raise Refused(
                gettext_noop("%(file)s is not a file we read. Use CSV (also zipped or gzipped), XLSX or Parquet."),
                file=file,
            )
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, CalamineError, csv.Error, UnicodeError) as error:
        raise Refused(gettext_noop("%(file)s is damaged: %(error)s"), file=file, error=error) from error


@contextmanager
def _bytes(file: Path, mapping: Mapping) -> Iterator[tuple[IO[bytes], Callable[[], float]]]:
    size = max(file.stat().st_size, 1)
    with file.open("rb") as handle:
        if file.name.lower().endswith(".zip"):
            with zipfile.ZipFile(handle) as archive, archive.open(_member(file, archive, mapping)) as member:
                yield member, lambda: min(handle.tell() / size, 1.0)
        elif file.name.lower().endswith(".gz"):
            with gzip.open(handle) as unpacked:
                yield unpacked, lambda: min(handle.tell() / size, 1.0)  # type: ignore[misc]
        else:
            yield handle, lambda: min(handle.tell() / size, 1.0)


def _member(file: Path, archive: zipfile.ZipFile, mapping: Mapping) -> str:
    # Archives made on a Mac carry a shadow of every file in a folder of this name.
    names = [name for name in archive.namelist() if name.lower().endswith(".csv") and not name.startswith("__MACOSX/")]
    if mapping.member is not None:
        names = [name for name in names if name == mapping.member]
    if len(names) != 1:
        raise Refused(
            gettext_noop("%(file)s must hold one CSV file, or the mapping must name one under file: member."), file=file
        )
    return names[0]


def _decoded(raw: IO[bytes], mapping: Mapping) -> io.TextIOWrapper:
    encoding = "utf-8-sig" if mapping.encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else mapping.encoding
    try:
        return io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")
    except LookupError as error:
        raise Refused(gettext_noop("“%(encoding)s” is not an encoding."), encoding=mapping.encoding) from error


def _csv(file: Path, text: io.TextIOWrapper, mapping: Mapping, read: Callable[[], float]) -> Table:
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(text, delimiter=mapping.delimiter)
    header = next(rows, None)
    if not header:
        raise Refused(gettext_noop("%(file)s has no rows."), file=file)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        line = rows.line_num + 1
        for row in rows:
            if row:
                yield line, row
            line = rows.line_num + 1

    return Table(header=header, rows=numbered(), read=read)


def _sheet(file: Path, mapping: Mapping) -> Table:
    with file.open("rb") as handle:
        _check_unpacked(file, handle)
        book = CalamineWorkbook.from_filelike(handle)
        sheets = book.sheet_names
        name = mapping.sheet or (sheets[0] if sheets else None)
        if name is None or name not in sheets:
            raise Refused(
                gettext_noop("%(file)s has no sheet “%(sheet)s”. It has: %(sheets)s."),
                file=file,
                sheet=name,
                sheets=", ".join(sheets),
            )
        sheet = book.get_sheet_by_name(name)
    rows = ([as_text(value) for value in row] for row in sheet.iter_rows())
    header = next(rows, None)
    if not header:
        raise Refused(gettext_noop("%(file)s has no rows."), file=file)
    return _counted(header, rows, first=2, total=sheet.height)


def _check_unpacked(file: Path, handle: IO[bytes]) -> None:
    with zipfile.ZipFile(handle) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise Refused(gettext_noop("%(file)s unpacks to more than 1 GB. Save it as CSV or split it."), file=file)
    handle.seek(0)


def _counted(header: list[str], rows: Iterator[list[str]], *, first: int, total: int | None = None) -> Table:
    done = 0

    def numbered() -> Iterator[tuple[int, list[str]]]:
        nonlocal done
        for line, row in enumerate(rows, start=first):
            done += 1
            yield line, row

    return Table(header=header, rows=numbered(), read=lambda: done / total if total else 0.0)
