"""The grid of targets, contributors × milestones, apart from any page: what it shows, and what a form of it says.

It knows nothing of the tables behind it: rows have keys, columns have ordinals, and cells have values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.http import QueryDict

from milepost.base.errors import Refused
from milepost.formats import parse
from milepost.formats.values import narrow_value
from milepost.goals import targets
from milepost.metrics.metric import Aggregate, Unit
from milepost.metrics.question import Measure
from milepost.web.errors import sentence

# The people of a team make its target only where what they do adds up.
ADD_UP: Final = frozenset({Aggregate.COUNT, Aggregate.SUM})


class Kind(StrEnum):
    """What a row stands for."""

    PERSON = "person"
    TEAM = "team"


class Badge(StrEnum):
    """What a team's row points out."""

    MISMATCH = "mismatch"
    NOT_SET = "not_set"


class Earlier(StrEnum):
    """What can be copied from the period before: what was wished, or what was done."""

    TARGETS = "targets"
    ACTUALS = "actuals"


@dataclass(frozen=True, slots=True)
class Column:
    """A milestone: a short label under the heading of its group, and its name in full. Once ended it is locked."""

    ordinal: int
    label: str
    name: str
    group: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A contributor. A person names the teams of the grid they belong to; without pipelines all count."""

    key: str
    name: str
    kind: Kind = Kind.PERSON
    initials: str = ""
    colour: int = 0
    teams: tuple[str, ...] = ()
    pipelines: frozenset[str] = frozenset()

    @property
    def is_team(self) -> bool:
        """Whether the row is a team's."""
        return self.kind is Kind.TEAM


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: a value, or the text that could not be read with what is wrong with it."""

    value: Decimal | None = None
    text: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline to choose."""

    key: str
    name: str


Place = tuple[str, int]
EMPTY: Final = Cell()


@dataclass(frozen=True)
class Grid:
    """Everything the grid shows. `bare` is how many seconds one means where a duration is typed without its unit."""

    measure: Measure
    rows: Sequence[Row]
    columns: Sequence[Column]
    cells: Mapping[Place, Cell] = field(default_factory=dict)
    pipelines: Sequence[Pipeline] = ()
    earlier: Mapping[Earlier, Mapping[Place, Decimal]] = field(default_factory=dict)
    bare: int = parse.MINUTE

    @property
    def unit(self) -> Unit:
        """The unit of every value."""
        return self.measure.unit

    @property
    def adds_up(self) -> bool:
        """Whether the targets of people make the target of their team."""
        return self.measure.aggregate in ADD_UP and self.measure.metric.adds_up_over_people

    @property
    def values(self) -> dict[Place, Decimal | None]:
        """The value of every cell that is not locked and not mistaken, for the action that stores them."""
        return {place: self.cell(*place).value for place in self._open() if not self.cell(*place).mistake}

    @property
    def mistakes(self) -> dict[Place, str]:
        """What is wrong, cell by cell; nothing when the grid can be stored."""
        return {place: cell.mistake for place, cell in self.cells.items() if cell.mistake}

    def cell(self, row: str, ordinal: int) -> Cell:
        """What stands there."""
        return self.cells.get((row, ordinal), EMPTY)

    def text(self, row: str, ordinal: int) -> str:
        """What is written there: as typed where it is wrong, else in the words of the reader."""
        cell = self.cell(row, ordinal)
        return cell.text if cell.mistake else self.shown(cell.value)

    def shown(self, value: Decimal | None) -> str:
        """A value as a cell shows it."""
        return "" if value is None else narrow_value(value, self.unit)

    def badge(self, row: Row) -> Badge | None:
        """What to point out about a team: no target yet, or one that its people's targets cannot make."""
        if not row.is_team:
            return None
        if all(self.cell(row.key, column.ordinal).value is None for column in self.columns):
            return Badge.NOT_SET
        people = [one.key for one in self.rows if row.key in one.teams]
        mismatched = any(self._mismatch(row.key, people, column.ordinal) for column in self.columns)
        return Badge.MISMATCH if mismatched else None

    def posted(self, form: QueryDict) -> "Grid":
        """The grid with what a form says; a cell that is locked or not in the form keeps what it has."""
        read = {place: self._read(str(form[name(*place)])) for place in self._open() if name(*place) in form}
        return replace(self, cells={**self.cells, **read}, rows=[self._chosen(row, form) for row in self.rows])

    def _open(self) -> Iterator[Place]:
        ordinals = [column.ordinal for column in self.columns if not column.locked]
        return ((row.key, ordinal) for row in self.rows for ordinal in ordinals)

    def _read(self, text: str) -> Cell:
        if not text.strip():
            return EMPTY
        try:
            value = self._parsed(text)
            targets.check(value, self.measure)
        except Refused as refused:
            return Cell(text=text, mistake=sentence(refused))
        return Cell(value)

    def _parsed(self, text: str) -> Decimal:
        return parse.duration(text, bare=self.bare) if self.unit is Unit.DURATION else parse.value(text, self.unit)

    def _chosen(self, row: Row, form: QueryDict) -> Row:
        """A row with the pipelines ticked in the form, which tells by a field of its own that it asked for them."""
        if f"{pipelines_name(row.key)}-asked" not in form:
            return row
        known = {pipeline.key for pipeline in self.pipelines}
        return replace(row, pipelines=frozenset(form.getlist(pipelines_name(row.key))) & known)

    def _mismatch(self, team: str, people: Sequence[str], ordinal: int) -> bool:
        wished = self.cell(team, ordinal).value
        parts = [self.cell(person, ordinal).value for person in people]
        known = [part for part in parts if part is not None]
        if wished is None or not known or len(known) < len(parts):
            return False
        # A team's average over its tickets lies between those of its people, whatever their shares are.
        return wished != sum(known) if self.adds_up else not min(known) <= wished <= max(known)


def name(row: str, ordinal: int) -> str:
    """The name of a cell's field in the form."""
    return f"target-{row}-{ordinal}"


def pipelines_name(row: str) -> str:
    """The name of the boxes of a row's pipelines in the form."""
    return f"pipelines-{row}"
