"""Who is told of a target: the contributor, who leads them, who made the goal; and nobody who may not see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from milepost.goals.models import Contributor
from milepost.goals.notices import Audience
from milepost.goals.visibility import reach
from milepost.people import memberships
from milepost.people.models import User
from milepost.people.roles import Capability, Scope


@dataclass(frozen=True)
class Recipient:
    """Who is told, and why."""

    user: User
    audience: Audience


@dataclass
class Directory:
    """Who belongs to whom at a moment: asked once for any number of contributors."""

    users: dict[int, User] = field(default_factory=dict)
    makers: dict[int, User] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    leads: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    teams: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def load(cls, contributors: Iterable[Contributor], *, now: datetime) -> "Directory":
        """Those that belong to these contributors, in three queries."""
        directory, asked = cls(), list(contributors)
        there = memberships.running(now=now)
        persons = {one.person_id for one in asked if one.person_id is not None}
        theirs = there.filter(person__in=persons).values("team")
        of_teams = Q(team__in={one.team_id for one in asked if one.team_id is not None})
        for person, team, leads in there.filter(of_teams | Q(team__in=theirs)).values_list("person", "team", "leads"):
            directory.members[team].add(person)
            directory.teams[person].add(team)
            if leads:
                directory.leads[team].add(person)
        known = persons.union(*directory.members.values())
        active = User.objects.filter(is_active=True)
        directory.users = {user.person_id: user for user in active.filter(person__in=known) if user.person_id}
        directory.makers = active.in_bulk({one.goal.created_by_id for one in asked if one.goal.created_by_id})
        return directory

    def recipients(self, contributor: Contributor, audiences: Iterable[Audience]) -> list[Recipient]:
        """Each once, as the first of the audiences they belong to."""
        told: dict[int, Recipient] = {}
        wanted = set(audiences)
        for audience in Audience:
            for user in self._of(contributor, audience) if audience in wanted else ():
                if self._may_see(user, contributor):
                    told.setdefault(user.pk, Recipient(user, audience))
        return list(told.values())

    def _of(self, contributor: Contributor, audience: Audience) -> list[User]:
        match audience:
            case Audience.PERSON:
                return self._users(self._persons(contributor))
            case Audience.LEAD:
                return self._users(self._leading(contributor))
            case Audience.MANAGER:
                maker = self.makers.get(contributor.goal.created_by_id or 0)
                return [] if maker is None else [maker]

    def _persons(self, contributor: Contributor) -> set[int]:
        if contributor.team_id is not None:
            return self.members[contributor.team_id]
        return set() if contributor.person_id is None else {contributor.person_id}

    def _leading(self, contributor: Contributor) -> set[int]:
        if contributor.team_id is not None:
            return self.leads[contributor.team_id]
        return set().union(*(self.leads[team] for team in self.teams[contributor.person_id or 0]))

    def _users(self, persons: Iterable[int]) -> list[User]:
        return [self.users[person] for person in sorted(persons) if person in self.users]

    def _may_see(self, user: User, contributor: Contributor) -> bool:
        if contributor.team_id is not None or user.person_id == contributor.person_id:
            return True
        match reach(user, Capability.SEE_INDIVIDUALS):
            case Scope.ALL:
                return True
            case Scope.MY_TEAMS:
                return user.person_id in self._leading(contributor)
        return False
