"""What a table looks like: encoding, delimiter and dates, what a row of it is, and what its columns seem to mean."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files.tables import open_table
from milepost.connectors.table.choices import Order
from milepost.connectors.table.mapping import COLUMN_KEYS, NOTHING
from milepost.connectors.table.mapping import Mapping as Meaning
from milepost.connectors.table.names import LOG, NAMES, Match, meanings_of

TICKETS: Final = "tickets"
EVENTS: Final = "events"
# What a column can mean where a row is a ticket, or an event; the first two every file must have.
MEANINGS: Final[Mapping[str, Sequence[str]]] = {
    TICKETS: ("ticket", "created", "first_reply", "resolved", *COLUMN_KEYS, "tags"),
    EVENTS: ("ticket", "time", "activity", "status", "created", "actor", "actor_kind", *COLUMN_KEYS, "tags",
             "merged_into"),
}  # fmt: skip
NEEDED: Final = {TICKETS: MEANINGS[TICKETS][:2], EVENTS: MEANINGS[EVENTS][:2]}
KNOWN: Final = {TICKETS: NAMES, EVENTS: LOG}
MOMENTS: Final = ("time", "created", "first_reply", "resolved")
# A log names its tickets again and again.
REPEATED: Final = 0.9

ENCODINGS: Final = ("utf-8", "cp1250", "iso8859-2", "cp1252", "utf-16")
DELIMITERS: Final = (",", ";", "\t", "|")
# ISO 8601 is the empty one; a slash is read day first where nothing tells.
FORMATS: Final = (
    "",
    *(f"{day}{time}" for day in ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d")
      for time in (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "")),
)  # fmt: skip

SAMPLES: Final = 3
LOOKED_AT: Final = 2_000
MOST_COLUMNS: Final = 200
CHUNK: Final = 1 << 20
SHORTENED: Final = 60
POLISH: Final = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")


@dataclass(frozen=True)
class Column:
    """A column of a file, some of its values, and what it seems to mean."""

    name: str
    samples: list[str]
    meaning: str | None
    match: Match


@dataclass(frozen=True)
class Found:
    """How a file seems to be written. `formats` are the date formats that read most; more than one is ambiguous.

    `rows` says whether a row is a ticket or an event, in the words of a mapping.
    """

    encoding: str
    delimiter: str
    rows: str
    columns: list[Column]
    formats: list[str]
    # One of its moments, as it is written.
    example: str = ""
    order: Order = Order.OLDEST_FIRST

    @property
    def is_ambiguous(self) -> bool:
        """Whether the dates of the file can be read in more than one way."""
        return len(self.formats) > 1


def detect(file: Path, *, encoding: str | None = None, delimiter: str | None = None, rows: str | None = None) -> Found:
    """Look at the beginning of a file; what is told is not guessed. Refuses a file that is no table."""
    encoding = encoding or encoding_of(file)
    delimiter = delimiter or delimiter_of(file, encoding)
    with open_table(file, plain(encoding, delimiter)) as table:
        first = [row for _, row in islice(table.rows, LOOKED_AT)]
        names = [name.strip() for name in table.header]
    if len(names) > MOST_COLUMNS:
        raise Refused(gettext_noop("This file has more than %(most)s columns."), most=MOST_COLUMNS)
    if not first:
        raise Refused(gettext_noop("%(file)s has no rows."), file=file)
    rows = rows or rows_of(names, first)
    meanings = _meanings(names, rows)
    columns = [Column(name, _samples(_cells(first, place)), *meanings[place]) for place, name in enumerate(names)]
    moments = [place for place, column in enumerate(columns) if column.meaning in MOMENTS]
    values = [cell for place in moments for cell in _cells(first, place) if cell]
    formats = formats_of(values)
    written = values[0] if values else ""
    return Found(encoding, delimiter, rows, columns, formats, written, _order(first, columns, formats))


def rows_of(names: Sequence[str], first: Sequence[Sequence[str]]) -> str:
    """Whether the rows are tickets or events: a log says what happened when, and its tickets come again.

    A row that tells when it was opened and when it was closed is a ticket, unless it has a moment of its own beside.
    """
    meanings = [meaning for meaning, _ in _meanings(names, EVENTS)]
    if not {"ticket", "time"} <= set(meanings) or not {"activity", "status"} & set(meanings):
        return TICKETS
    has_its_own = "time" in [meaning for meaning, _ in meanings_of(names, KNOWN[EVENTS])]
    if not has_its_own and {"first_reply", "resolved"} & {meaning for meaning, _ in _meanings(names, TICKETS)}:
        return TICKETS
    keys = list(_cells(first, meanings.index("ticket")))
    return EVENTS if len(set(keys)) < len(keys) * REPEATED else TICKETS


def _meanings(names: Sequence[str], rows: str) -> list[tuple[str | None, Match]]:
    """What the columns seem to mean. The only moment of a log is that of its events."""
    found = meanings_of(names, KNOWN[rows])
    if rows == EVENTS and "time" not in [meaning for meaning, _ in found]:
        return [("time", Match.GUESSED) if meaning == "created" else (meaning, match) for meaning, match in found]
    return found


def _order(rows: Sequence[Sequence[str]], columns: Sequence[Column], formats: Sequence[str]) -> Order:
    """Whether the newest event of a ticket stands first, by the rows that follow one of the same ticket."""
    meanings = [column.meaning for column in columns]
    if not formats or not {"ticket", "time"} <= set(meanings):
        return Order.OLDEST_FIRST
    key, time = meanings.index("ticket"), meanings.index("time")
    newest: dict[str, datetime] = {}
    falls = rises = 0
    for row in rows:
        at = moment(formats[0], row[time].strip()) if max(key, time) < len(row) else None
        if at is not None:
            before = newest.get(row[key])
            falls += before is not None and at < before
            rises += before is not None and at > before
            newest[row[key]] = at
    return Order.NEWEST_FIRST if falls > rises else Order.OLDEST_FIRST


def moment(form: str, value: str) -> datetime | None:
    """What a format reads, without a time zone; None where it reads nothing."""
    try:
        at = datetime.strptime(value, form) if form else datetime.fromisoformat(value)  # noqa: DTZ007 - compared only
    except ValueError:
        return None
    return at.replace(tzinfo=None)


def _cells(rows: Iterable[Sequence[str]], place: int) -> Iterator[str]:
    return (row[place].strip() for row in rows if place < len(row))


def plain(encoding: str, delimiter: str) -> Meaning:
    """A mapping that says only how the file is written."""
    return replace(NOTHING, encoding=encoding, delimiter=delimiter)


def encoding_of(file: Path) -> str:
    """UTF-16 by its mark, UTF-8 where all of the file is, else the one of two that makes more Polish letters of it."""
    if file.suffix.lower() != ".csv":
        return "utf-8"
    with file.open("rb") as handle:
        head = handle.read(CHUNK)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = head
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = handle.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return max(("cp1250", "iso8859-2"), key=lambda name: _polish(chunk, name))
    return "utf-8"


def delimiter_of(file: Path, encoding: str) -> str:
    """What stands between the names of the header."""
    if file.suffix.lower() != ".csv":
        return ","
    with file.open(encoding=encoding, errors="replace", newline="") as text:
        header = re.sub(r'"[^"]*"', "", text.readline(CHUNK))
    return max(DELIMITERS, key=header.count)


def formats_of(values: Iterable[str]) -> list[str]:
    """The formats that read the most of the values; none when no format reads any."""
    looked_at = list(values)
    hits = {form: sum(moment(form, value) is not None for value in looked_at) for form in FORMATS}
    most = max(hits.values())
    return [form for form, count in hits.items() if most and count == most]


def _polish(chunk: bytes, encoding: str) -> int:
    return sum(sign in POLISH for sign in chunk.decode(encoding, errors="replace"))


def _samples(values: Iterable[str]) -> list[str]:
    different = dict.fromkeys(value.strip()[:SHORTENED] for value in values if value.strip())
    return list(islice(different, SAMPLES))
