"""Reading how it goes: the rows of the overview and the counts above them, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from django.db.models import Count, Q

from milepost.account.models import Account
from milepost.account.queries import the_account
from milepost.calendars.readings import Readings
from milepost.goals.finality import Moment
from milepost.goals.models import Goal
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.people.models import User
from milepost.progress import ordering
from milepost.progress.clocks import Clocks
from milepost.progress.filters import NEEDS_ATTENTION, Ends, Filters, Targets, scope, with_status
from milepost.progress.reopening import waits
from milepost.progress.rows import Group, Row, rows, with_last
from milepost.progress.verdicts import closing

PAGE: Final = 200
# So many rows of an export are read at once.
CHUNK: Final = 500


@dataclass(frozen=True)
class Counts:
    """How many targets have which status and pace, whatever status and pace are asked for."""

    by_status: Mapping[Status, int]
    by_pace: Mapping[Pace, int]
    goals: int

    @property
    def all(self) -> int:
        """All targets."""
        return sum(self.by_status.values())


@dataclass(frozen=True)
class Overview:
    """A page of rows in the order of the page, and the counts over all pages."""

    rows: Sequence[Row]
    counts: Counts
    found: int
    page: int
    calculated_at: datetime | None
    # The goals of the rows that the reader may change.
    editable: frozenset[int]
    now: datetime = field(repr=False)
    # The working time of the account; None where no calendar is set.
    clock: Readings | None = field(default=None, repr=False)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.found // PAGE))

    @cached_property
    def groups(self) -> list[Group]:
        """The rows by goal and milestone."""
        groups: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in self.rows:
            groups[row.goal, row.milestone].append(row)
        return [Group(rows) for rows in groups.values()]


def overview(user: User, filters: Filters, *, now: datetime) -> Overview:
    """What the user may see of the targets that the filters ask for, goal by goal, teams first."""
    targets = scope(user, filters, now=now)
    asked = with_status(targets, filters, now=now)
    goals = ordering.listed(asked, filters, now)
    found = sum(goal.rows for goal in goals)
    page = min(max(filters.page, 1), max(1, -(-found // PAGE)))
    clocks = Clocks.load(now)
    found_rows = rows(asked, ordering.page(asked, goals, filters, first=(page - 1) * PAGE, size=PAGE), clocks, now=now)
    editable = Goal.objects.editable_by(user, now=now).filter(pk__in={row.goal for row in found_rows})
    return Overview(
        rows=with_last(_with_waits(found_rows, now), now),
        counts=_counts(targets),
        found=found,
        page=page,
        calculated_at=max((goal.newest for goal in goals if goal.newest is not None), default=None),
        editable=frozenset(editable.values_list("pk", flat=True)),
        now=now,
        clock=clocks.of_account(),
    )


def exported(user: User, filters: Filters, *, most: int, now: datetime) -> Iterator[Row]:
    """The same rows, all of them up to a number, read in parts."""
    asked = with_status(scope(user, filters, now=now), filters, now=now)
    goals = ordering.listed(asked, filters, now)
    clocks = Clocks.load(now)
    for first in range(0, min(sum(goal.rows for goal in goals), most), CHUNK):
        keys = ordering.page(asked, goals, filters, first=first, size=min(CHUNK, most - first))
        yield from rows(asked, keys, clocks, now=now)


def of_targets(user: User, targets: Iterable[int], filters: Filters, *, now: datetime) -> list[Row]:
    """These targets, as far as the user may see them, in the order of the filters."""
    asked = scope(user, filters, now=now).filter(pk__in=list(targets))
    goals = ordering.listed(asked, filters, now)
    return rows(asked, ordering.page(asked, goals, filters, first=0, size=PAGE), Clocks.load(now), now=now)


@dataclass(frozen=True)
class ViewCounts:
    """How many targets the views above the overview show."""

    attention: int
    ends: int


def view_counts(user: User, month: Filters, *, now: datetime) -> ViewCounts:
    """Of the targets of a month: those that need somebody, and those whose milestone ends in it."""
    ending = Q(milestone__after_day__gt=month.first_day, milestone__after_day__lte=month.after_day)
    found = scope(user, replace(month, ends=Ends.ANYWHERE), now=now).aggregate(
        attention=Count("pk", filter=Q(pace__in=[pace.value for pace in NEEDS_ATTENTION])),
        ends=Count("pk", filter=ending),
    )
    return ViewCounts(**found)


def _with_waits(found: Sequence[Row], now: datetime) -> list[Row]:
    """Rows that could be final by now say which sources they wait for; asked only where there are such rows."""
    provisional = [row for row in found if row.moment is Moment.PROVISIONAL and not row.reopened]
    late = _late(provisional, the_account(), now) if provisional else set()
    if not late:
        return list(found)
    goals = {row.goal for row in found if row.target in late}
    waiting = waits(Goal.objects.filter(pk__in=goals), now=now)
    return [replace(row, behind=waiting[row.milestone].behind) if row.target in late else row for row in found]


def _late(provisional: Sequence[Row], account: Account, now: datetime) -> set[int]:
    """The targets that could be final by now."""
    return {row.target for row in provisional if now >= closing(row.measure, row.span.end, account).due}


def _counts(scope: Targets) -> Counts:
    by_status: dict[Status, int] = defaultdict(int)
    by_pace: dict[Pace, int] = defaultdict(int)
    for status, pace, targets in scope.order_by().values_list("status", "pace").annotate(targets=Count("pk")):
        by_status[Status(status)] += targets
        if pace is not None:
            by_pace[Pace(pace)] += targets
    goals = scope.aggregate(goals=Count("contributor__goal", distinct=True))["goals"]
    return Counts(by_status=dict(by_status), by_pace=dict(by_pace), goals=goals)
