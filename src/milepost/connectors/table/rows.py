"""A row of a table and its mapping become events; a row that cannot be read says why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.table.choices import Early, Undated
from milepost.connectors.table.mapping import COLUMN_KEYS, Words
from milepost.connectors.table.mapping import Mapping as Meaning
from milepost.connectors.table.values import BadValue, moments, reader
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message
from milepost.tickets.store.staging import SEPARATOR, told

# A longer text is no name; it would be a message put into the wrong column.
LONGEST: Final = 1_000

NO_TICKET: Final = gettext_noop("no ticket number")
NO_CREATED: Final = gettext_noop("no creation date")
NO_TIME: Final = gettext_noop("no event time")
REPEATED: Final = gettext_noop("a ticket number that comes again further down")
REPEATED_AT_ALL: Final = gettext_noop("a ticket number that stands in several rows")
TOO_EARLY: Final = gettext_noop("before the ticket was created")
UNKNOWN_WORD: Final = gettext_noop("a word that the mapping does not know")
WRONG_WIDTH: Final = gettext_noop("more or fewer columns than the header")
NOT_TEXT: Final = gettext_noop("not text in the encoding of the mapping")
TOO_LONG: Final = gettext_noop("longer than 1,000 characters")

# The cells of a row as text. None is a cell that tells nothing; an empty text tells that there is nobody, or none.
Row = Sequence[str | None]


class Bad(Exception):
    """A row that cannot be read."""

    def __init__(self, reason: str, column: str, value: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value


@dataclass(frozen=True, slots=True)
class Told:
    """One event that a row tells. `fields` are the values of the named fields, in the order of their names."""

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
        """The event as a line of the staging file."""
        head = [ordinal, self.key, self.created_at, self.at, self.message, self.actor_kind, self.actor, self.status]
        return told([*head, *self.columns, self.tags, self.removal, self.survivor, self.score, *self.fields])

    def named(self) -> Mapping[str, Any]:
        """What it tells beside ticket and moments, by the names of the staged columns."""
        single = {name: getattr(self, name) for name in ("message", "actor_kind", "actor", "status", "tags")}
        single |= {name: getattr(self, name) for name in ("removal", "survivor", "score")}
        single |= dict(zip(COLUMN_KEYS, self.columns, strict=True))
        return {name: getattr(value, "value", value) for name, value in single.items() if value is not None}


class Parser:
    """Rows under one mapping; refuses a header that lacks a column of it, or has it twice."""

    def __init__(self, mapping: Meaning, header: Sequence[str]) -> None:
        self.mapping = mapping
        self.header = header
        self.places = _places(mapping, header)
        self.moment = moments(mapping.dates)
        self.fields = [
            (self.places[one.column], one.column, reader(one.type, one.dates))
            for _, one in sorted(mapping.fields.items())
        ]
        self.mended: list[Bad] = []
        self.named = [self.places[mapping.columns[key]] if key in mapping.columns else None for key in COLUMN_KEYS]

    def events(self, row: Row) -> list[Told]:
        """What a row tells: of a ticket table up to three events, the creation first; of a log one.

        `mended` says what was wrong with the row and is read as the mapping chooses.
        """
        self.mended = []
        if len(row) != len(self.header):
            raise Bad(WRONG_WIDTH, self.header[0], str(len(row)))
        mapping = self.mapping
        key = _clean(self._required(row, mapping.ticket, NO_TICKET), mapping.ticket)
        return self._of_table(row, key) if mapping.whole else [self._of_log(row, key)]

    def _of_log(self, row: Row, key: str) -> Told:
        mapping = self.mapping
        at = self._date(row, mapping.time or "", NO_TIME)
        created = self._optional_date(row, mapping.created)
        if created is None:
            created = at if mapping.created is None else self._undated(row, mapping.created, [at])
        return Told(
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

    def _of_table(self, row: Row, key: str) -> list[Told]:
        mapping = self.mapping
        later = [self._optional_date(row, column) for column in (mapping.first_reply, mapping.resolved)]
        created = self._optional_date(row, mapping.created)
        if created is None:
            created = self._undated(row, mapping.created or "", later)
        nothing = (None,) * len(self.fields)
        events = [
            Told(key, created, created, columns=self._columns(row), tags=self._tags(row), fields=self._fields(row))
        ]
        replied, resolved = (
            self._later(row, column, at, created)
            for column, at in zip((mapping.first_reply, mapping.resolved), later, strict=True)
        )
        if replied is not None:
            events.append(Told(key, created, replied, message=Message.REPLY, actor_kind=Actor.AGENT, fields=nothing))
        if resolved is not None:
            events.append(Told(key, created, resolved, status=Category.RESOLVED, fields=nothing))
        return events

    def _value(self, row: Row, column: str) -> str | None:
        """The cell without blanks around it; None for a null mark."""
        value = _stripped(row[self.places[column]])
        return None if value in self.mapping.nulls else value

    def _required(self, row: Row, column: str, reason: str) -> str:
        value = self._value(row, column)
        if value is None:
            raise Bad(reason, column, row[self.places[column]] or "")
        return value

    def _date(self, row: Row, column: str, missing: str) -> int:
        value = self._required(row, column, missing)
        return self._read(self.moment, column, value)

    def _optional_date(self, row: Row, column: str | None) -> int | None:
        value = None if column is None else self._value(row, column)
        return None if value is None or column is None else self._read(self.moment, column, value)

    def _undated(self, row: Row, column: str, moments_: Sequence[int | None]) -> int:
        """When a ticket without a creation date begins, if the mapping lets it."""
        known = [at for at in moments_ if at is not None]
        bad = Bad(NO_CREATED, column, row[self.places[column]] or "")
        if self.mapping.choices.undated is Undated.REJECT or not known:
            raise bad
        self.mended.append(bad)
        return min(known)

    def _later(self, row: Row, column: str | None, moment: int | None, created: int) -> int | None:
        """A moment of the ticket; none can be before its creation."""
        if column is None or moment is None or moment >= created:
            return moment
        bad = Bad(TOO_EARLY, column, _stripped(row[self.places[column]]) or "")
        if self.mapping.choices.early is Early.REJECT:
            raise bad
        self.mended.append(bad)
        return created if self.mapping.choices.early is Early.AT_CREATION else None

    def _read(self, read: Callable[[str], int], column: str, value: str) -> int:
        try:
            return read(value)
        except BadValue as bad:
            raise Bad(bad.reason, column, value) from bad

    def _word(self, row: Row, words: Words | None) -> str | None:
        value = None if words is None else self._value(row, words.column)
        if words is None or value is None:
            return None
        if value not in words.values:
            raise Bad(UNKNOWN_WORD, words.column, value)
        return words.values[value]

    def _score(self, row: Row) -> int | None:
        word = self._word(row, self.mapping.rating)
        return None if word is None else int(word)

    def _columns(self, row: Row) -> tuple[str | None, ...]:
        # A null mark in a mapped column tells that there is nobody; a column that is not mapped tells nothing.
        return tuple(None if place is None else self._text(row, place) for place in self.named)

    def _text(self, row: Row, place: int) -> str | None:
        """The cell without blanks around it; empty for a null mark."""
        value = _stripped(row[place])
        if value is None:
            return None
        return "" if value in self.mapping.nulls else _clean(value, self.header[place])

    def _tags(self, row: Row) -> str | None:
        value = None if self.mapping.tags is None else self._text(row, self.places[self.mapping.tags.column])
        if self.mapping.tags is None or value is None:
            return None
        return SEPARATOR.join(sorted({tag.strip() for tag in value.split(self.mapping.tags.separator) if tag.strip()}))

    def _fields(self, row: Row) -> tuple[str | float | int | None, ...]:
        values: list[str | float | int | None] = []
        for place, column, read in self.fields:
            value = self._text(row, place)
            try:
                values.append(read(value) if value else None)
            except BadValue as bad:
                raise Bad(bad.reason, column, value or "") from bad
        return tuple(values)


def _stripped(cell: str | None) -> str | None:
    return None if cell is None else cell.strip()


def _clean(text: str, column: str) -> str:
    # What is plain needs no look at each of its letters.
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Bad(NOT_TEXT, column, ascii(text)) from error
    if len(text) > LONGEST:
        raise Bad(TOO_LONG, column, text[:50])
    return text


def _places(mapping: Meaning, header: Sequence[str]) -> dict[str, int]:
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
