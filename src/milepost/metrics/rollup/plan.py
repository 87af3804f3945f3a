"""What questions have in common: the readings of the facts they share, and what each of them takes of one."""

import json
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from itertools import count
from typing import Final

from milepost.metrics.metric import QUANTILES, Aggregate
from milepost.metrics.parts import HAPPENED, NOTHING, Grid, Part, parts
from milepost.metrics.question import By, Condition, Measure, Question
from milepost.metrics.rollup.filters import Filters
from milepost.metrics.rollup.grid import scale
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
    """Facts that are read together: of one kind, placed by one moment."""

    kind: Kind
    moment: str
    ends: bool


@dataclass(frozen=True)
class Choice:
    """Which facts of a reading a question takes: those that meet all bits and conditions; `hit` tells the hits."""

    bits: frozenset[str]
    hit: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Use:
    """One part of a question and the reading that it takes; a `single` one takes its facts one by one.

    No other use of a plan has its number.
    """

    number: int
    question: int
    by: By
    scale: int
    single: bool
    part: Part
    grid: Grid
    source: Source
    choice: Choice
    value: str
    # Whether its facts belong to somebody for a part of a window only.
    partly: bool


@dataclass(frozen=True)
class Reading:
    """One reading of the facts of a source: the groups it tells apart, clauses and values of those who use it."""

    source: Source
    uses: tuple[Use, ...]
    extreme: bool

    @property
    def summed(self) -> tuple[Use, ...]:
        """The uses that take sums of cells."""
        return tuple(use for use in self.uses if not use.single)

    @property
    def singles(self) -> tuple[Use, ...]:
        """The uses that take single facts."""
        return tuple(use for use in self.uses if use.single)

    @cached_property
    def scales(self) -> tuple[int, ...]:
        """The scales whose cells are summed."""
        return tuple(sorted({use.scale for use in self.summed}))

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

    @property
    def pack(self) -> str:
        """What is true of a fact, in one number."""
        terms = [f"CASE WHEN {text} THEN {1 << place} ELSE 0 END" for place, text in enumerate(self.bits)]
        return f"({' + '.join(terms) or '0'})"

    @cached_property
    def wanted(self) -> str:
        """What must be true of a fact that anybody reads."""
        each = {" AND ".join(f"({one})" for one in sorted(use.choice.bits)) or TRUE for use in self.uses}
        return TRUE if TRUE in each else " OR ".join(f"({one})" for one in sorted(each))

    def meets(self, packed: int, choice: Choice) -> bool:
        """Whether facts with these bits are chosen."""
        return all(packed >> place & 1 for place, text in enumerate(self.bits) if text in choice.bits)

    def hits(self, packed: int, choice: Choice) -> bool:
        """Whether they are hits."""
        return choice.hit == TRUE or (choice.hit != FALSE and bool(packed >> self.bits.index(choice.hit) & 1))


@dataclass(frozen=True)
class Plan:
    """How all questions are answered. With `weighted` facts each has a weight, and counts so often."""

    questions: tuple[Question, ...]
    ways: tuple[Way, ...]
    readings: tuple[Reading, ...] = ()
    filters: Filters = field(default_factory=Filters)
    weighted: bool = False

    @property
    def uses(self) -> tuple[Use, ...]:
        """All of all readings."""
        return tuple(use for reading in self.readings for use in reading.uses)

    def on(self, scales: Collection[int]) -> "Plan":
        """The same with only the uses on these scales; on others no window has begun."""
        each = (replace(one, uses=tuple(use for use in one.uses if use.scale in scales)) for one in self.readings)
        return replace(self, readings=tuple(one for one in each if one.uses))

    @property
    def steady(self) -> list[int]:
        """The questions whose sums stay as they are while no fact changes: those of acts, but not extremes."""
        still = self._still(Way.CELLS)
        return [number for number in still if self.questions[number].measure.aggregate not in EXTREMES]

    @property
    def steadily_ranked(self) -> list[int]:
        """The questions that are answered from single facts and stay as they are while none of these changes."""
        return self._still(Way.FACTS)

    def _still(self, way: Way) -> list[int]:
        """Those that ask of acts alone, whose place does not move with the clock."""
        moving = {use.question for use in self.uses if use.part.place != HAPPENED}
        return [number for number in self.going(way) if number not in moving]

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """What every question is called where sums are kept."""
        return tuple(_key(question) for question in self.questions)

    @cached_property
    def choices(self) -> dict[Choice, int]:
        """A number for every choice."""
        return {choice: number for number, choice in enumerate(dict.fromkeys(use.choice for use in self.uses))}

    def going(self, way: Way) -> list[int]:
        """The questions that are answered in this way."""
        return [number for number, one in enumerate(self.ways) if one is way]


def plan(questions: Sequence[Question], *, now: int, weighted: bool = False) -> Plan:
    """What is shared is made once. `now` is in UTC seconds."""
    divided = {question.measure: parts(question.measure, now=now) for question in questions}
    ways = tuple(_way(question.measure, divided[question.measure]) for question in questions)
    by_source: dict[Source, list[Use]] = {}
    uses = count()
    for number, (question, way) in enumerate(zip(questions, ways, strict=True)):
        for part in divided[question.measure]:
            if part.grid is not None and way is not Way.ALONE and question.windows:
                use = _use(next(uses), number, question, part, part.grid, single=way is Way.FACTS)
                by_source.setdefault(use.source, []).append(use)
    readings = tuple(
        Reading(source, tuple(uses), any(questions[use.question].measure.aggregate in EXTREMES for use in uses))
        for source, uses in by_source.items()
    )
    filters = Filters.of(one for uses in by_source.values() for use in uses for one in use.choice.conditions)
    return Plan(tuple(questions), ways, readings, filters, weighted)


def _way(measure: Measure, divided: Sequence[Part]) -> Way:
    if any(part.grid is None for part in divided):
        return Way.ALONE
    if any(part.grid is not None and part.grid.ends for part in divided):
        return Way.CELLS if measure.aggregate is Aggregate.COUNT else Way.ALONE
    if measure.aggregate in QUANTILES:
        return Way.FACTS if len(divided) == 1 else Way.ALONE
    return Way.CELLS


def _use(own: int, number: int, question: Question, part: Part, grid: Grid, *, single: bool) -> Use:
    counted = question.measure.aggregate in {Aggregate.COUNT, Aggregate.SHARE, Aggregate.RATIO}
    return Use(
        number=own,
        question=number,
        by=question.by,
        scale=scale(question.windows),
        single=single,
        part=part,
        grid=grid,
        source=Source(part.kind, grid.moment, grid.ends),
        choice=Choice(frozenset((*grid.where, *grid.held)), grid.hit, question.conditions),
        value=NOTHING if counted or grid.ends else part.value,
        partly=bool(question.stints),
    )


def _key(question: Question) -> int:
    """The same for questions that ask the same of the same people; 64 bits."""
    told = [
        question.measure.to_json(),
        question.by.value,
        sorted(question.members.items()),
        sorted(astuple(one) for one in question.stints),
        sorted([one.column, None if one.numbers is None else sorted(one.numbers)] for one in question.conditions),
    ]
    text = json.dumps(told, sort_keys=True).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)
