"""The overview as its template shows it: strip, filters, groups of rows, notes. Sentences and addresses, no rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.calendars.periods import add_months
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals import pace as paces
from milepost.goals import status as statuses
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.metrics.catalog.speed import FIRST_RESPONSE
from milepost.metrics.metric import Direction, Hours
from milepost.people.models import Team
from milepost.progress.queries import NEEDS_ATTENTION, Filters, Group, Overview
from milepost.web.goals import address
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.wording import Worded, worded

# In the order of the strip; what is not set or has no data is shown only where there is some.
STRIP: Final = (Status.EXCEEDED, Status.ACHIEVED, Status.MISSED, Status.PENDING)
RARE: Final = (Status.NO_DATA, Status.NOT_SET)
PACES: Final = (Pace.AHEAD, Pace.ON_PACE, Pace.BEHIND, Pace.AT_RISK)
FEW_PIPELINES: Final = 2


@dataclass(frozen=True)
class Step:
    """A status or a pace in the strip: a filter that can be pressed and released."""

    key: str
    name: str
    count: str
    pressed: bool
    hint: str = ""


@dataclass(frozen=True)
class Choice:
    """A box to tick in a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Pill:
    """A filter: its boxes, what is chosen in words, and the address without it."""

    name: str
    label: str
    choices: Sequence[Choice]
    chosen: str
    without: str


@dataclass(frozen=True)
class Section:
    """The rows of one goal in one period, under a heading."""

    goal: str
    number: int
    icon: str
    about: str
    approximated: bool
    ending: str
    rows: Sequence[Worded]


class OverviewPage:
    """What the template asks for."""

    def __init__(
        self,
        overview: Overview,
        filters: Filters,
        *,
        account: Account,
        teams: Sequence[Team],
        problems: Sequence[str],
        approximated: bool,
        has_goals: bool,
        now: datetime,
    ) -> None:
        self.overview = overview
        self.filters = filters
        self.problems = problems
        self.has_goals = has_goals
        self._account = account
        self._teams = teams
        self._approximated = approximated
        self._now = now
        self._zone = ZoneInfo(account.zone)
        self._today = now.astimezone(self._zone).date()

    @property
    def is_whole_month(self) -> bool:
        """Whether the days asked for are a month of the calendar."""
        return dates.whole_month(self.filters.first_day, self.filters.after_day)

    @property
    def period(self) -> str:
        """The days asked for, by name."""
        if self.is_whole_month:
            return dates.month(self.filters.first_day)
        return dates.days(self.filters.first_day, self.filters.after_day, today=self._today)

    @property
    def before(self) -> str:
        """The address of the month before."""
        return self._month(-1)

    @property
    def after(self) -> str:
        """The address of the month after."""
        return self._month(1)

    @property
    def gone(self) -> str:
        """How much of the days asked for has gone, in words; empty when today is none of them."""
        days = (self.filters.after_day - self.filters.first_day).days
        if not self.filters.first_day <= self._today < self.filters.after_day:
            return ""
        text = ngettext("%(gone)s of %(count)s day gone", "%(gone)s of %(count)s days gone", days)
        return text % {"gone": (self._today - self.filters.first_day).days, "count": days}

    @property
    def gone_width(self) -> str:
        """The same as the width of a bar of 120."""
        days = (self.filters.after_day - self.filters.first_day).days
        return f"{(self._today - self.filters.first_day).days * 120 / days:.1f}"

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the days is filtered."""
        bare = Filters(self.filters.first_day, self.filters.after_day, page=self.filters.page)
        return self.filters != bare

    @property
    def unfiltered(self) -> str:
        """The address with nothing but the days."""
        return address.of(Filters(self.filters.first_day, self.filters.after_day))

    @property
    def only_attention(self) -> bool:
        """Whether exactly the targets that need somebody are asked for."""
        return self.filters.paces == NEEDS_ATTENTION and not self.filters.statuses

    @property
    def attention(self) -> str:
        """The address of the targets that need somebody."""
        return address.of(Filters(self.filters.first_day, self.filters.after_day, paces=NEEDS_ATTENTION))

    @property
    def attention_count(self) -> str:
        """How many those are."""
        return number(self.overview.counts.attention)

    @property
    def all_count(self) -> str:
        """How many targets there are, whatever their status."""
        return number(self.overview.counts.all)

    @property
    def all_pressed(self) -> bool:
        """Whether no status is asked for."""
        return not self.filters.statuses and not self.filters.paces

    @property
    def goals_count(self) -> str:
        """How many goals the targets belong to."""
        goals = self.overview.counts.goals
        return ngettext("%(count)s goal", "%(count)s goals", goals) % {"count": number(goals)}

    @property
    def in_progress(self) -> Step:
        """The targets in progress."""
        return self._status(Status.IN_PROGRESS)

    @property
    def paces(self) -> list[Step]:
        """How those are doing."""
        return [self._pace(pace) for pace in PACES if self._pace_count(pace) or pace in self.filters.paces]

    @property
    def steps(self) -> list[Step]:
        """The other statuses."""
        rare = [one for one in RARE if self.overview.counts.by_status.get(one) or one in self.filters.statuses]
        return [self._status(status) for status in (*STRIP, *rare)]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the strip keeps of the address when a status is pressed."""
        return self._without("status", "pace", "page")

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What a filter keeps of the address, beside its own part."""
        return self._without("page")

    @property
    def without_days(self) -> list[tuple[str, str]]:
        """What the choice of days keeps of the address."""
        return self._without("from", "to", "page")

    @cached_property
    def pills(self) -> list[Pill]:
        """The filters with boxes to tick."""
        return [
            self._pill("template", _("Goal template"), self._template_choices(), templates=frozenset()),
            self._pill("team", _("Teams"), self._team_choices(), teams=frozenset()),
            self._pill("status", _("Status"), self._status_choices(), statuses=frozenset()),
            self._pill("pace", _("Pace"), self._pace_choices(), paces=frozenset()),
        ]

    @property
    def without_name(self) -> str:
        """The address without the name."""
        return address.of(self.filters, name="")

    @property
    def last_day(self) -> date:
        """The last of the days asked for."""
        return self.filters.after_day - timedelta(days=1)

    @property
    def this_month(self) -> str:
        """The address of the month of today."""
        first_day, after_day = address.month_of(self._today)
        return address.of(self.filters, first_day=first_day, after_day=after_day)

    @property
    def is_this_month(self) -> bool:
        """Whether the month of today is asked for."""
        return (self.filters.first_day, self.filters.after_day) == address.month_of(self._today)

    @cached_property
    def sections(self) -> list[Section]:
        """The rows under their headings."""
        return [self._section(group) for group in self.overview.groups]

    @property
    def calculated(self) -> str:
        """When the newest of these numbers was measured."""
        at = self.overview.calculated_at
        if at is None:
            return ""
        return _("Calculated at %(moment)s") % {"moment": dates.moment(at, self._zone)}

    @property
    def pages(self) -> list[tuple[int, str, bool]]:
        """Number, address and whether it is this one."""
        if self.overview.pages == 1:
            return []
        numbers = range(1, self.overview.pages + 1)
        return [(one, address.of(self.filters, page=one), one == self.overview.page) for one in numbers]

    def _without(self, *names: str) -> list[tuple[str, str]]:
        return [pair for pair in address.pairs(self.filters) if pair[0] not in names]

    def _month(self, step: int) -> str:
        first_day = add_months(self.filters.first_day.replace(day=1), step)
        return address.of(self.filters, first_day=first_day, after_day=add_months(first_day, 1))

    def _status(self, status: Status) -> Step:
        hints = {
            Status.EXCEEDED: _("over %(percent)s%%") % {"percent": self._account.exceeded_above},
            Status.MISSED: _("ended short"),
            Status.PENDING: _("not started"),
        }
        return Step(
            key=status.value,
            name=_(statuses.NAMES[status]),
            count=number(self.overview.counts.by_status.get(status, 0)),
            pressed=status in self.filters.statuses,
            hint=hints.get(status, ""),
        )

    def _pace(self, pace: Pace) -> Step:
        count = number(self._pace_count(pace))
        texts = {
            Pace.AHEAD: _("%(count)s ahead"),
            Pace.ON_PACE: _("%(count)s on pace"),
            Pace.BEHIND: _("%(count)s behind"),
            Pace.AT_RISK: _("%(count)s at risk"),
        }
        name = texts[pace] % {"count": count}
        return Step(key=pace.value, name=name, count=count, pressed=pace in self.filters.paces)

    def _pace_count(self, pace: Pace) -> int:
        return self.overview.counts.by_pace.get(pace, 0)

    def _pill(self, name: str, label: str, choices: Sequence[Choice], **without: frozenset[str]) -> Pill:
        chosen = [choice.label for choice in choices if choice.chosen]
        text = chosen[0] if len(chosen) == 1 else number(len(chosen)) if chosen else ""
        return Pill(name, label, choices, text, address.of(self.filters, **without))

    def _template_choices(self) -> list[Choice]:
        chosen = self.filters.templates
        return [Choice(one.key, _(one.name), one.key in chosen) for one in TEMPLATES.values()]

    def _team_choices(self) -> list[Choice]:
        return [Choice(str(team.pk), team.name, team.pk in self.filters.teams) for team in self._teams]

    def _status_choices(self) -> list[Choice]:
        chosen = self.filters.statuses
        return [Choice(one.value, _(statuses.NAMES[one]), one in chosen) for one in Status]

    def _pace_choices(self) -> list[Choice]:
        return [Choice(one.value, _(paces.NAMES[one]), one in self.filters.paces) for one in Pace]

    def _section(self, group: Group) -> Section:
        row = group.first
        return Section(
            goal=row.goal_name,
            number=row.milestone,
            icon=row.template if row.template in TEMPLATES else "flag",
            about=" · ".join(self._about(group)),
            approximated=self._approximated and row.measure.metric is FIRST_RESPONSE,
            ending=_ending(row.first_day, row.after_day, self._now.astimezone(self._zone).date()),
            rows=[
                worded(one, now=self._now, zone=self._zone, minimum_sample=self._account.minimum_sample)
                for one in group.rows
            ],
        )

    def _about(self, group: Group) -> list[str]:
        row = group.first
        template = TEMPLATES.get(row.template)
        hours = _("calendar hours") if row.measure.hours is Hours.CALENDAR else _("business hours")
        period = dates.milestone(
            row.duration, row.first_day, row.after_day, today=self._today, week_start=self._account.week_start
        )
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


def _ending(first_day: date, after_day: date, today: date) -> str:
    """When a period starts or ends, seen from today. Where no calendar is set every day counts."""
    if today < first_day:
        days = (first_day - today).days
        return ngettext("Starts in %(count)s day", "Starts in %(count)s days", days) % {"count": number(days)}
    if today >= after_day:
        return _("Ended %(day)s") % {"day": dates.day_of_year(after_day - timedelta(days=1))}
    days = (after_day - today).days
    return ngettext("Ends in %(count)s day", "Ends in %(count)s days", days) % {"count": number(days)}
