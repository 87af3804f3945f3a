"""The archive as its template shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.calendars.periods import Duration
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals.goal_templates import TEMPLATES
from milepost.web.goals.durations import DURATIONS


@dataclass(frozen=True)
class PutAway:
    """An archived goal in words."""

    key: int
    name: str
    icon: str
    duration: str
    days: str
    contributors: str
    moment: str
    restorable: bool


class ArchivePage:
    """What the template asks for."""

    def __init__(self, goals: "Page[Any]", restorable: set[int], *, account: Account, now: datetime) -> None:
        self.page = goals
        self._restorable = restorable
        self._zone = ZoneInfo(account.zone)
        self._today = now.astimezone(self._zone).date()

    @property
    def goals(self) -> Iterable[PutAway]:
        """Goal by goal."""
        return [self._goal(goal) for goal in self.page]

    @property
    def pages(self) -> list[tuple[int, str, bool]]:
        """Number, address and whether it is this one."""
        if self.page.paginator.num_pages == 1:
            return []
        return [(one, f"?page={one}", one == self.page.number) for one in self.page.paginator.page_range]

    def _goal(self, goal: Any) -> PutAway:
        people = ngettext("%(count)s contributor", "%(count)s contributors", goal.people)
        return PutAway(
            key=goal.pk,
            name=goal.name,
            icon=goal.template if goal.template in TEMPLATES else "flag",
            duration=str(DURATIONS[Duration(goal.duration)]),
            days=dates.days(goal.first_day, goal.after_day, today=self._today),
            contributors=people % {"count": number(goal.people)},
            moment=dates.moment(goal.archived_at, self._zone),
            restorable=goal.pk in self._restorable,
        )
