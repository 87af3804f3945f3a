"""Rows as files for spreadsheets. What people typed never becomes a formula there."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

Cell: TypeAlias = str | int | Decimal | date | None

# With one of these at its beginning, spreadsheets take a text for a formula.
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
BOM: Final = "\ufeff"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A text longer than this does not fit into a cell of a workbook.
LONGEST: Final = 32_767


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str) -> StreamingHttpResponse:
    """Comma-separated values, sent while they are read. The mark at the beginning tells Excel that they are UTF-8."""
    response = StreamingHttpResponse(_lines(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_xlsx(heading: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str) -> FileResponse:
    """A workbook, written row by row to a file that goes when it is sent."""
    # The answer closes the file.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for column, text in enumerate(heading):
            sheet.write_string(0, column, text, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                match cell:
                    case None:
                        continue
                    case date():
                        sheet.write_datetime(number, column, cell, day)
                    case str():
                        sheet.write_string(number, column, cell[:LONGEST])
                    case int() | Decimal():
                        sheet.write_number(number, column, float(cell))
        sheet.freeze_panes(1, 0)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def defused(cell: Cell) -> str:
    """A cell as text in which a spreadsheet finds no formula; numbers and ISO days as they are."""
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(FORMULAS) else cell
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}"
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
