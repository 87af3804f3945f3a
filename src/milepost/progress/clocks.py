"""Whose working time is whose: the clock of each contributor, read where a share of a milestone has gone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from milepost.account import working_hours
from milepost.calendars.readings import Readings
from milepost.calendars.spans import Span
from milepost.calendars.working_hours import NO_CALENDARS, Calendars
from milepost.calendars.working_time import WorkingTime
from milepost.goals.models import Contributor
from milepost.people import absences, memberships

NEVER: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Clocks:
    """A team works by its own hours; a person by those of their team, and by the account's if they have several.

    A person's absences are no working time. That of a team is the sum over the active people who are in it now, each
    over the whole of a milestone; of a team without people, its hours.
    """

    calendars: Calendars = NO_CALENDARS
    teams: dict[int, set[int]] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    absent: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    # Near the moments that will be asked for.
    origin: int = 0
    _read: dict[int, Readings] = field(default_factory=dict)

    @classmethod
    def load(cls, now: datetime) -> "Clocks":
        """The working hours as they are set, who is in which team, and when they are absent."""
        calendars = working_hours.calendars()
        absent = absences.spans(now=now)
        teams: dict[int, set[int]] = defaultdict(set)
        members: dict[int, set[int]] = defaultdict(set)
        for person, team, works in _memberships(now) if calendars.teams or absent else ():
            teams[person].add(team)
            if works:
                members[team].add(person)
        return cls(calendars, teams, members, absent, int(now.timestamp()))

    def of(self, contributor: Contributor) -> WorkingTime | None:
        """The working time of a contributor; None where every hour counts."""
        if contributor.team_id is not None:
            hours = self._clock(self.calendars.of_team(contributor.team_id))
            return self._less(hours, [self.absent.get(one, NEVER) for one in self.members.get(contributor.team_id, ())])
        person = contributor.person_id or 0
        theirs = {self.calendars.of_team(team) for team in self.teams.get(person, ())}
        hours = self._clock(theirs.pop() if len(theirs) == 1 else self.calendars.account)
        return self._less(hours, [self.absent.get(person, NEVER)])

    def of_account(self) -> Readings | None:
        """That of the account."""
        return self._clock(self.calendars.account)

    def _less(self, hours: Readings | None, absent: list[tuple[Span, ...]]) -> WorkingTime | None:
        if any(absent):
            return WorkingTime(hours, absent)
        # Without absences the share that has gone is the same for one as for many.
        return None if hours is None else WorkingTime(hours)

    def _clock(self, calendar: int | None) -> Readings | None:
        if calendar is None:
            return None
        if calendar not in self._read:
            self._read[calendar] = Readings(self.calendars.schedules[calendar], origin=self.origin)
        return self._read[calendar]


def _memberships(now: datetime) -> Iterator[tuple[int, int, bool]]:
    """Who is in which team now, and whether they work tickets."""
    rows = memberships.running(now=now).values_list("person", "team", "person__deactivated_at")
    return ((person, team, deactivated_at is None) for person, team, deactivated_at in rows)
