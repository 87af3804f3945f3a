"""The overview as its template shows it: views, strip, filters, rows, pages. Sentences and addresses, no rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account.models import Account
from milepost.calendars.periods import add_months
from milepost.calendars.working_days import WorkingDays
from milepost.calendars.working_days import working_days as calendar_days
from milepost.formats import dates
from milepost.goals.models import SavedView
from milepost.progress.filters import NEEDS_ATTENTION, Ends, Filters, Sort
from milepost.progress.queries import Overview, ViewCounts
from milepost.web.goals import address, working_days
from milepost.web.goals.calculation import Calculation
from milepost.web.goals.known import Known
from milepost.web.goals.pills import Link, Pill, Pills
from milepost.web.goals.removed import Removed
from milepost.web.goals.sections import Section, Setting, sections
from milepost.web.goals.strip import Strip
from milepost.web.goals.views_bar import ViewsBar

# From so many filters on they are cleared together.
SEVERAL = 2


@dataclass(frozen=True)
class Around:
    """What the page shows beside its targets."""

    account: Account
    known: Known
    problems: Sequence[str]
    approximated: bool
    has_goals: bool
    archived: int
    saved: Sequence[SavedView]
    views: ViewCounts
    removed: Removed | None
    compact: bool
    calculation: Calculation


class OverviewPage:
    """What the template asks for."""

    def __init__(self, overview: Overview, filters: Filters, around: Around, *, now: datetime) -> None:
        self.overview = overview
        self.filters = filters
        self.around = around
        self._now = now
        self._zone = ZoneInfo(around.account.zone)
        self._today = now.astimezone(self._zone).date()
        self._bare = Filters(filters.first_day, filters.after_day, sort=filters.sort)

    @property
    def period(self) -> str:
        """The days asked for, by name."""
        if dates.whole_month(self.filters.first_day, self.filters.after_day):
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
        if self._working is not None:
            return working_days.gone(self._working)
        text = ngettext("%(gone)s of %(count)s day gone", "%(gone)s of %(count)s days gone", days)
        return text % {"gone": (self._today - self.filters.first_day).days, "count": days}

    @property
    def gone_width(self) -> str:
        """The same as the width of a bar of 120."""
        days = (self.filters.after_day - self.filters.first_day).days
        gone = Fraction((self._today - self.filters.first_day).days, days)
        if self._working is not None:
            gone = self._working.gone / self._working.count
        return f"{float(gone * 120):.1f}"

    @cached_property
    def _working(self) -> WorkingDays | None:
        """The working days of the days asked for; none where no calendar is set, or on holidays only."""
        if self.overview.clock is None:
            return None
        days = self.filters.first_day, self.filters.after_day
        found = calendar_days(self.overview.clock, *days, zone=self._zone, now=int(self._now.timestamp()))
        return found if found.count else None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the days is filtered."""
        return replace(self.filters, page=1) != self._bare

    @property
    def clears_all(self) -> bool:
        """Whether several filters are set."""
        return sum(pill.is_set for pill in self.pills) >= SEVERAL

    @property
    def unfiltered(self) -> str:
        """The address with nothing but the days."""
        return address.of(self._bare)

    @property
    def cleared(self) -> str:
        """The address without any filter, of this month."""
        first_day, after_day = address.month_of(self._today)
        return address.of(self._bare, first_day=first_day, after_day=after_day)

    @property
    def only_attention(self) -> bool:
        """Whether exactly the targets that need somebody are asked for."""
        return replace(self.filters, page=1) == replace(self._bare, paces=NEEDS_ATTENTION)

    @cached_property
    def views(self) -> ViewsBar:
        """The views above the page."""
        return ViewsBar(self.filters, self.around.views, self.around.saved, self.around.known, today=self._today)

    @cached_property
    def strip(self) -> Strip:
        """The counts by status."""
        return Strip(self.overview.counts, self.filters, exceeded_above=self.around.account.exceeded_above)

    @cached_property
    def pills(self) -> list[Pill]:
        """The ten filters."""
        return self._pills.all()

    @property
    def days(self) -> Pill:
        """The date range once more, for the period above the page."""
        return self._pills.days("period")

    @property
    def this_month(self) -> str:
        """The address of the month of today."""
        first_day, after_day = address.month_of(self._today)
        return address.of(self.filters, first_day=first_day, after_day=after_day, ends=Ends.ANYWHERE)

    @property
    def sorts(self) -> list[Link]:
        """What may come first."""
        names = {
            Sort.ENDS: _("Ends soonest"),
            Sort.NAME: _("Goal name"),
            Sort.PROGRESS: _("Least progress"),
            Sort.CHANGED: _("Changed last"),
        }
        chosen = self.filters.sort
        return [Link(name, address.of(self.filters, sort=sort), sort is chosen) for sort, name in names.items()]

    @property
    def sorted_by(self) -> str:
        """What comes first."""
        return next(link.name for link in self.sorts if link.current)

    @property
    def here(self) -> str:
        """The address of this page."""
        return address.of(self.filters, page=self.overview.page)

    @property
    def as_csv(self) -> str:
        """Where all rows of these filters are as comma-separated values."""
        return address.of(self.filters, at="export-goals-csv")

    @property
    def as_xlsx(self) -> str:
        """Where they are as a workbook."""
        return address.of(self.filters, at="export-goals-xlsx")

    @cached_property
    def sections(self) -> list[Section]:
        """The rows under their headings."""
        around = self.around
        setting = Setting(around.account, around.approximated, self.overview.editable, self._now, self.overview.clock)
        return sections(self.overview.groups, setting)

    @property
    def selected(self) -> dict[str, str]:
        """How many rows are ticked, in words, by the form of the plural; {count} is their number."""
        counts = {"one": 1, "few": 2, "many": 5}
        return {
            form: ngettext("%(count)s selected", "%(count)s selected", count) % {"count": "{count}"}
            for form, count in counts.items()
        }

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

    @cached_property
    def _pills(self) -> Pills:
        return Pills(self.filters, self.around.known, account=self.around.account, today=self._today)

    def _month(self, step: int) -> str:
        first_day = add_months(self.filters.first_day.replace(day=1), step)
        return address.of(self.filters, first_day=first_day, after_day=add_months(first_day, 1))
