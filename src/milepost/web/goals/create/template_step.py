"""The first step: templates by category, each with the account's own number of last month."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from milepost.formats import dates
from milepost.goals import drafts
from milepost.goals.goal_templates import CUSTOMER_SERVICE, TEMPLATES, GoalTemplate
from milepost.metrics.metric import Direction, Hours
from milepost.web.goals.create import own_numbers
from milepost.web.goals.create.desk import Desk
from milepost.web.goals.create.steps import Step, address


@dataclass(frozen=True)
class Card:
    """A template to choose."""

    key: str
    name: str
    purpose: str
    direction: str
    clock: str
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
    measure = template.measure.on(desk.hours)
    lower = measure.direction is Direction.LOWER
    return Card(
        key=template.key,
        name=_(template.name),
        purpose=_(template.purpose),
        direction=_("Lower is better.") if lower else _("Higher is better."),
        clock=_("In business hours.") if measure.hours is Hours.BUSINESS else "",
        own=own_numbers.last_month(measure, desk),
    )
