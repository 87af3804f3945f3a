"""The rows of the overview under the headings of their goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.calendars.readings import Readings
from milepost.calendars.working_days import working_days
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals.goal_templates import TEMPLATES
from milepost.metrics.catalog.speed import FIRST_RESPONSE
from milepost.metrics.metric import Direction, Hours
from milepost.progress.rows import Group
from milepost.web.goals import links
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.wording import Worded, worded
from milepost.web.goals.working_days import ends_in

FEW_PIPELINES: Final = 2


@dataclass(frozen=True)
class Section:
    """The rows of one goal in one period, under a heading."""

    goal: str
    goal_id: int
    address: str
    # Of a row, to which its contributor is added.
    details: str
    editing: str
    editable: bool
    icon: str
    about: str
    approximated: bool
    ending: str
    rows: Sequence[Worded]


@dataclass(frozen=True)
class Setting:
    """What a heading says beside its rows."""

    account: Account
    approximated: bool
    editable: frozenset[int]
    now: datetime
    # The working time of the account; None where no calendar is set.
    clock: Readings | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the account."""
        return ZoneInfo(self.account.zone)

    @property
    def today(self) -> date:
        """The day of the account."""
        return self.now.astimezone(self.zone).date()


def sections(groups: Sequence[Group], setting: Setting) -> list[Section]:
    """One for every goal and period, in their order."""
    return [_section(group, setting) for group in groups]


def _section(group: Group, setting: Setting) -> Section:
    row = group.first
    return Section(
        goal=row.goal_name,
        goal_id=row.goal,
        address=links.goal(row.goal),
        details=links.target(row.goal, row.first_day),
        editing=links.editing(row.goal) if row.goal in setting.editable else "",
        editable=row.goal in setting.editable,
        icon=row.template if row.template in TEMPLATES else "flag",
        about=" · ".join(_about(group, setting)),
        approximated=setting.approximated and row.measure.metric is FIRST_RESPONSE,
        ending=_ending(row.first_day, row.after_day, setting),
        rows=[worded(one, setting.account, now=setting.now) for one in group.rows],
    )


def _about(group: Group, setting: Setting) -> list[str]:
    row = group.first
    template = TEMPLATES.get(row.template)
    hours = _("calendar hours") if row.measure.hours is Hours.CALENDAR else _("business hours")
    week_start = setting.account.week_start
    period = dates.milestone(row.duration, row.first_day, row.after_day, today=setting.today, week_start=week_start)
    timed = [hours] if row.measure.direction is Direction.LOWER and row.measure.metric.timed else []
    return [
        _(template.name if template else row.measure.metric.name),
        str(DURATIONS[row.duration]),
        period,
        _pipelines(group),
        *timed,
    ]


def _pipelines(group: Group) -> str:
    """Which pipelines count in the rows of a group."""
    if len(group.pipelines) > 1:
        return _("Pipelines differ")
    (pipelines,) = group.pipelines
    if not pipelines:
        return _("All pipelines")
    if len(pipelines) <= FEW_PIPELINES:
        return ", ".join(pipelines)
    return ngettext("%(count)s pipeline", "%(count)s pipelines", len(pipelines)) % {"count": len(pipelines)}


def _ending(first_day: date, after_day: date, setting: Setting) -> str:
    """When a period starts or ends, seen from today. Where no calendar is set every day counts."""
    today = setting.today
    if today < first_day:
        days = (first_day - today).days
        return ngettext("Starts in %(count)s day", "Starts in %(count)s days", days) % {"count": number(days)}
    if today >= after_day:
        return _("Ended %(day)s") % {"day": dates.day_of_year(after_day - timedelta(days=1))}
    if setting.clock is not None:
        moment = int(setting.now.timestamp())
        return ends_in(working_days(setting.clock, today, after_day, zone=setting.zone, now=moment).left)
    days = (after_day - today).days
    return ngettext("Ends in %(count)s day", "Ends in %(count)s days", days) % {"count": number(days)}
