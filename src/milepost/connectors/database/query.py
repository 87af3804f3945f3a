"""A query that somebody wrote: it may only be one that reads, and it is asked for parts of what it gives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnClause, ColumnElement, Select, Subquery, bindparam, column, literal_column, select, text
from sqlalchemy.sql import quoted_name
from sqlalchemy.types import NullType

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.database.server import Server
from milepost.connectors.table.names import named

READS: Final = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:SELECT|WITH)\b", re.IGNORECASE | re.DOTALL)
# MySQL runs what stands in such a comment.
RUN_COMMENT: Final = re.compile(r"/\*M?!")


@dataclass(frozen=True)
class Query:
    """A query, the names of its columns, and what they mean. Columns without a meaning are never asked for."""

    server: Server
    source: Subquery
    meanings: Mapping[str, str]
    unused: Sequence[str]

    def __getitem__(self, meaning: str) -> ColumnElement[Any]:
        """The column of this meaning."""
        return self.source.c[self.meanings[meaning]]

    def __contains__(self, meaning: object) -> bool:
        return meaning in self.meanings

    @property
    def header(self) -> list[str]:
        """The names of the columns that `all` asks for."""
        return list(self.meanings.values())

    def place(self, meaning: str) -> int:
        """Where in a row the column of this meaning stands."""
        return list(self.meanings).index(meaning)

    def all(self) -> Select[*tuple[Any, ...]]:
        """Every row, its columns in the order of their meanings."""
        return select(*(self[meaning] for meaning in self.meanings))


def written(server: Server, query: str, known: Mapping[str, Sequence[str]], needed: Sequence[str]) -> Query:
    """The query as it is asked; refuses one that is no single question, or lacks a column that is needed."""
    inner = _inner(query)
    names = server.columns(select(literal_column("*")).select_from(text(f"({inner}) AS q")).limit(0))
    meanings = named(names, known)
    for meaning in needed:
        if meaning not in meanings:
            raise Refused(
                gettext_noop(
                    "A query lacks the column “%(meaning)s”. Name a column so, by AS in the query. It has: %(names)s."
                ),
                meaning=meaning,
                names=", ".join(names)[:500],
            )
    columns: list[ColumnClause[Any]] = [column(quoted_name(name, quote=True)) for name in meanings.values()]
    source = text(inner).columns(*columns).subquery("q")
    return Query(server, source, meanings, [name for name in names if name not in meanings.values()])


def bound(value: Any) -> ColumnElement[Any]:
    """A value beside a column; its type is the driver's own, for a cast would change how texts compare."""
    return bindparam(None, value, type_=NullType(), unique=True)


def _inner(query: str) -> str:
    """The query as it stands within another one, in which a colon is a colon."""
    inner = query.strip().removesuffix(";")
    if not READS.match(inner) or ";" in inner or RUN_COMMENT.search(inner):
        raise Refused(gettext_noop("A query is one SELECT, without a semicolon in it. Enter nothing else."))
    # A comment may stand in the last line.
    return inner.replace(":", "\\:") + "\n"
