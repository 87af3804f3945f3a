"""The last step: who is told what, and the sentence before publishing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals import notices
from milepost.goals.notices import Audience, Notice
from milepost.web.goals.create import targets_step
from milepost.web.goals.create.desk import Desk
from milepost.web.goals.create.plan import Plan
from milepost.web.goals.grid import Grid


@dataclass(frozen=True)
class Box:
    """A box to tick: one kind for one audience."""

    name: str
    value: str
    label: str
    ticked: bool


@dataclass(frozen=True)
class Line:
    """A kind of notice."""

    name: str
    hint: str
    boxes: Sequence[Box]


def read(plan: Plan, form: QueryDict) -> Plan:
    """The plan with what the form says."""
    chosen = {kind.value: form.getlist(f"notice-{kind.value}") for kind in Notice}
    known = {audience.value for audience in Audience}
    return replace(plan, notices={kind: [one for one in told if one in known] for kind, told in chosen.items()})


class NoticesPage:
    """What the template asks for."""

    def __init__(self, plan: Plan, desk: Desk) -> None:
        self._plan = plan
        self._desk = desk
        self._grid = targets_step.grid(plan, desk)

    @property
    def audiences(self) -> list[str]:
        """The columns."""
        return [_(notices.AUDIENCES[audience]) for audience in Audience]

    @property
    def lines(self) -> list[Line]:
        """The rows."""
        hints = {
            Notice.WEEKLY_PROGRESS: _("Mondays at 08:30"),
            Notice.BEHIND_PACE: _("At most once a week"),
            Notice.MISSED: _("The lead a day after the person"),
        }
        return [Line(_(notices.NAMES[kind]), hints.get(kind, ""), self._boxes(kind)) for kind in Notice]

    @property
    def summary(self) -> str:
        """What publishing does, in a sentence."""
        periods = self._plan.periods(self._desk)
        text = ngettext(
            "%(name)s will have %(count)s target, from %(first)s to %(last)s.",
            "%(name)s will have %(count)s targets, from %(first)s to %(last)s.",
            self._cells,
        )
        return text % {
            "name": self._plan.name,
            "count": number(self._cells),
            "first": dates.day(periods[0].first_day),
            "last": dates.day(periods[-1].after_day - timedelta(days=1)),
        }

    @property
    def empty(self) -> str:
        """How many targets are empty, in a sentence; nothing when all are set."""
        count = targets_step.empty(self._grid)
        if not count:
            return ""
        text = ngettext(
            "%(count)s target is empty. Publish anyway, or go back and fill it?",
            "%(count)s targets are empty. Publish anyway, or go back and fill them?",
            count,
        )
        return text % {"count": number(count)}

    @property
    def rows_empty(self) -> list[str]:
        """Whose targets are empty."""
        return [row.name for row in self._grid.rows if _has_empty(self._grid, row.key)]

    @property
    def _cells(self) -> int:
        return len(self._grid.rows) * len(self._grid.columns)

    def _boxes(self, kind: Notice) -> list[Box]:
        told = self._plan.notices.get(kind.value, ())
        return [
            Box(
                name=f"notice-{kind.value}",
                value=audience.value,
                label=_("%(notice)s: %(audience)s")
                % {"notice": _(notices.NAMES[kind]), "audience": _(notices.AUDIENCES[audience])},
                ticked=audience.value in told,
            )
            for audience in Audience
        ]


def _has_empty(grid: Grid, row: str) -> bool:
    return any(grid.cell(row, column.ordinal).value is None for column in grid.columns)
