"""What a digest says, in the reader's words, as it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Bar:
    """In percent of the width: what was reached up to the target, what is missing to it, and what is past it."""

    filled: int
    gap: int
    past: int
    met: bool = False


@dataclass(frozen=True)
class Shown:
    """A goal of one contributor."""

    name: str
    sign: str
    word: str
    actual: str
    wished: str
    bar: Bar | None
    line: str
    path: str


@dataclass(frozen=True)
class Worth:
    """Something worth one's time: a fact, what follows from it, and where it leads."""

    fact: str
    rest: str
    label: str
    path: str


@dataclass(frozen=True)
class Content:
    """All of it. The headline is the subject, the second sentence what mail programs show beside it."""

    language: str
    to: str
    headline: str
    second: str
    goals: Sequence[Shown]
    worth: Sequence[Worth]
    button: str
    button_path: str
    because: str
    calculated: str

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Content":
        """As it was kept."""
        goals = [Shown(**one | {"bar": Bar(**one["bar"]) if one["bar"] else None}) for one in kept["goals"]]
        return cls(**dict(kept) | {"goals": goals, "worth": [Worth(**one) for one in kept["worth"]]})
