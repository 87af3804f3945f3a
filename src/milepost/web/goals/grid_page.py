"""The grid of targets as its template shows it, and what its script must know to speak and judge as the server does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from milepost.formats import numbers, parse
from milepost.goals import targets
from milepost.metrics.metric import Direction, Unit
from milepost.web.goals import grid_texts
from milepost.web.goals.grid import Badge, Column, Earlier, Grid, Pipeline, Row, name, pipelines_name

RANGES: Final = {Unit.TICKETS: (0, targets.MOST_TICKETS), Unit.DURATION: (1, targets.LONGEST), Unit.SHARE: (0, 100)}
RANGE_TEXTS: Final = {
    Unit.TICKETS: targets.WHOLE,
    Unit.DURATION: targets.DURATION_RANGE,
    Unit.SHARE: targets.PERCENT_RANGE,
}
READ_TEXTS: Final = {
    Unit.TICKETS: parse.NOT_WHOLE,
    Unit.POINTS: parse.NOT_WHOLE,
    Unit.DURATION: parse.NOT_A_DURATION,
    Unit.SHARE: parse.NOT_A_PERCENTAGE,
}


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring milestones under one heading."""

    label: str
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Field:
    """A cell as a field of the form."""

    name: str
    text: str
    label: str
    before: str
    mistake: str
    locked: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A pipeline to tick in a row."""

    key: str
    name: str
    ticked: bool


@dataclass(frozen=True)
class Line:
    """A row with its fields and its badge."""

    row: Row
    badge: Badge | None
    fields: Sequence[Field]
    pipelines_name: str
    boxes: Sequence[Box]

    @property
    def pipelines(self) -> str:
        """The names of the chosen pipelines; without any, all count."""
        return ", ".join(box.name for box in self.boxes if box.ticked) or _("All pipelines")


class GridPage:
    """What the template asks for."""

    def __init__(self, grid: Grid, label: str) -> None:
        self._grid = grid
        self.label = label

    @property
    def columns(self) -> Sequence[Column]:
        """The milestones."""
        return self._grid.columns

    @cached_property
    def groups(self) -> list[Group]:
        """The milestones under their headings; none where no milestone has a heading."""
        found = [Group(label, tuple(columns)) for label, columns in groupby(self.columns, key=lambda one: one.group)]
        return found if any(group.label for group in found) else []

    @cached_property
    def starts(self) -> set[int]:
        """The milestones that begin a group after another."""
        return {group.columns[0].ordinal for group in self.groups[1:]}

    @property
    def pipelines(self) -> Sequence[Pipeline]:
        """The pipelines to choose from."""
        return self._grid.pipelines

    @cached_property
    def lines(self) -> list[Line]:
        """The rows."""
        return [self._line(row) for row in self._grid.rows]

    @property
    def has_rows(self) -> bool:
        """Whether there is somebody to set targets for."""
        return bool(self._grid.rows)

    @property
    def has_actuals(self) -> bool:
        """Whether the results of the period before are known, also for the small figures."""
        return bool(self._grid.earlier.get(Earlier.ACTUALS))

    @property
    def has_targets(self) -> bool:
        """Whether the targets of the period before are known."""
        return bool(self._grid.earlier.get(Earlier.TARGETS))

    @property
    def mistakes(self) -> str:
        """How many cells are wrong, in a sentence."""
        count = len(self._grid.mistakes)
        if not count:
            return ""
        return ngettext("%(count)s target needs a look.", "%(count)s targets need a look.", count) % {"count": count}

    @property
    def script(self) -> dict[str, Any]:
        """For the script, as JSON: how values are written, which are refused and how, what can be copied, all texts."""
        marks = numbers.marks()
        return {
            "unit": self._grid.unit.value,
            "bare": self._grid.bare,
            "language": get_language() or "en",
            "marks": {"decimal": marks.decimal, "group": marks.group, "grouped_from": marks.grouped_from},
            "limits": self._limits,
            "adds_up": self._grid.adds_up,
            "earlier": {which.value: self._earlier(which) for which in Earlier},
            "texts": grid_texts.texts(),
        }

    @property
    def _limits(self) -> dict[str, Any]:
        unit, measure = self._grid.unit, self._grid.measure
        least, most = RANGES.get(unit, (None, None))
        refused = unit is Unit.DURATION or measure.direction is Direction.HIGHER
        return {
            "least": least,
            "most": most,
            "range": _(RANGE_TEXTS.get(unit, targets.WHOLE)),
            "zero": _(targets.ZERO) if refused else "",
            "unreadable": _(READ_TEXTS[unit]),
        }

    def _line(self, row: Row) -> Line:
        boxes = [Box(one.key, one.name, one.key in row.pipelines) for one in self.pipelines]
        return Line(row, self._grid.badge(row), list(self._fields(row)), pipelines_name(row.key), boxes)

    def _fields(self, row: Row) -> Iterator[Field]:
        actuals: Mapping[tuple[str, int], Decimal] = self._grid.earlier.get(Earlier.ACTUALS, {})
        for column in self.columns:
            place = (row.key, column.ordinal)
            yield Field(
                name=name(*place),
                text=self._grid.text(*place),
                label=f"{row.name}, {column.name}",
                before=self._grid.shown(actuals.get(place)),
                mistake=self._grid.cell(*place).mistake,
                locked=column.locked,
                first=column.ordinal in self.starts,
            )

    def _earlier(self, which: Earlier) -> dict[str, list[int | float | None]]:
        values = self._grid.earlier.get(which, {})
        ordinals = [column.ordinal for column in self.columns]
        rows = [row.key for row in self._grid.rows] if values else []
        return {row: [_number(values.get((row, ordinal))) for ordinal in ordinals] for row in rows}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
