"""What every connector promises: what it must be told, whether it can read, and what changed, batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from milepost.connectors.http import Door
from milepost.connectors.settings import Setting
from milepost.tickets.columns import FieldType
from milepost.tickets.events import ReplayRules, Tells

# More events do not come in one batch: a sync keeps no more than this in memory.
LARGEST: Final = 5_000


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One event as the help desk tells it. `columns` are those of the staging file, by name; moments in UTC seconds."""

    key: str
    created_at: int
    happened_at: int
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a first import is: tickets that were read, of so many there were when it began."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows that could not be read for one reason, a text of the catalogue: how many, and one value as an example."""

    reason: str
    column: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some events in the order of the source, and the cursor from which the next batch goes on.

    `cursor` is a text that only the connector understands. Whoever has stored the events keeps it; reading from the
    cursor before it tells the same events again, which changes nothing. A batch that is `whole` tells all there is to
    tell of each of its tickets, so that what it no longer tells is withdrawn.
    """

    events: Sequence[TicketEvent]
    cursor: str
    whole: bool = False
    progress: Progress | None = None
    rejected: Sequence[Rejected] = ()


@dataclass(frozen=True)
class Telling:
    """What a connector tells at all, for the store."""

    rules: ReplayRules = field(default_factory=ReplayRules)
    fields: Mapping[str, FieldType] = field(default_factory=dict)
    tells: frozenset[Tells] = frozenset(Tells)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a check found to be in order; with `warning`, one that somebody should know of.

    `name` and `found` are texts of the catalogue, `values` stand in the places of `found`.
    """

    name: str
    found: str
    values: Mapping[str, object] = field(default_factory=dict)
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works tickets at the help desk. Events call them by `key`; `teams` are the names of their groups."""

    key: str
    name: str
    email: str = ""
    active: bool = True
    teams: Sequence[str] = ()


class Connector(Protocol):
    """Reads one make of help desk. It keeps nothing, knows no database, and changes nothing at the help desk.

    What it cannot read is `SourceFailed`, with `permanent` when a person must do something first.
    """

    @property
    def telling(self) -> Telling:
        """What it tells."""

    def check(self) -> Iterator[Step]:
        """Ask for as little as possible, and say step by step what was found; ends when it can be read."""

    def agents(self) -> Iterable[Agent]:
        """Who works tickets there, as far as it is told."""

    def teams(self) -> Iterable[str]:
        """The names of the groups there, as events tell them."""

    def pipelines(self) -> Iterable[str]:
        """The names of the pipelines there, as events tell them."""

    def changes(self, cursor: str) -> Iterator[Batch]:
        """What changed since the cursor, in bounded batches; everything, newest tickets first, when it is empty.

        Ends when the help desk has no more. Always yields a batch that has events; one without may tell a cursor.
        """

    def missing(self, keys: Sequence[str]) -> Iterable[str]:
        """Which of these tickets the help desk does not have any more; what cannot be told is not missing."""


@dataclass(frozen=True)
class Make:
    """A make of help desk that can be read.

    `settings` is a dataclass whose fields are made by `settings.setting`; form, prompts and documentation follow
    from it. `open` gives a connector with these settings, which reaches out through the door alone.
    """

    key: str
    name: str
    # Two letters that stand for it.
    sign: str
    # Texts of the catalogue: which versions are read, and what lets us in.
    versions: str
    signs_in: str
    settings: type
    open: Callable[[Any, Door], AbstractContextManager[Connector]]

    def asked(self) -> tuple[Setting, ...]:
        """What must be told to connect it."""
        return Setting.of(self.settings)
