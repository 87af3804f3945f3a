"""What a notice says of its target: the numbers of the moment at which it was decided, or the edit it tells of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from milepost.goals.pace import Pace


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changed what, from what to what, and why. Without values it was the note of the goal, which `note` is now."""

    who: str
    reason: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The target and what was reached of it, as shown; in the unit of the target."""

    wished: Decimal | None = None
    shown: Decimal | None = None
    progress: int | None = None
    pace: Pace | None = None
    status: str = ""
    fell_back: bool = False
    edit: Edit | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        edit = self.edit
        return {
            "wished": _text(self.wished),
            "shown": _text(self.shown),
            "progress": self.progress,
            "pace": self.pace,
            "status": self.status,
            "fell_back": self.fell_back,
            "edit": None if edit is None else asdict(edit) | _texts(before=edit.before, after=edit.after),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Numbers":
        """As it was kept."""
        edit = kept.get("edit")
        return cls(
            wished=_decimal(kept.get("wished")),
            shown=_decimal(kept.get("shown")),
            progress=kept.get("progress"),
            pace=Pace(kept["pace"]) if kept.get("pace") else None,
            status=kept.get("status", ""),
            fell_back=kept.get("fell_back", False),
            edit=None
            if edit is None
            else Edit(edit["who"], edit["reason"], _decimal(edit["before"]), _decimal(edit["after"]), edit["note"]),
        )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _texts(**values: Decimal | None) -> dict[str, str | None]:
    return {name: _text(value) for name, value in values.items()}


def _decimal(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)
