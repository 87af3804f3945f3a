"""What a change of pipelines does, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from milepost.goals.models import Goal
from milepost.goals.pipelines import Move
from milepost.metrics.question import Measure
from milepost.progress import what_if
from milepost.sources import sync
from milepost.web.goals import amounts
from milepost.web.goals.goal_forms import PipelinesForm


@dataclass(frozen=True)
class Line:
    """A target that would be different; values are of the running milestone alone."""

    contributor: str
    period: str
    before: str
    after: str
    shown_before: str
    shown_after: str


def preview(goal: Goal, move: Move, form: PipelinesForm, *, now: datetime) -> list[Line]:
    """The targets that would be different, and what the running ones would show."""
    found = what_if.preview(goal, move, store=sync.store(), now=now)
    everything, measure = _("all pipelines"), Measure.from_json(goal.measure)
    return [
        Line(
            contributor=str(one.contributor),
            period=form.named(one.milestone),
            before=", ".join(one.pipelines) or everything,
            after=", ".join(move.pipelines) or everything,
            shown_before=_amount(found.before, one.pk, measure),
            shown_after=_amount(found.after, one.pk, measure),
        )
        for one in found.targets
    ]


def _amount(shown: Mapping[int, Decimal | None], target: int, measure: Measure) -> str:
    return amounts.amount(shown[target], measure) if target in shown else ""
