"""Whose working time is whose: the clock of each contributor, read where a share of a milestone has gone."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from milepost.account import working_hours
from milepost.calendars.readings import Readings
from milepost.calendars.working_hours import NO_CALENDARS, Calendars
from milepost.goals.models import Contributor
from milepost.people.models import Membership


@dataclass(frozen=True)
class Clocks:
    """A team works by its own hours; a person by those of their team, and by the account's if they have several."""

    calendars: Calendars = NO_CALENDARS
    teams: dict[int, set[int]] = field(default_factory=dict)
    # Near the moments that will be asked for.
    origin: int = 0
    _read: dict[int, Readings] = field(default_factory=dict)

    @classmethod
    def load(cls, now: datetime) -> "Clocks":
        """The working hours as they are set, and who is in the teams that have their own."""
        calendars = working_hours.calendars()
        teams: dict[int, set[int]] = defaultdict(set)
        if calendars.teams:
            running = Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))
            for person, team in Membership.objects.filter(running).values_list("person", "team"):
                teams[person].add(team)
        return cls(calendars, teams, int(now.timestamp()))

    def of(self, contributor: Contributor) -> Readings | None:
        """The clock that a contributor works by; None where every hour counts."""
        if contributor.team_id is not None:
            return self._clock(self.calendars.of_team(contributor.team_id))
        theirs = {self.calendars.of_team(team) for team in self.teams.get(contributor.person_id or 0, ())}
        return self._clock(theirs.pop() if len(theirs) == 1 else self.calendars.account)

    def of_account(self) -> Readings | None:
        """That of the account."""
        return self._clock(self.calendars.account)

    def _clock(self, calendar: int | None) -> Readings | None:
        if calendar is None:
            return None
        if calendar not in self._read:
            self._read[calendar] = Readings(self.calendars.schedules[calendar], origin=self.origin)
        return self._read[calendar]
