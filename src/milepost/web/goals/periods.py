"""How the milestones of a goal are called."""

from datetime import date

from milepost.account.models import Account
from milepost.calendars.periods import Duration
from milepost.formats import dates
from milepost.goals.models import Goal, Milestone


def period_name(goal: Goal, milestone: Milestone, account: Account, *, today: date) -> str:
    """November 2026; Q4 2026; W47, 16–22 Nov."""
    return dates.milestone(
        Duration(goal.duration),
        milestone.first_day,
        milestone.after_day,
        today=today,
        week_start=account.week_start,
    )
