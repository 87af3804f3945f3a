"""Moments as they are given on the command line, and business seconds of pairs read from standard input."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

from django.utils.translation import gettext

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.business_time import LAST_MOMENT
from milepost.calendars.readings import Readings
from milepost.calendars.working_hours import Schedule
from milepost.cli.measured import Output

HEADER: Final = ("from", "to")
# Two moments need some seventy bytes; a longer line is not read into memory.
LONGEST_LINE: Final = 1_000
BEGINNING_SHOWN: Final = 60
SECOND: Final = datetime.fromtimestamp(1, UTC) - datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Answered:
    """How many pairs there were, and how many of them could not be read."""

    pairs: int
    unread: int


def moment(text: str) -> int:
    """The UTC seconds of a moment in ISO 8601 with its offset, between 1970 and 2100; parts of a second are dropped."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(
            gettext_noop("“%(text)s” is not a moment. Write it as 2026-03-02T09:00:00+01:00."), text=text
        ) from error
    if found.tzinfo is None:
        raise Refused(
            gettext_noop("“%(text)s” has no offset. Write it as 2026-03-02T09:00:00+01:00, or with Z for UTC."),
            text=text,
        )
    seconds = (found - datetime.fromtimestamp(0, UTC)) // SECOND
    if not 0 <= seconds < LAST_MOMENT:
        raise Refused(gettext_noop("“%(text)s” is not between 1970 and 2100."), text=text)
    return seconds


def answer(schedule: Schedule, pairs: BinaryIO, output: Output) -> Answered:
    """Write every pair, as they come, with its business seconds or with what is wrong with it.

    A first line with the names of the columns is passed over, and so are empty lines.
    """
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow([*HEADER, "business_seconds", "error"])
    readings, answered, unread = None, 0, 0
    for number, cells in _rows(pairs):
        if number == 1 and [cell.strip().lower() for cell in cells] == list(HEADER):
            continue
        answered += 1
        try:
            start, end = _pair(cells)
        except Refused as error:
            unread += 1
            writer.writerow([*[*cells, ""][:2], "", _sentence(error, number)])
            continue
        readings = readings or Readings(schedule, origin=start)
        writer.writerow([*cells, readings.seconds(start, end), ""])
    return Answered(answered, unread)


def _rows(pairs: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """The cells of every line that is not empty, with its number."""
    for number, line in enumerate(_lines(pairs), start=1):
        # What no moment has may not stop the reader of the line either.
        text = line.decode("utf-8-sig", errors="replace").rstrip("\r\n").replace("\r", " ").replace("\0", "�")
        if text.strip():
            yield number, next(csv.reader([text]))


def _lines(pairs: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long only its beginning, so that it is no pair any more."""
    while line := pairs.readline(LONGEST_LINE):
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = pairs.readline(LONGEST_LINE)
        yield line if rest is line else line[:BEGINNING_SHOWN] + "…".encode()


def _pair(cells: list[str]) -> tuple[int, int]:
    match cells:
        case [start, end]:
            return moment(start), moment(end)
    raise Refused(gettext_noop("The line is not a pair. Write two moments with a comma between them."))


def _sentence(error: Refused, number: int) -> str:
    return gettext("Line %(line)s: %(error)s") % {"line": number, "error": gettext(error.message) % error.values}
