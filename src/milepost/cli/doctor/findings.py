"""What the doctor finds: one sentence on one thing, and how bad it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from django.utils.translation import gettext


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    # It works, and somebody should look.
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """`check` names what was looked at; the text is one of the catalogue."""

    check: str
    level: Level
    text: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def sentence(self) -> str:
        """What is so, and what to do where something is to be done."""
        return gettext(self.text) % self.values if self.values else gettext(self.text)

    @property
    def is_failure(self) -> bool:
        """Whether Milepost cannot work, or not safely, as long as this is so."""
        return self.level is Level.FAILURE


def ok(check: str, text: str, **values: object) -> Finding:
    """All is well."""
    return Finding(check, Level.OK, text, values)


def warning(check: str, text: str, **values: object) -> Finding:
    """It works, and somebody should look."""
    return Finding(check, Level.WARNING, text, values)


def failure(check: str, text: str, **values: object) -> Finding:
    """It does not work, or not safely."""
    return Finding(check, Level.FAILURE, text, values)
