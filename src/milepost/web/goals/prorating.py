"""Absences beside a target, and what the target would be for the days on which the person is there. Only offered."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.formats.numbers import number
from milepost.goals.pace import adds_up
from milepost.goals.proration import Prorated, offered
from milepost.progress.goal_queries import Cell, Line
from milepost.web.goals import amounts


@dataclass(frozen=True)
class Offer:
    """A value, what it is a share of, and the arithmetic, which is also the reason of the edit."""

    value: Decimal
    whole: Decimal | None
    typed: str
    arithmetic: str


def offer(line: Line, cell: Cell) -> Offer | None:
    """What a person’s target might be by their absences; nothing of a team, once it has ended, or for who left."""
    if line.is_team or cell.locked or cell.stopped_at is not None:
        return None
    found = offered(cell.wished, cell.whole, cell.measure, cell.days)
    if found is None:
        return None
    whole = found.whole if found.is_share else None
    return Offer(found.value, whole, amounts.typed(found.value, cell.measure), _arithmetic(found, cell))


def absence(cell: Cell) -> str:
    """On how many days the contributor is absent, and that an average is not prorated; empty where on none."""
    if not cell.days.absent:
        return ""
    said = _absent(cell)
    if cell.wished is None or adds_up(cell.measure):
        return f"{said}."
    return _("%(absent)s. There is nothing to prorate: this target asks for the same on any day.") % {"absent": said}


def _arithmetic(found: Prorated, cell: Cell) -> str:
    words = {
        "absent": _absent(cell),
        "whole": amounts.typed(found.whole, cell.measure),
        "left": number(found.left),
        "days": number(found.days),
        "exact": number(found.exact),
        "value": amounts.typed(found.value, cell.measure),
    }
    if not found.is_share:
        return _("No absence is left in this period: %(value)s again.") % words
    if found.exact == found.value:
        return _("%(absent)s: %(whole)s × %(left)s ÷ %(days)s = %(value)s.") % words
    return _("%(absent)s: %(whole)s × %(left)s ÷ %(days)s = %(exact)s, rounded to %(value)s.") % words


def _absent(cell: Cell) -> str:
    """3 of 21 working days absent."""
    days = cell.days
    words = {"absent": number(days.absent), "count": number(days.count)}
    if cell.clock is None or cell.clock.hours is None:
        return ngettext("%(absent)s of %(count)s day absent", "%(absent)s of %(count)s days absent", days.count) % words
    text = ngettext(
        "%(absent)s of %(count)s working day absent", "%(absent)s of %(count)s working days absent", days.count
    )
    return text % words
