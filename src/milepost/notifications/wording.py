"""Notices in words, in the reader's language."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.account.models import Account
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import Duration
from milepost.formats import dates
from milepost.formats.values import value
from milepost.goals.models import Goal, Milestone, Target
from milepost.goals.notices import Audience
from milepost.goals.pace import NAMES as PACES
from milepost.goals.status import NAMES as STATUSES
from milepost.goals.status import Status
from milepost.metrics.metric import Direction
from milepost.metrics.question import Measure
from milepost.notifications.kinds import Kind
from milepost.notifications.models import Notice
from milepost.notifications.numbers import Edit, Numbers

DASH: Final = "–"
# Of every kind but an edit, which says what was changed.
TITLES: Final = {
    Kind.KICKOFF: gettext_noop("The goal starts: %(name)s, “%(goal)s”"),
    Kind.WEEKLY_PROGRESS: gettext_noop("Progress of the week: %(name)s, “%(goal)s”"),
    Kind.BEHIND_PACE: gettext_noop("Behind pace: %(name)s, “%(goal)s”"),
    Kind.ACHIEVED: gettext_noop("Target achieved: %(name)s, “%(goal)s”"),
    Kind.EXCEEDED: gettext_noop("Target exceeded: %(name)s, “%(goal)s”"),
    Kind.MISSED: gettext_noop("Target missed: %(name)s, “%(goal)s”"),
    Kind.CORRECTED: gettext_noop("Result corrected: %(name)s, “%(goal)s”. It is now: %(status)s."),
}


@dataclass(frozen=True)
class Worded:
    """What a notice says: one line that tells it, one with the numbers, more lines, and where it leads."""

    title: str
    line: str
    more: tuple[str, ...]
    path: str

    @property
    def address(self) -> str:
        """Where it leads, from outside."""
        return settings.ADDRESS + self.path


def worded(notice: Notice, *, account: Account, today: date) -> Worded:
    """A notice that comes with target, milestone, goal and contributor."""
    target = notice.target
    told = _Told(target, target.contributor.goal, Numbers.from_json(notice.numbers), account, today)
    edit = told.numbers.edit
    return Worded(
        title=_title(Kind(notice.kind), told),
        line=told.line,
        more=() if edit is None or not edit.reason else (_("Reason: %(reason)s") % {"reason": edit.reason},),
        path=path(notice),
    )


def path(notice: Notice) -> str:
    """The page of what it is about."""
    target = notice.target
    first_day = target.milestone.first_day.isoformat()
    return reverse("target", args=[target.contributor.goal_id, first_day, target.contributor_id])


def because(audience: str) -> str:
    """Why somebody is told."""
    match audience:
        case Audience.LEAD:
            return _("You get this because you lead the contributor or the team.")
        case Audience.MANAGER:
            return _("You get this because you made the goal.")
    return _("You get this because it is your goal or that of your team.")


def period(goal: Goal, milestone: Milestone, account: Account, today: date) -> str:
    """The name of a milestone."""
    duration = Duration(goal.duration)
    return dates.milestone(
        duration, milestone.first_day, milestone.after_day, today=today, week_start=account.week_start
    )


@dataclass(frozen=True)
class _Told:
    """A notice's numbers, ready to be put into words."""

    target: Target
    goal: Goal
    numbers: Numbers
    account: Account
    today: date

    @property
    def name(self) -> dict[str, str]:
        return {"name": str(self.target.contributor), "goal": self.goal.name}

    @property
    def measure(self) -> Measure:
        return Measure.from_json(self.goal.measure)

    @property
    def period(self) -> str:
        return period(self.goal, self.target.milestone, self.account, self.today)

    @property
    def line(self) -> str:
        """Tickets closed 2026, March 2026: 40, target ≥ 30. Pace: ahead."""
        said = self.name | {
            "period": self.period,
            "actual": self.amount(self.numbers.shown),
            "target": self.wished(self.numbers.wished),
            "pace": _(PACES[self.numbers.pace]) if self.numbers.pace else "",
        }
        if self.numbers.edit is not None:
            return _("%(goal)s, %(period)s.") % said
        if self.numbers.fell_back:
            return (
                _("%(goal)s, %(period)s: %(actual)s, target %(target)s. It had been reached and is not any more.")
                % said
            )
        if self.numbers.shown is None:
            return _("%(goal)s, %(period)s: target %(target)s.") % said
        if self.numbers.pace is not None and not self.numbers.status:
            return _("%(goal)s, %(period)s: %(actual)s, target %(target)s. Pace: %(pace)s.") % said
        return _("%(goal)s, %(period)s: %(actual)s, target %(target)s.") % said

    def amount(self, amount: Decimal | None) -> str:
        return DASH if amount is None else value(amount, self.measure.unit)

    def wished(self, amount: Decimal | None) -> str:
        if amount is None:
            return DASH
        sign = "≥" if self.measure.direction is Direction.HIGHER else "≤"
        return f"{sign}\u00a0{self.amount(amount)}"


def _title(kind: Kind, told: _Told) -> str:
    if kind is Kind.EDITED:
        return _edited(told)
    status = _(STATUSES[Status(told.numbers.status)]) if told.numbers.status else DASH
    return _(TITLES[kind]) % (told.name | {"status": status})


def _edited(told: _Told) -> str:
    edit = told.numbers.edit or Edit("")
    said = told.name | {"who": edit.who, "note": edit.note or ""}
    if edit.note is not None:
        if not edit.note:
            return _("%(who)s removed the note of “%(goal)s”.") % said
        return _("%(who)s wrote a note to “%(goal)s”: %(note)s") % said
    values = {"before": told.wished(edit.before), "after": told.wished(edit.after)}
    return _("%(who)s changed the target of %(name)s from %(before)s to %(after)s.") % (said | values)
