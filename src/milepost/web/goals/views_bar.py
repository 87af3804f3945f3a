"""The views above the overview: those that everybody has, and those that the reader saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.formats.numbers import number
from milepost.goals.models import SavedView
from milepost.progress.filters import NEEDS_ATTENTION, Ends, Filters
from milepost.progress.queries import ViewCounts
from milepost.web.goals import address
from milepost.web.goals.known import Known


@dataclass(frozen=True)
class View:
    """Filters under a name; `count` is how many targets they show."""

    name: str
    address: str
    current: bool
    count: str = ""
    key: int | None = None


class ViewsBar:
    """What the template asks for."""

    def __init__(
        self, filters: Filters, counts: ViewCounts, saved: Sequence[SavedView], known: Known, *, today: date
    ) -> None:
        self._filters = replace(filters, page=1)
        self._counts = counts
        self._saved = saved
        self._known = known
        self._today = today
        self._month = Filters(*address.month_of(today))

    @property
    def common(self) -> list[View]:
        """All goals of the days shown; of this month what needs somebody, and what ends."""
        attention = replace(self._month, paces=NEEDS_ATTENTION)
        ends = replace(self._month, ends=Ends.WITHIN)
        every = Filters(self._filters.first_day, self._filters.after_day)
        return [
            self._view(_("All goals"), every),
            self._view(_("Needs attention"), attention, number(self._counts.attention)),
            self._view(_("Ends this month"), ends, number(self._counts.ends)),
        ]

    @property
    def saved(self) -> list[View]:
        """Those of the reader."""
        return [
            View(one.name, f"{reverse('goals')}?{one.query}", self._filters_of(one) == self._filters, key=one.pk)
            for one in self._saved
        ]

    @property
    def current(self) -> View | None:
        """The saved view that is open."""
        return next((view for view in self.saved if view.current), None)

    @property
    def query(self) -> str:
        """What a view of these filters keeps."""
        return kept(self._filters, today=self._today)

    def _view(self, name: str, filters: Filters, count: str = "") -> View:
        current = replace(self._filters, sort=filters.sort) == filters
        return View(name, address.of(filters), current, count)

    def _filters_of(self, view: SavedView) -> Filters:
        return address.read(QueryDict(view.query), self._known, today=self._today).filters


def kept(filters: Filters, *, today: date) -> str:
    """The filters as a view keeps them: one of this month is always of the month in which it is opened."""
    query = QueryDict(mutable=True)
    this_month = (filters.first_day, filters.after_day) == address.month_of(today)
    for name, value in address.pairs(replace(filters, page=1)):
        if not (this_month and name in {"from", "to"}):
            query.appendlist(name, value)
    # An empty address shows leads their own team; what is kept shows what was kept.
    return query.urlencode() or f"sort={filters.sort.value}"
