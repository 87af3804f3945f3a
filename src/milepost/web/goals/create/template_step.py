"""The first step: templates by category, each with the account's own number of last month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.calendars.periods import add_months, period
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.formats.values import value
from milepost.goals import drafts
from milepost.goals.goal_templates import CUSTOMER_SERVICE, TEMPLATES, GoalTemplate
from milepost.metrics import engine
from milepost.metrics.metric import Aggregate, Direction
from milepost.metrics.question import Amount, By, Window
from milepost.metrics.rounding import rounded
from milepost.sources import sync
from milepost.web.goals.create.desk import Desk
from milepost.web.goals.create.steps import Step, address


@dataclass(frozen=True)
class Card:
    """A template to choose."""

    key: str
    name: str
    purpose: str
    direction: str
    own: str


@dataclass(frozen=True)
class Category:
    """Templates under one heading of the panel."""

    name: str
    cards: Sequence[Card]


@dataclass(frozen=True)
class Kept:
    """A draft to go on with."""

    key: UUID
    name: str
    saved: str
    address: str


def kept(desk: Desk) -> list[Kept]:
    """The user's drafts, the newest first."""
    return [
        Kept(
            key=draft.key,
            name=str(draft) or _("Without a name"),
            saved=_("Saved %(moment)s") % {"moment": dates.moment(draft.saved_at, desk.zone)},
            address=address(Step.DETAILS, draft.key),
        )
        for draft in drafts.of(desk.user, now=desk.now)
    ]


def categories(desk: Desk) -> list[Category]:
    """The categories; those from scratch have no card."""
    cards = [_card(template, desk) for template in TEMPLATES.values()]
    return [Category(_(CUSTOMER_SERVICE), cards)]


def _card(template: GoalTemplate, desk: Desk) -> Card:
    lower = template.measure.direction is Direction.LOWER
    return Card(
        key=template.key,
        name=_(template.name),
        purpose=_(template.purpose),
        direction=_("Lower is better.") if lower else _("Higher is better."),
        own=_own_number(template, desk),
    )


def _own_number(template: GoalTemplate, desk: Desk) -> str:
    """What the whole account did last month; a sentence also where there is nothing."""
    first_day = add_months(desk.today.replace(day=1), -1)
    month = dates.month(first_day)
    amount = _last_month(template, desk, _window(first_day, desk))
    if amount is None or amount.value is None:
        return _("No tickets in %(month)s yet.") % {"month": month}
    shown = value(rounded(amount.value, template.measure.unit, target=None), template.measure.unit)
    if template.measure.aggregate in {Aggregate.COUNT, Aggregate.SUM}:
        return _("Yours in %(month)s: %(value)s") % {"month": month, "value": shown}
    text = ngettext(
        "Yours in %(month)s: %(value)s over %(count)s ticket",
        "Yours in %(month)s: %(value)s over %(count)s tickets",
        amount.sample,
    )
    return text % {"month": month, "value": shown, "count": number(amount.sample)}


def _window(first_day: date, desk: Desk) -> Window:
    month = period(first_day, add_months(first_day, 1), desk.zone)
    return Window(0, int(month.start.timestamp()), int(month.end.timestamp()))


def _last_month(template: GoalTemplate, desk: Desk, window: Window) -> Amount | None:
    amounts = engine.measure(sync.store(), template.measure, [window], by=By.ALL, now=desk.now)
    return amounts[0] if amounts else None
