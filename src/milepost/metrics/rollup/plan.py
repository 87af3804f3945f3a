"""What questions have in common: the tables of cells they share, and how each of them reads its cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from milepost.metrics.metric import QUANTILES, Aggregate
from milepost.metrics.parts import NOTHING, Grid, Part, parts
from milepost.metrics.question import By, Condition, Measure, Question
from milepost.metrics.rollup.filters import Filters
from milepost.tickets.columns import Kind

TRUE: Final = "true"
FALSE: Final = "false"
EXTREMES: Final = frozenset({Aggregate.MINIMUM, Aggregate.MAXIMUM})


class Way(StrEnum):
    """How a question is answered: from sums of cells, from the single facts of cells, or by a statement of its own."""

    CELLS = "cells"
    FACTS = "facts"
    ALONE = "alone"


@dataclass(frozen=True)
class Source:
    """Facts that share one table: of one kind, placed by one moment. `whole` ones stay single facts."""

    kind: Kind
    moment: str
    ends: bool
    whole: bool


@dataclass(frozen=True)
class Choice:
    """Which rows of a table a question reads: those that meet all bits and conditions; `hit` tells the hits of them."""

    bits: frozenset[str]
    hit: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Use:
    """One part of a question and the table that it reads."""

    question: int
    by: By
    part: Part
    grid: Grid
    source: Source
    choice: Choice
    value: str
    # Whether its facts belong to somebody for a part of a window only.
    partly: bool


@dataclass(frozen=True)
class Table:
    """A table of cells: the groups it tells apart, the clauses and the values of those who read it."""

    number: int
    source: Source
    uses: tuple[Use, ...]
    extreme: bool

    @property
    def name(self) -> str:
        """Its name in the database."""
        return f"cells_{self.number}"

    @cached_property
    def groups(self) -> tuple[By, ...]:
        """By what it is grouped."""
        return tuple(sorted({use.by for use in self.uses}))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The numbers it sums."""
        return tuple(sorted({use.value for use in self.uses} - {NOTHING}))

    @cached_property
    def bits(self) -> tuple[str, ...]:
        """What is true or false of its facts."""
        asked: set[str] = set()
        for use in self.uses:
            asked |= use.choice.bits | {use.choice.hit}
        return tuple(sorted(asked - {TRUE, FALSE}))

    @cached_property
    def wanted(self) -> str:
        """What must be true of a fact that anybody reads."""
        each = {" AND ".join(f"({one})" for one in sorted(use.choice.bits)) or TRUE for use in self.uses}
        return TRUE if TRUE in each else " OR ".join(f"({one})" for one in sorted(each))

    def meets(self, packed: int, choice: Choice) -> bool:
        """Whether rows with these bits are chosen."""
        return all(packed >> place & 1 for place, text in enumerate(self.bits) if text in choice.bits)

    def hits(self, packed: int, choice: Choice) -> bool:
        """Whether they are hits."""
        return choice.hit == TRUE or (choice.hit != FALSE and bool(packed >> self.bits.index(choice.hit) & 1))


@dataclass(frozen=True)
class Plan:
    """How all questions are answered."""

    questions: tuple[Question, ...]
    ways: tuple[Way, ...]
    tables: tuple[Table, ...] = ()
    filters: Filters = field(default_factory=Filters)

    @property
    def uses(self) -> tuple[Use, ...]:
        """All of all tables."""
        return tuple(use for table in self.tables for use in table.uses)

    def going(self, way: Way) -> list[int]:
        """The questions that are answered in this way."""
        return [number for number, one in enumerate(self.ways) if one is way]


def plan(questions: Sequence[Question], *, now: int) -> Plan:
    """What is shared is made once. `now` is in UTC seconds."""
    divided = {question.measure: parts(question.measure, now=now) for question in questions}
    ways = tuple(_way(question.measure, divided[question.measure]) for question in questions)
    by_source: dict[Source, list[Use]] = {}
    for number, (question, way) in enumerate(zip(questions, ways, strict=True)):
        for part in divided[question.measure]:
            if part.grid is not None and way is not Way.ALONE:
                use = _use(number, question, part, part.grid, whole=way is Way.FACTS)
                by_source.setdefault(use.source, []).append(use)
    tables = tuple(
        Table(number, source, tuple(uses), any(questions[use.question].measure.aggregate in EXTREMES for use in uses))
        for number, (source, uses) in enumerate(by_source.items())
    )
    filters = Filters.of(one for uses in by_source.values() for use in uses for one in use.choice.conditions)
    return Plan(tuple(questions), ways, tables, filters)


def _way(measure: Measure, divided: Sequence[Part]) -> Way:
    if any(part.grid is None for part in divided):
        return Way.ALONE
    if any(part.grid is not None and part.grid.ends for part in divided):
        return Way.CELLS if measure.aggregate is Aggregate.COUNT else Way.ALONE
    return Way.FACTS if measure.aggregate in QUANTILES else Way.CELLS


def _use(number: int, question: Question, part: Part, grid: Grid, *, whole: bool) -> Use:
    counted = question.measure.aggregate in {Aggregate.COUNT, Aggregate.SHARE, Aggregate.RATIO}
    return Use(
        question=number,
        by=question.by,
        part=part,
        grid=grid,
        source=Source(part.kind, grid.moment, grid.ends, whole),
        choice=Choice(frozenset((*grid.where, *grid.held)), grid.hit, question.conditions),
        value=NOTHING if counted or grid.ends else part.value,
        partly=bool(question.stints),
    )
