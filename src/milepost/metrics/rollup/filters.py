"""Conditions on columns, reduced to what tells them apart: facts that fit the same conditions have the same number."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import prod
from typing import Final

from milepost.metrics.question import Condition

NOT_TOLD: Final = 0
OTHER: Final = 1


@dataclass(frozen=True)
class Column:
    """A column in classes: 0 is null, 1 is in no condition, and each further one fits its own conditions."""

    name: str
    numbers: dict[int, int]
    fits: tuple[frozenset[Condition], ...]

    @property
    def joined(self) -> str:
        """The join that brings the class of a listed number."""
        if not self.numbers:
            return ""
        return f'LEFT JOIN class_of_{self.name} ON class_of_{self.name}.number = facts."{self.name}"'

    @property
    def sql(self) -> str:
        """The class of a fact."""
        listed = f"coalesce(class_of_{self.name}.class, {OTHER})" if self.numbers else str(OTHER)
        return f'CASE WHEN facts."{self.name}" IS NULL THEN {NOT_TOLD} ELSE {listed} END'


@dataclass(frozen=True)
class Filters:
    """All conditions of all questions. `sql` packs the classes of a fact into one number, `fits` reads it."""

    columns: tuple[Column, ...] = field(default_factory=tuple)

    @classmethod
    def of(cls, conditions: Iterable[Condition]) -> "Filters":
        """What is needed to tell these apart."""
        by_column: dict[str, set[Condition]] = {}
        for one in conditions:
            by_column.setdefault(one.column, set()).add(one)
        return cls(tuple(_column(name, asked) for name, asked in sorted(by_column.items())))

    @property
    def joined(self) -> str:
        """The joins that `sql` needs."""
        return " ".join(column.joined for column in self.columns)

    @property
    def sql(self) -> str:
        """The packed classes of a fact."""
        terms, radix = ["0::BIGINT"], 1
        for column in self.columns:
            terms.append(f"({column.sql}) * {radix}")
            radix *= len(column.fits)
        return f"({' + '.join(terms)})"

    @property
    def radix(self) -> int:
        """How many packed numbers there are, from 0 on."""
        return prod(len(column.fits) for column in self.columns)

    def fits(self, packed: int, conditions: Iterable[Condition]) -> bool:
        """Whether facts of this number meet all the conditions."""
        met: set[Condition] = set()
        for column in self.columns:
            packed, place = divmod(packed, len(column.fits))
            met |= column.fits[place]
        return met.issuperset(conditions)


def _column(name: str, asked: set[Condition]) -> Column:
    told = frozenset(one for one in asked if one.numbers is None)
    fits: list[frozenset[Condition]] = [frozenset(), told]
    numbers: dict[int, int] = {}
    classes: dict[frozenset[Condition], int] = {}
    for number in sorted(set().union(*(one.numbers or () for one in asked))):
        met = told | {one for one in asked if one.numbers is not None and number in one.numbers}
        if met not in classes:
            classes[met] = len(fits)
            fits.append(met)
        numbers[number] = classes[met]
    return Column(name, numbers, tuple(fits))
