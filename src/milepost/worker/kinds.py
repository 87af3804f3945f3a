"""What a kind of work promises: its name for people, its rhythm, and the function that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from milepost.worker.runs import Outcome, Run

Work = Callable[[Run], Outcome]


@dataclass(frozen=True)
class Kind:
    """One kind of work. Without a rhythm its jobs are done once, when they are asked for."""

    key: str
    title: str
    work: Work
    every: timedelta | None = None


Kinds = Mapping[str, Kind]
