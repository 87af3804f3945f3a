"""How a team stands: all rows of its goals in a span of days, goal by goal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from milepost.people.models import User
from milepost.progress import ordering
from milepost.progress.clocks import Clocks
from milepost.progress.filters import Filters, scope
from milepost.progress.ordering import Listed
from milepost.progress.rows import Row, rows

# A page ends with the goal that makes it longer than this.
PAGE: Final = 600


@dataclass(frozen=True)
class TeamGoals:
    """The goals of a page, each with its rows, and how many pages there are."""

    goals: Sequence[Sequence[Row]]
    page: int
    pages: int


def of_team(user: User, filters: Filters, *, now: datetime) -> TeamGoals:
    """What the user may see of the team and its members of that time; the filters name the team."""
    asked = scope(user, filters, now=now)
    pages = _pages(ordering.listed(asked, filters, now))
    page = min(max(filters.page, 1), len(pages))
    listed = pages[page - 1]
    keys = ordering.page(asked, listed, filters, first=0, size=sum(goal.rows for goal in listed))
    found = groupby(rows(asked, keys, Clocks.load(now), now=now), key=lambda row: row.goal)
    return TeamGoals([list(of_goal) for _goal, of_goal in found], page, len(pages))


def _pages(goals: Sequence[Listed]) -> list[list[Listed]]:
    pages: list[list[Listed]] = [[]]
    for goal in goals:
        if sum(one.rows for one in pages[-1]) + goal.rows > PAGE and pages[-1]:
            pages.append([])
        pages[-1].append(goal)
    return pages
