"""What is needed from here, in words."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.formats.numbers import number
from milepost.goals import needed
from milepost.metrics.metric import Direction
from milepost.metrics.rounding import rounded
from milepost.progress.goal_queries import Cell
from milepost.web.goals import amounts

TENTH: Final = Decimal("0.1")


@dataclass(frozen=True)
class Figure:
    """A key figure: what it is, its value, and a second line in plain words."""

    name: str
    value: str
    hint: str


def of_a_count(cell: Cell) -> Figure | None:
    """How many on each working day that is left, rounded up."""
    if cell.wished is None or cell.shown is None:
        return None
    rest = max(cell.wished - cell.shown, Decimal(0))
    a_day = needed.a_day(rest, cell.days.left)
    words = {"rest": amounts.amount(rest, cell.measure), "count": number(cell.days.left)}
    if a_day is None:
        return _figure(amounts.DASH, _("%(rest)s to go, and no working day is left to do it on.") % words)
    exact = Decimal(a_day.numerator) / a_day.denominator
    value = _("%(amount)s a day") % {"amount": number(exact.quantize(TENTH, rounding=ROUND_CEILING))}
    return _figure(value, _days_left(cell) % words)


def of_an_average(cell: Cell) -> Figure | None:
    """What the tickets may average that an even pace still brings."""
    reached, gone = cell.reached, cell.gone
    if cell.wished is None or reached is None or reached.numerator is None or not reached.denominator or gone is None:
        return None
    more = needed.to_come(reached.sample, gone)
    average = Fraction(reached.numerator, reached.denominator)
    rest = needed.average_of_rest(cell.wished, average, reached.sample, more)
    count = int((Decimal(more.numerator) / more.denominator).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if rest is None or count == 0:
        return None
    words = {"count": number(count), "target": amounts.amount(cell.wished, cell.measure)}
    if cell.measure.direction is Direction.LOWER and rest <= 0:
        text = ngettext(
            "About %(count)s more ticket is to come, too few to bring the average to %(target)s.",
            "About %(count)s more tickets are to come, too few to bring the average to %(target)s.",
            count,
        )
        return _figure(_("Out of reach"), text % words)
    text = ngettext(
        "On average over about %(count)s more ticket, which an even pace brings.",
        "On average over about %(count)s more tickets, which an even pace brings.",
        count,
    )
    shown = rounded(rest, cell.measure.unit, target=cell.wished)
    return _figure(amounts.wished(shown, cell.measure), text % words)


def _days_left(cell: Cell) -> str:
    if cell.clock is None:
        return ngettext(
            "%(rest)s to go in %(count)s day, today included.",
            "%(rest)s to go in %(count)s days, today included.",
            cell.days.left,
        )
    if cell.clock.hours is None:
        return ngettext("%(rest)s to go in %(count)s day.", "%(rest)s to go in %(count)s days.", cell.days.left)
    return ngettext(
        "%(rest)s to go in %(count)s working day.", "%(rest)s to go in %(count)s working days.", cell.days.left
    )


def _figure(value: str, hint: str) -> Figure:
    return Figure(_("Needed from here"), value, hint)
