"""What a kind of work promises: its name for people, its rhythm, and the function that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from milepost.worker.runs import Run


@dataclass(frozen=True)
class Outcome:
    """How a run ended that did not fail.

    `again` asks for the next run sooner than the rhythm has it. A complaint is shown to administrators, though nothing
    failed: one bad file of many, for example.
    """

    again: timedelta | None = None
    complaint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


Work = Callable[[Run], Outcome]


@dataclass(frozen=True)
class Kind:
    """One kind of work. Without a rhythm its jobs are done once, when they are asked for."""

    key: str
    title: str
    work: Work
    every: timedelta | None = None


Kinds = Mapping[str, Kind]
