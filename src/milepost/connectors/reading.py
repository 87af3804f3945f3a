"""What connectors share when they read an answer: a moment, a text, and a failure that names what is not as agreed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from milepost.base.errors import SourceFailed
from milepost.base.marks import gettext_noop

# No ticket is older. Help desks write “not set” as the beginning of 1970.
FIRST: Final = 24 * 3600


def seconds(text: object) -> int:
    """A moment with its offset, in UTC seconds."""
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(str(text)[:50])
    return int(moment.timestamp())


def maybe_seconds(text: object) -> int | None:
    """The same; None where it is not set."""
    at = seconds(text) if text else None
    return None if at is None or at <= FIRST else at


def iso(at: int) -> str:
    """UTC seconds as help desks read them."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def told_apart(rows: Mapping[str, Mapping[str, Any]], number: str) -> str:
    """The name of one of these; with its number where another one has the same name, or where it is gone."""
    name = str((rows.get(number) or {}).get("name") or "")
    same = sum(str(row["name"]) == name for row in rows.values())
    return name if same == 1 else f"{name} #{number}".strip()


@contextmanager
def answers_of(name: str) -> Iterator[None]:
    """Within, whatever is missing or of another form in an answer is a failure of the help desk of this name."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SourceFailed(
            gettext_noop("%(name)s answers something that is not in its form: %(error)s."),
            permanent=True,
            name=name,
            error=error,
        ) from error
