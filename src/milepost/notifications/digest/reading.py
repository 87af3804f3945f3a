"""What a digest is about: which rows its reader is answerable for, the ones that need somebody first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Q, Value, When

from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.goals.visibility import led_by, reach
from milepost.notifications import finals
from milepost.people.models import Team, User
from milepost.people.roles import Capability, Role, Scope
from milepost.progress.clocks import Clocks
from milepost.progress.filters import NEEDS_ATTENTION, Filters, scope
from milepost.progress.rows import Row, rows

WEEK: Final = timedelta(days=7)
MOST: Final = 200
SHOWN: Final = 3
WORTH: Final = 2
FINISHED: Final = frozenset({Status.ACHIEVED, Status.EXCEEDED, Status.MISSED})
ORDER: Final = {Pace.AT_RISK: 0, Pace.BEHIND: 1}


class About(StrEnum):
    """Whose results a reader is sent."""

    TEAMS = "teams"
    LED = "led"
    OWN = "own"


@dataclass(frozen=True)
class Reading:
    """What was found: the rows, those that need somebody first; persons who may need their lead; led teams by name."""

    about: About
    rows: Sequence[Row]
    people: Sequence[Row]
    teams: Sequence[Team]

    @property
    def shown(self) -> Sequence[Row]:
        """Three goals at most."""
        return self.rows[:SHOWN]


def read(user: User, *, now: datetime, zone: ZoneInfo) -> Reading:
    """Teams for whoever manages, the teams one leads with their people, and otherwise one's own."""
    today = now.astimezone(zone).date()
    there = scope(user, Filters(first_day=today - WEEK, after_day=today + timedelta(days=1)), now=now)
    # What has ended is told once it is final.
    told = Q(milestone__end__gt=now) | Q(milestone__end__gt=now - WEEK, verdict_status__isnull=False)
    current = finals.with_verdict(there).filter(told, milestone__start__lte=now, value__isnull=False)
    if Role(user.role) is Role.MANAGER:
        return Reading(About.TEAMS, _rows(current.filter(contributor__team__isnull=False), now), (), ())
    teams, persons = led_by(user, now=now)
    if teams and reach(user, Capability.SEE_INDIVIDUALS) is Scope.MY_TEAMS:
        short = current.filter(contributor__person__in=persons - {user.person_id}, pace__in=NEEDS_ATTENTION)
        found = _rows(current.filter(contributor__team__in=teams), now)
        return Reading(About.LED, found, _rows(short, now)[:WORTH], list(Team.objects.filter(pk__in=teams)))
    own = Q(contributor__person__isnull=False, contributor__person=user.person_id)
    return Reading(About.OWN, _rows(current.filter(own), now), (), ())


def _rows(asked: Any, now: datetime) -> list[Row]:
    """What needs somebody first, then what runs, then what has ended."""
    urgency = Case(
        *(When(pace=pace.value, then=Value(place)) for pace, place in ORDER.items()),
        When(milestone__end__gt=now, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    keys = asked.order_by(urgency, "milestone__end", "pk").values_list("pk", flat=True)[:MOST]
    found = rows(asked, list(keys), Clocks.load(now), now=now)
    return [row for row in found if row.status in FINISHED or row.status is Status.IN_PROGRESS]
