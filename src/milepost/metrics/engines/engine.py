"""What an engine other than DuckDB must do."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from milepost.calendars.slots import Slots
from milepost.metrics.compiler import Statement
from milepost.tickets.store.manifest import Manifest

Answer = TypeVar("Answer")
# Asks one statement for its rows.
Ask = Callable[[Statement], list[Any]]
# A question that takes longer than this is given up, in seconds.
LIMIT: Final = 600


@dataclass(frozen=True)
class Clock:
    """The working clock as a table: its columns are those of `slots`."""

    slots: Slots
    rows: Sequence[Sequence[int]]


class Engine(Protocol):
    """Answers statements over the facts of a manifest."""

    def read(
        self,
        folder: Path,
        manifest: Manifest,
        sources: Collection[str] | None,
        clock: Clock | None,
        ask: Callable[[Ask], Answer],
    ) -> Answer:
        """What `ask` finds out over the facts of these sources, all of it from the files that the manifest names.

        `Moved` where a file is gone; `SourceFailed` with a sentence where the engine cannot be reached.
        """


class Moved(Exception):
    """A file of the manifest was replaced before it could be read."""
