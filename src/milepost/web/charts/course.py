"""The course of a target over its milestone: its days as a line, the target as steps, and an even pace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 220
ROOM: Final = Fraction(23, 20)
# How far apart the lines of a scale may be: numbers, and seconds as minutes and hours.
STEPS: Final = (1, 2, 5, 10)
CLOCK_STEPS: Final = (10, 30, 60, 300, 600, 1800, 3600)
LINES: Final = 5


@dataclass(frozen=True)
class Point:
    """A place on the drawing."""

    x: str
    y: str


@dataclass(frozen=True)
class Mark:
    """A line of the scale, and its value."""

    y: str
    value: Decimal


@dataclass(frozen=True)
class Course:
    """Paths in a view box of 720 × 220; empty where there is nothing to draw."""

    line: str
    points: Sequence[Point]
    target: str
    target_y: str
    even: str
    today: str
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Span:
    """The days `[first_day, after_day)` over which it is drawn."""

    first_day: date
    after_day: date

    def x(self, day: date, *, end: bool = True) -> Fraction:
        """Where a day is, at its end unless asked for its beginning."""
        gone = (day - self.first_day).days + (1 if end else 0)
        return Fraction(min(max(gone, 0), self._days), self._days) * WIDTH

    @property
    def _days(self) -> int:
        return (self.after_day - self.first_day).days


def course(
    span: Span,
    days: Sequence[tuple[date, Decimal]],
    targets: Sequence[tuple[date, Decimal | None]],
    *,
    even: bool,
    today: date | None,
    steps: Sequence[int] = STEPS,
    shares: Sequence[Fraction] = (Fraction(1),),
) -> Course:
    """The drawing. `targets` are the versions of the target, each from its day on; `even` draws an even pace.

    `shares` is how much of the working time has gone at ends of days that are as far apart as each other.

    The lines of the scale are `steps` apart, or such a step times a power of ten.
    """
    values = [value for _day, value in days] + [value for _day, value in targets if value is not None]
    most = Fraction(max(values, default=Decimal(1)) or 1) * ROOM
    last = targets[-1][1] if targets else None
    points = [Point(_size(span.x(day)), _y(Fraction(value), most)) for day, value in days]
    even_to = "" if last is None or not even else _even(Fraction(last), shares, most)
    return Course(
        line="M" + "L".join(f"{one.x} {one.y}" for one in points) if len(points) > 1 else "",
        points=points,
        target=_steps(span, targets, most),
        target_y="" if last is None else _y(Fraction(last), most),
        even=even_to,
        today="" if today is None else _size(span.x(today)),
        marks=_marks(most, steps),
    )


def _even(target: Fraction, shares: Sequence[Fraction], most: Fraction) -> str:
    """From nothing to the target, flat while nobody works."""
    places = enumerate(shares, start=1)
    ends = (f"L{_size(Fraction(number * WIDTH, len(shares)))} {_y(target * share, most)}" for number, share in places)
    return f"M0 {HEIGHT}{''.join(ends)}"


def _steps(span: Span, targets: Sequence[tuple[date, Decimal | None]], most: Fraction) -> str:
    """A step where the target was changed; a gap while none was set."""
    path = ""
    ends = [span.x(day, end=False) for day, _value in targets[1:]] + [Fraction(WIDTH)]
    for (day, value), end in zip(targets, ends, strict=False):
        if value is not None:
            path += f"M{_size(span.x(day, end=False))} {_y(Fraction(value), most)}H{_size(end)}"
    return path


def _marks(most: Fraction, steps: Sequence[int]) -> list[Mark]:
    """A few lines at round values."""
    step = next(one for one in _round(steps) if most / one <= LINES)
    return [Mark(_y(Fraction(value), most), Decimal(value)) for value in range(step, int(most) + 1, step)]


def _round(steps: Sequence[int]) -> Iterator[int]:
    """The steps, and then the last of them times ever greater round numbers."""
    yield from steps
    for power in count(1):
        yield from (steps[-1] * one * 10 ** (power - 1) for one in (2, 5, 10))


def _y(value: Fraction, most: Fraction) -> str:
    return _size(HEIGHT - value / most * HEIGHT)


def _size(length: Fraction) -> str:
    return f"{float(length):.1f}"
