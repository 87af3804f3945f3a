"""The four steps, and what stands around each: which are done, when the draft was saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.base.marks import gettext_noop
from milepost.formats import dates
from milepost.goals.models import Draft


class Step(StrEnum):
    """A step, by the last part of its address."""

    TEMPLATE = "template"
    DETAILS = "details"
    TARGETS = "targets"
    NOTIFICATIONS = "notifications"


NAMES: Final = {
    Step.TEMPLATE: gettext_noop("Template"),
    Step.DETAILS: gettext_noop("Details"),
    Step.TARGETS: gettext_noop("Targets"),
    Step.NOTIFICATIONS: gettext_noop("Notifications"),
}


@dataclass(frozen=True)
class Shown:
    """A step in the list at the top."""

    number: int
    name: str
    address: str
    done: bool
    current: bool


@dataclass(frozen=True)
class Frame:
    """What stands around a step."""

    title: str
    saved: str
    steps: Sequence[Shown]
    back: str
    label: str


def address(step: Step, key: UUID) -> str:
    """Where a step of a draft is."""
    return reverse(f"create-goal-{step.value}", args=[key])


def frame(current: Step, draft: Draft | None, *, name: str, zone: ZoneInfo) -> Frame:
    """The frame of a step; of the first without a draft yet."""
    order = list(Step)
    place = order.index(current)
    shown = [
        Shown(
            number=number + 1,
            name=_(NAMES[step]),
            address="" if draft is None else address(step, draft.key),
            done=number < place,
            current=step is current,
        )
        for number, step in enumerate(order)
    ]
    return Frame(
        title=name or _("New goal"),
        saved="" if draft is None else _("Draft saved %(time)s") % {"time": dates.clock_time(draft.saved_at, zone)},
        steps=shown,
        back=reverse("goals") if draft is None or place == 0 else address(order[place - 1], draft.key),
        label=_("Create goal, step %(number)s of 4") % {"number": place + 1},
    )
