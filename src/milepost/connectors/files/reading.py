"""A file and its mapping become staged events; rows that cannot be read are set aside with their reason."""

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Final, Protocol

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files.mapping import COLUMN_KEYS, Mapping, Words
from milepost.connectors.files.tables import Table, open_table
from milepost.connectors.files.values import BadValue, moments, reader
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message
from milepost.tickets.store.staging import SEPARATOR, Staged, Writer, rows_into, told

# A mapping under which none of this many rows can be read is the wrong mapping.
PROBED: Final = 1_000
TICK: Final = 5_000
LINES_KEPT: Final = 5
# A longer text is no name; it would be a message put into the wrong column.
LONGEST: Final = 1_000

NO_TICKET: Final = gettext_noop("no ticket number")
NO_CREATED: Final = gettext_noop("no creation date")
NO_TIME: Final = gettext_noop("no event time")
TOO_EARLY: Final = gettext_noop("before the ticket was created")
UNKNOWN_WORD: Final = gettext_noop("a word that the mapping does not know")
WRONG_WIDTH: Final = gettext_noop("more or fewer columns than the header")
NOT_TEXT: Final = gettext_noop("not text in the encoding of the mapping")
TOO_LONG: Final = gettext_noop("longer than 1,000 characters")


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


class _Bad(Exception):
    """A row that cannot be read."""

    def __init__(self, reason: str, column: str, value: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value


def read(
    file: Path, mapping: Mapping, *, source: str, staging: Path, rejects: Path, progress: Progress | None = None
) -> Reading:
    """Read `file` into the staging file; rows that cannot be read go to `rejects`, with line, reason and value.

    Refuses, before anything is written, a mapping that does not fit the file.
    """
    with open_table(file, mapping) as table:
        parser = _Parser(mapping, table.header)
        rows = _probed(parser, table)
        fields = {name: one.type for name, one in mapping.fields.items()}
        staged = Staged(source, staging, mapping.rules, fields=fields, whole=mapping.whole, tells=mapping.tells())
        reading = Reading(staged=staged)
        with rows_into(staging) as writer, _Rejects(rejects, table.header, reading) as aside:
            for line, row in rows:
                reading.rows += 1
                try:
                    parser.write(row, writer, reading)
                except _Bad as bad:
                    aside.put(line, row, bad)
                if progress is not None and reading.rows % TICK == 0:
                    progress(table.read())
        if reading.rows == 0:
            raise Refused(gettext_noop("%(file)s has no rows."), file=file)
        return reading


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
        parser = _Parser(mapping, table.header)
        for _, row in table.rows:
            try:
                events = parser.events(row)
            except _Bad:
                continue
            first, *later = events
            columns = {key: text for key, text in zip(COLUMN_KEYS, first.columns, strict=True) if text is not None}
            replied = next((one.at for one in later if one.message), None)
            resolved = next((one.at for one in later if one.status), None)
            yield Ticket(first.key, first.created_at, replied, resolved, columns)


def _probed(parser: "_Parser", table: Table) -> Iterator[tuple[int, list[str]]]:
    """The rows again, when at least one of the first can be read."""
    first = list(islice(table.rows, PROBED))
    bad = None
    for _, row in first:
        try:
            parser.events(row)
        except _Bad as error:
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


@dataclass(frozen=True, slots=True)
class _Told:
    """One event, in the order of the staged columns behind the ordinal."""

    key: str
    created_at: int
    at: int
    message: str | None = None
    actor_kind: str | None = None
    actor: str | None = None
    status: str | None = None
    columns: tuple[str | None, ...] = (None,) * len(COLUMN_KEYS)
    tags: str | None = None
    removal: str | None = None
    survivor: str | None = None
    score: int | None = None
    fields: tuple[str | float | int | None, ...] = ()

    def row(self, ordinal: int) -> list[object]:
        head = [ordinal, self.key, self.created_at, self.at, self.message, self.actor_kind, self.actor, self.status]
        return told([*head, *self.columns, self.tags, self.removal, self.survivor, self.score, *self.fields])


class _Parser:
    """Rows of one file under one mapping."""

    def __init__(self, mapping: Mapping, header: list[str]) -> None:
        self.mapping = mapping
        self.header = header
        self.places = _places(mapping, header)
        self.moment = moments(mapping.dates)
        self.fields = [
            (self.places[one.column], one.column, reader(one.type, one.dates))
            for _, one in sorted(mapping.fields.items())
        ]
        self.named = [self.places[mapping.columns[key]] if key in mapping.columns else None for key in COLUMN_KEYS]
        self.ordinal = 0

    def write(self, row: list[str], writer: Writer, reading: Reading) -> None:
        events = self.events(row)
        for event in events:
            writer.writerow(event.row(self.ordinal))
            self.ordinal += 1
            reading.newest = event.at if reading.newest is None else max(reading.newest, event.at)
        created = events[0].created_at
        reading.oldest_created = created if reading.oldest_created is None else min(reading.oldest_created, created)

    def events(self, row: list[str]) -> list[_Told]:
        if len(row) != len(self.header):
            raise _Bad(WRONG_WIDTH, self.header[0], str(len(row)))
        mapping = self.mapping
        key = _clean(self._required(row, mapping.ticket, NO_TICKET), mapping.ticket)
        return self._of_table(row, key) if mapping.whole else [self._of_log(row, key)]

    def _of_log(self, row: list[str], key: str) -> _Told:
        mapping = self.mapping
        at = self._date(row, mapping.time or "", NO_TIME)
        created = at if mapping.created is None else self._date(row, mapping.created, NO_CREATED)
        return _Told(
            key=key,
            created_at=created,
            at=at,
            message=self._word(row, mapping.message),
            actor_kind=self._word(row, mapping.actor_kind),
            actor=None if mapping.actor is None else self._text(row, self.places[mapping.actor]),
            status=self._word(row, mapping.status),
            columns=self._columns(row),
            tags=self._tags(row),
            removal=self._word(row, mapping.removal),
            survivor=None if mapping.merged_into is None else self._value(row, mapping.merged_into),
            score=self._score(row),
            fields=self._fields(row),
        )

    def _of_table(self, row: list[str], key: str) -> list[_Told]:
        mapping = self.mapping
        created = self._date(row, mapping.created or "", NO_CREATED)
        nothing = (None,) * len(self.fields)
        events = [
            _Told(key, created, created, columns=self._columns(row), tags=self._tags(row), fields=self._fields(row))
        ]
        replied = self._later(row, mapping.first_reply, created)
        if replied is not None:
            events.append(_Told(key, created, replied, message=Message.REPLY, actor_kind=Actor.AGENT, fields=nothing))
        resolved = self._later(row, mapping.resolved, created)
        if resolved is not None:
            events.append(_Told(key, created, resolved, status=Category.RESOLVED, fields=nothing))
        return events

    def _value(self, row: list[str], column: str) -> str | None:
        """The cell without blanks around it; None for a null mark."""
        value = row[self.places[column]].strip()
        return None if value in self.mapping.nulls else value

    def _required(self, row: list[str], column: str, reason: str) -> str:
        value = self._value(row, column)
        if value is None:
            raise _Bad(reason, column, row[self.places[column]])
        return value

    def _date(self, row: list[str], column: str, missing: str) -> int:
        value = self._required(row, column, missing)
        return self._read(self.moment, column, value)

    def _optional_date(self, row: list[str], column: str | None) -> int | None:
        value = None if column is None else self._value(row, column)
        return None if value is None or column is None else self._read(self.moment, column, value)

    def _later(self, row: list[str], column: str | None, created: int) -> int | None:
        """A moment of the ticket; none can be before its creation."""
        moment = self._optional_date(row, column)
        if moment is not None and column is not None and moment < created:
            raise _Bad(TOO_EARLY, column, row[self.places[column]].strip())
        return moment

    def _read(self, read: Callable[[str], int], column: str, value: str) -> int:
        try:
            return read(value)
        except BadValue as bad:
            raise _Bad(bad.reason, column, value) from bad

    def _word(self, row: list[str], words: Words | None) -> str | None:
        value = None if words is None else self._value(row, words.column)
        if words is None or value is None:
            return None
        if value not in words.values:
            raise _Bad(UNKNOWN_WORD, words.column, value)
        return words.values[value]

    def _score(self, row: list[str]) -> int | None:
        word = self._word(row, self.mapping.rating)
        return None if word is None else int(word)

    def _columns(self, row: list[str]) -> tuple[str | None, ...]:
        # A null mark in a mapped column tells that there is nobody; a column that is not mapped tells nothing.
        return tuple(None if place is None else self._text(row, place) for place in self.named)

    def _text(self, row: list[str], place: int) -> str:
        """The cell without blanks around it; empty for a null mark."""
        value = row[place].strip()
        return "" if value in self.mapping.nulls else _clean(value, self.header[place])

    def _tags(self, row: list[str]) -> str | None:
        if self.mapping.tags is None:
            return None
        value = self._text(row, self.places[self.mapping.tags.column])
        return SEPARATOR.join(sorted({tag.strip() for tag in value.split(self.mapping.tags.separator) if tag.strip()}))

    def _fields(self, row: list[str]) -> tuple[str | float | int | None, ...]:
        values: list[str | float | int | None] = []
        for place, column, read in self.fields:
            value = self._text(row, place)
            try:
                values.append(read(value) if value else None)
            except BadValue as bad:
                raise _Bad(bad.reason, column, value) from bad
        return tuple(values)


def _clean(text: str, column: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _Bad(NOT_TEXT, column, ascii(text)) from error
    if len(text) > LONGEST:
        raise _Bad(TOO_LONG, column, text[:50])
    return text


def _places(mapping: Mapping, header: list[str]) -> dict[str, int]:
    names = [name.strip() for name in header]
    for column in mapping.used_columns():
        if names.count(column) != 1:
            raise Refused(
                gettext_noop(
                    "The file has %(count)s columns named “%(column)s”; it must have one. It has: %(header)s."
                ),
                count=names.count(column),
                column=column,
                header=", ".join(names),
            )
    return {name: place for place, name in enumerate(names)}


class _Rejects(ExitStack):
    """The file of rejected rows; made with the first of them."""

    def __init__(self, file: Path, header: list[str], reading: Reading) -> None:
        super().__init__()
        self.file = file
        self.header = header
        self.reading = reading
        self.writer: Writer | None = None

    def put(self, line: int, row: list[str], bad: _Bad) -> None:
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
