"""What every connector promises: to say whether it can read, and to tell what changed, batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

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
class Batch:
    """Some events in the order of the source, and the cursor from which the next batch goes on.

    `cursor` is a text that only the connector understands. Whoever has stored the events keeps it; reading from the
    cursor before it tells the same events again, which changes nothing.
    """

    events: Sequence[TicketEvent]
    cursor: str


@dataclass(frozen=True)
class Telling:
    """What a connector tells at all, for the store."""

    rules: ReplayRules = field(default_factory=ReplayRules)
    fields: Mapping[str, FieldType] = field(default_factory=dict)
    whole: bool = False
    tells: frozenset[Tells] = frozenset(Tells)


class Connector(Protocol):
    """Reads one make of help desk. It keeps nothing, knows no database, and changes nothing at the help desk.

    What it cannot read is `SourceFailed`, with `permanent` when a person must do something first.
    """

    @property
    def telling(self) -> Telling:
        """What it tells."""

    def check(self) -> None:
        """Ask the help desk for as little as possible; return when it answers and lets us read."""

    def changes(self, cursor: str) -> Iterator[Batch]:
        """What changed since the cursor, oldest first, in bounded batches; from the beginning when it is empty.

        Ends when the help desk has no more. Always yields a batch that has events; one without may tell a cursor.
        """
