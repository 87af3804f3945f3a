"""What a driver reports becomes a failure that says what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop

# Of what a database says not more is told: it may quote what it was reading.
SHORTENED: Final = 200
# Without a connection there is no code, or one for every reason.
UNCODED: Final = frozenset({"", "2003", "2026"})
UNTRUSTED: Final = re.compile(r"certificate|(?:does not|doesn't) support (?:SSL|it)", re.IGNORECASE)


class Again(Exception):
    """A moment later the database may answer."""


@dataclass(frozen=True)
class Codes:
    """The codes by which a system says why."""

    refused: frozenset[str]
    no_database: frozenset[str]
    too_long: frozenset[str]
    # Others of this beginning pass: the server starts, stops, or has too many connections.
    passing: tuple[str, ...]
    # What is told in words alone, before there is a connection, and the code that it would have.
    words: tuple[tuple[re.Pattern[str], str], ...] = ()


@contextmanager
def reported(name: str, codes: Codes) -> Iterator[None]:
    """Within, what the driver raises is a failure of the database of this name."""
    try:
        yield
    except DBAPIError as error:
        raise _failure(name, codes, error) from None
    except SQLAlchemyError as error:
        raise SourceFailed(
            gettext_noop("%(name)s cannot be read: %(error)s."), permanent=False, name=name, error=type(error).__name__
        ) from error


def _failure(name: str, codes: Codes, error: DBAPIError) -> Exception:
    code = _code(codes, error)
    if code in UNCODED and UNTRUSTED.search(str(error.orig)):
        return SourceFailed(
            gettext_noop(
                "The way to %(name)s cannot be encrypted as it must be: the server has no certificate, or none that is "
                "trusted. Have that mended there."
            ),
            permanent=True,
            name=name,
        )
    if code in codes.refused:
        return SourceFailed(
            gettext_noop("%(name)s refuses the user or the password. Enter those of a user who may sign in there."),
            permanent=True,
            name=name,
        )
    if code in codes.no_database:
        return SourceFailed(gettext_noop("%(name)s: there is no such database."), permanent=True, name=name)
    if code in codes.too_long:
        return SourceFailed(
            gettext_noop(
                "A query took too long at %(name)s. Make it simpler, or add an index for its moment of change."
            ),
            permanent=False,
            name=name,
        )
    if error.connection_invalidated or code.startswith(codes.passing) or _is_of_connection(error, code):
        return Again(_said(error.orig))
    return SourceFailed(
        gettext_noop("%(name)s refuses a query: %(error)s"), permanent=True, name=name, error=_said(error.orig)
    )


def _is_of_connection(error: DBAPIError, code: str) -> bool:
    """Whether it was the way to the server: nothing was asked, so nothing has a code."""
    return not code and isinstance(error, OperationalError | InterfaceError)


def _code(codes: Codes, error: DBAPIError) -> str:
    """The code of PostgreSQL, of MySQL, or the name that SQLite has for it; empty without one."""
    first = error.orig.args[0] if error.orig is not None and error.orig.args else ""
    if isinstance(first, int):
        return str(first)
    told = (getattr(error.orig, name, None) for name in ("sqlstate", "sqlite_errorname"))
    code = next(filter(None, told), None)
    if code is not None:
        return str(code)
    return next((code for pattern, code in codes.words if pattern.search(str(first))), "")


def _said(error: object) -> str:
    """What the database says, on one line."""
    said = error.args[-1] if isinstance(error, Exception) and error.args else error
    return " ".join(str(said).split())[:SHORTENED]
