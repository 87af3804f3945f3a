"""A table that people made in a spreadsheet, as text: its lines, and what is wrong with them."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop

Cells = Mapping[str, str]
Groups = Collection[Collection[str]]

MOST_ROWS: Final = 2_000
LONGEST_NAME: Final = 200
FORMULAS: Final = frozenset("=+-@|")

NO_HEADING: Final = gettext_noop("The first line has to name the columns: %(columns)s.")
UNKNOWN_COLUMN: Final = gettext_noop("There is no column “%(column)s”. The columns are %(columns)s.")
TOO_MANY: Final = gettext_noop("The file has more than %(count)s lines. Split it.")
NOT_CSV: Final = gettext_noop("This is not a CSV file that can be read: %(error)s")
MORE_CELLS: Final = gettext_noop("The line has more cells than the heading.")
NO_DAY: Final = gettext_noop("“%(text)s” is not a day. Write it as 2026-11-23.")
NAMESAKES: Final = gettext_noop("There are %(count)s people called “%(name)s”. Give the e-mail address.")


@dataclass(frozen=True)
class Mistake:
    """A line that cannot be read, and why."""

    number: int
    error: Refused


def take(text: str, heading: Sequence[str], needed: Groups, line: Callable[[Cells], None]) -> list[Mistake]:
    """Hand over the cells of each line by column; those that `line` refuses are the mistakes.

    The first line names columns of the heading, at least one of each group of the needed. Commas, semicolons or tabs
    stand between cells; empty lines are none.
    """
    mistakes: list[Mistake] = []
    for number, cells in _lines(text, heading, needed):
        if cells is None:
            mistakes.append(Mistake(number, Refused(MORE_CELLS)))
            continue
        try:
            line(cells)
        except Refused as refused:
            mistakes.append(Mistake(number, refused))
    return mistakes


def day(text: str) -> date | None:
    """A day as it is written in a table; None where nothing is."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(NO_DAY, text=text[:80]) from error


def _lines(text: str, heading: Sequence[str], needed: Groups) -> Iterator[tuple[int, Cells | None]]:
    """The lines after the heading; None for one that has more cells than it."""
    text = text.lstrip("\ufeff")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(reader, []), heading, needed)
        for count, cells in enumerate(reader):
            if count >= MOST_ROWS:
                raise Refused(TOO_MANY, count=MOST_ROWS)
            if any(cell.strip() for cell in cells):
                named = dict(zip(columns, (_plain(cell.strip()) for cell in cells), strict=False))
                yield reader.line_num, named if len(cells) <= len(columns) else None
    except csv.Error as error:
        raise Refused(NOT_CSV, error=error) from error


def _columns(cells: Sequence[str], heading: Sequence[str], needed: Groups) -> list[str]:
    names, columns = [cell.strip().lower() for cell in cells], ", ".join(heading)
    if not all(set(group) & set(names) for group in needed):
        raise Refused(NO_HEADING, columns=columns)
    for name in names:
        if name not in heading or names.count(name) > 1:
            raise Refused(UNKNOWN_COLUMN, column=name[:LONGEST_NAME], columns=columns)
    return names


def _plain(text: str) -> str:
    """Exported texts that a spreadsheet would take for a formula begin with an apostrophe."""
    return text[1:] if text.startswith("'") and text[1:2] in FORMULAS else text
