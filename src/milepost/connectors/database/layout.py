"""What the columns of the queries mean, as mappings of tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import Rejected, Telling, TicketEvent
from milepost.connectors.database.marks import cell
from milepost.connectors.database.query import Query
from milepost.connectors.table.mapping import BEST, COLUMN_KEYS, NOTHING, Dates, Tags, Words
from milepost.connectors.table.mapping import Mapping as Meaning
from milepost.connectors.table.rows import Bad, Parser, Told
from milepost.tickets.columns import Category
from milepost.tickets.events import Actor, Message, Removal, ReplayRules, Response, Tells

# How databases write that a moment is not set.
NULLS: Final = frozenset(
    {"", "0000-00-00", "0000-00-00 00:00:00", "1970-01-01T00:00:00", "1970-01-01 00:00:00", "1970-01-01T00:00:00+00:00"}
)
# What a history without them lets the tickets tell.
OF_BOTH: Final = frozenset({Tells.AGENTS, Tells.TEAMS})
WORDS: Final[Mapping[str, Sequence[str]]] = {
    "message": [one.value for one in Message],
    "actor_kind": [one.value for one in Actor],
    "removal": [one.value for one in Removal],
    "rating": [str(score) for score in range(BEST + 1)],
}


@dataclass
class Refusals:
    """Rows that could not be read, by reason and column."""

    found: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def add(self, bad: Bad) -> None:
        """One more."""
        count, example = self.found.get((bad.reason, bad.column), (0, bad.value))
        self.found[bad.reason, bad.column] = count + 1, example

    def told(self) -> list[Rejected]:
        """They, for a batch."""
        return [Rejected(reason, column, *found) for (reason, column), found in self.found.items()]


class Layout:
    """Reads the rows of a query of tickets, and of one of their history where there is one."""

    def __init__(self, tickets: Query, history: Query | None, zone: ZoneInfo, statuses: Mapping[str, Category]) -> None:
        self.tickets, self.history = tickets, history
        dates = Dates(format=None, zone=zone)
        meaning = _of_tickets(tickets, dates)
        self._tickets = Parser(meaning, tickets.header)
        self._history, self._lowered = None, frozenset[int]()
        self.telling = Telling(rules=meaning.rules, tells=meaning.tells())
        if history is not None:
            log = _of_history(history, dates, statuses)
            self._history = Parser(log, history.header)
            self._lowered = frozenset(history.place(name) for name in ("status", *WORDS) if name in history)
            # What both tell, the history alone tells as of its moments.
            self._overruled = [COLUMN_KEYS.index(key) for key in COLUMN_KEYS if key in history]
            self.telling = Telling(rules=log.rules, tells=log.tells() | (meaning.tells() & OF_BOTH))

    def moment(self, value: Any) -> int | None:
        """A value as UTC seconds; None where it is no moment."""
        try:
            return self._tickets.moment(cell(value))
        except ValueError:
            return None

    def events(self, ticket: Sequence[Any], rows: Iterable[Sequence[Any]], refusals: Refusals) -> list[TicketEvent]:
        """All events of a ticket, the creation first; none of a ticket whose own row cannot be read."""
        try:
            told = self._tickets.events([cell(value) for value in ticket])
        except Bad as bad:
            refusals.add(bad)
            return []
        if self._history is None:
            return [TicketEvent(one.key, one.created_at, one.at, one.named()) for one in told]
        return self._with_history(told[0], self._read(rows, refusals))

    def _read(self, rows: Iterable[Sequence[Any]], refusals: Refusals) -> Iterable[Told]:
        for row in rows:
            try:
                yield from self._history.events(self._cells(row)) if self._history else ()
            except Bad as bad:
                refusals.add(bad)

    def _cells(self, row: Sequence[Any]) -> list[str | None]:
        """NULL in a row of the history tells nothing. Words are compared without case."""
        cells = [None if value is None else cell(value) for value in row]
        return [one.casefold() if one and place in self._lowered else one for place, one in enumerate(cells)]

    def _with_history(self, created: Told, history: Iterable[Told]) -> list[TicketEvent]:
        """The creation, with what the first row of its moment tells, and then the other rows."""
        columns = [None if place in self._overruled else one for place, one in enumerate(created.columns)]
        first = replace(created, columns=tuple(columns)).named()
        events = [TicketEvent(created.key, created.created_at, created.at, first)]
        for row in history:
            at, named = max(row.at, created.created_at), row.named()
            if len(events) == 1 and at == created.created_at and not events[0].columns.keys() & named.keys():
                events[0] = replace(events[0], columns={**first, **named})
            else:
                events.append(TicketEvent(created.key, created.created_at, at, named))
        return events


def _of_tickets(query: Query, dates: Dates) -> Meaning:
    """A table of tickets as they are now."""
    column = query.meanings.get
    replies = Response.MESSAGES if "first_reply" in query else Response.UNKNOWN
    return replace(
        NOTHING,
        ticket=query.meanings["ticket"],
        created=query.meanings["created"],
        first_reply=column("first_reply"),
        resolved=column("resolved"),
        columns=_columns(query),
        tags=_tags(query),
        dates=dates,
        nulls=NULLS,
        rules=ReplayRules(history=False, response=replies),
    )


def _of_history(query: Query, dates: Dates, statuses: Mapping[str, Category]) -> Meaning:
    """A log of what happened to tickets."""
    if "status" not in query and "message" not in query:
        raise Refused(gettext_noop("An event log needs a status or a message column, else nothing can be counted."))
    column = query.meanings.get
    known = {category.value: category.value for category in Category}
    known |= {name.casefold(): category.value for name, category in statuses.items()}
    return replace(
        NOTHING,
        whole=False,
        ticket=query.meanings["ticket"],
        time=query.meanings["time"],
        columns=_columns(query),
        status=Words(query.meanings["status"], dict(known)) if "status" in query else None,
        message=_words(query, "message"),
        actor=column("actor"),
        actor_kind=_words(query, "actor_kind"),
        removal=_words(query, "removal"),
        merged_into=column("merged_into"),
        rating=_words(query, "rating"),
        tags=_tags(query),
        dates=dates,
        nulls=NULLS,
        rules=ReplayRules(response=Response.MESSAGES if "message" in query else Response.UNKNOWN),
    )


def _words(query: Query, name: str) -> Words | None:
    return Words(query.meanings[name], {word: word for word in WORDS[name]}) if name in query else None


def _columns(query: Query) -> dict[str, str]:
    return {key: query.meanings[key] for key in COLUMN_KEYS if key in query}


def _tags(query: Query) -> Tags | None:
    return Tags(query.meanings["tags"], ",") if "tags" in query else None
