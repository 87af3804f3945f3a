"""The tickets of a database, asked for in windows: from the newest down, from a change on, or by their numbers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, bindparam, distinct, func, or_, select
from sqlalchemy.types import NullType

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.contract import TicketEvent
from milepost.connectors.database.layout import Layout, Refusals
from milepost.connectors.database.marks import Mark, cell, kept, like, value
from milepost.connectors.database.query import Query, bound, written
from milepost.connectors.database.server import Row, Server
from milepost.connectors.table.names import HISTORY, TICKETS
from milepost.tickets.columns import Category

# So many tickets come with one question; a question may have to sort all there are.
WINDOW: Final = 5_000
# More rows about the tickets of one batch are no history but tables that were joined by mistake.
LONGEST_HISTORY: Final = 100_000
# More names of one kind are not told.
NAMES: Final = 1_000


@dataclass(frozen=True)
class Queries:
    """What is asked for: the tickets as they are now, what happened to them, and who works there."""

    tickets: str
    history: str = ""
    people: str = ""


@dataclass(frozen=True)
class Totals:
    """How many tickets are read, how many different ones, how many lack number or moment, and the newest change."""

    rows: int
    different: int
    lacking: int
    newest: Any


class Tickets:
    """The queries, and what their columns mean."""

    def __init__(
        self, server: Server, queries: Queries, *, zone: ZoneInfo, statuses: Mapping[str, Category], since: date
    ) -> None:
        self._server = server
        self.query = written(server, queries.tickets, TICKETS, ("ticket", "created", "updated"))
        self.history = written(server, queries.history, HISTORY, ("ticket", "time")) if queries.history else None
        self.layout = Layout(self.query, self.history, zone, statuses)
        self._oldest = self._day(since, zone)

    def totals(self) -> Totals:
        """How much there is to read."""
        ticket, created, updated = (self.query[name] for name in ("ticket", "created", "updated"))
        counted = select(func.count(ticket), func.count(distinct(ticket)), func.max(updated)).where(*self._since())
        ((rows, different, newest),) = self._server.rows(counted)
        without = (
            select(func.count())
            .select_from(self.query.source)
            .where(or_(ticket.is_(None), created.is_(None), updated.is_(None)))
        )
        ((lacking,),) = self._server.rows(without)
        return Totals(rows, different, lacking, newest)

    def below(self, at: Sequence[Mark]) -> list[Row]:
        """The next tickets from there down, the newest first."""
        return self._window("created", at, down=True)

    def above(self, at: Sequence[Mark]) -> list[Row]:
        """The next tickets by their last change, after there."""
        return self._window("updated", at, down=False)

    def since(self, moment: Any) -> list[Row]:
        """The first tickets that changed at this moment or after it; of all where it is None."""
        updated = self.query["updated"]
        return self._window("updated", (), () if moment is None else (updated >= bound(moment),), down=False)

    def mark(self, row: Row, moment: str) -> Sequence[Mark]:
        """Where a row stands in the order of this moment."""
        return [kept(row[self.query.place(name)]) for name in (moment, "ticket")]

    def events(self, rows: Sequence[Row], refusals: Refusals) -> Iterable[list[TicketEvent]]:
        """The events of each of these tickets."""
        told = self._told(rows)
        for row in rows:
            yield self.layout.events(row, told.get(self._key(row), ()), refusals)

    def there(self, keys: Sequence[str]) -> set[str]:
        """Which of these tickets the query gives."""
        ticket = self.query["ticket"]
        sample = self._server.rows(select(ticket).where(ticket.is_not(None)).limit(1))
        if not sample:
            raise SourceFailed(
                gettext_noop("The query of tickets gives none at all, so that nothing says which are gone."),
                permanent=False,
            )
        asked = [one for key in keys if (one := like(sample[0][0], key)) is not None]
        found = self._server.rows(select(ticket).where(_among(ticket, asked)).limit(len(keys) * 2))
        return {cell(row[0]).strip() for row in found}

    def names(self, meaning: str) -> list[str]:
        """The different values of a column, in order."""
        if meaning not in self.query:
            return []
        column = self.query[meaning]
        found = self._server.rows(select(column).where(column.is_not(None)).distinct().limit(NAMES))
        return sorted({text for row in found if (text := cell(row[0]).strip())})

    def _window(
        self, moment: str, at: Sequence[Mark], more: Sequence[ColumnElement[bool]] = (), *, down: bool
    ) -> list[Row]:
        first, second = self.query[moment], self.query["ticket"]
        statement = self.query.all().where(*self._since(), first.is_not(None), second.is_not(None), *more)
        if at:
            statement = statement.where(_behind(first, second, *map(value, at), down=down))
        order = (first.desc(), second.desc()) if down else (first, second)
        rows = self._server.streamed(statement.order_by(*order).limit(WINDOW))
        if rows and at and list(self.mark(rows[-1], moment)) == list(at):
            raise SourceFailed(
                gettext_noop("Tickets cannot be put in order by “%(column)s”: use one that sorts by its exact value."),
                permanent=True,
                column=self.query.meanings["ticket"],
            )
        return rows

    def _told(self, rows: Sequence[Row]) -> Mapping[str, list[Row]]:
        """The history of these tickets, in the order of its moments."""
        told: dict[str, list[Row]] = defaultdict(list)
        if self.history is None:
            return told
        found = self._server.streamed(self._history_of(self.history, [row[self._place] for row in rows]))
        if len(found) > LONGEST_HISTORY:
            raise SourceFailed(
                gettext_noop(
                    "The history of %(count)s tickets has more than 100,000 rows. Check how its tables are joined."
                ),
                permanent=True,
                count=len(rows),
            )
        place = self.history.place("ticket")
        for row in found:
            told[cell(row[place]).strip()].append(row)
        return told

    def _history_of(self, history: Query, tickets: Sequence[Any]) -> Select[*tuple[Any, ...]]:
        """Rows of one moment have an order of their own, or that of what they tell: always the same one."""
        first = [name for name in ("ticket", "time", "order") if name in history]
        order = [*first, *(name for name in history.meanings if name not in first)]
        where = _among(history["ticket"], tickets)
        return history.all().where(where).order_by(*(history[name] for name in order)).limit(LONGEST_HISTORY + 1)

    def _key(self, row: Row) -> str:
        return cell(row[self._place]).strip()

    @property
    def _place(self) -> int:
        return self.query.place("ticket")

    def _since(self) -> Sequence[ColumnElement[bool]]:
        return () if self._oldest is None else (self.query["created"] >= bound(self._oldest),)

    def _day(self, day: date, zone: ZoneInfo) -> Any:
        """The beginning of a day as the database has moments; None where it has none that can be compared."""
        created = self.query["created"]
        sample = self._server.rows(select(created).where(created.is_not(None)).limit(1))
        match sample[0][0] if sample else None:
            case datetime(tzinfo=None):
                return datetime.combine(day, time())
            case datetime():
                return datetime.combine(day, time(), zone)
            case date():
                return day
            case str():
                return day.isoformat()
        return None


def _behind(
    first: ColumnElement[Any], second: ColumnElement[Any], at: Any, ticket: Any, *, down: bool
) -> ColumnElement[bool]:
    """What comes after a row in this order, said so that an index of the first column alone is of use."""
    if down:
        return and_(first <= bound(at), or_(first < bound(at), second < bound(ticket)))
    return and_(first >= bound(at), or_(first > bound(at), second > bound(ticket)))


def _among(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    return column.in_(bindparam(None, list(values), expanding=True, unique=True, type_=NullType()))
