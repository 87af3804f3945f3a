"""Rows as files for spreadsheets. What people typed never becomes a formula there."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, TypeAlias

from django.http import StreamingHttpResponse

Cell: TypeAlias = str | int | date | None

# With one of these at its beginning, spreadsheets take a text for a formula.
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
BOM: Final = "\ufeff"


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str) -> StreamingHttpResponse:
    """Comma-separated values, sent while they are read. The mark at the beginning tells Excel that they are UTF-8."""
    response = StreamingHttpResponse(_lines(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def defused(cell: Cell) -> str:
    """A cell as text in which a spreadsheet finds no formula; numbers and ISO days as they are."""
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(FORMULAS) else cell
        case date():
            return cell.isoformat()
    return str(cell)


class _Echo:
    """What the writer writes is what is sent."""

    def write(self, line: str) -> str:
        """Give the line back."""
        return line


def _lines(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(heading)
    for row in rows:
        yield writer.writerow([defused(cell) for cell in row])
