"""The cast of the tests: who is who, and who may see whom.

Anna manages. Bartek leads Frontline, where Celina and Dawid are agents. Ewa is an agent of Billing: she has no access
to anything of Frontline's people.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from milepost.people import actions
from milepost.people.models import Person, Team, User
from milepost.people.roles import Role

NEW_YEAR: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Users by first name; all but Anna are persons of their team since New Year of 2026."""

    anna: User
    bartek: User
    celina: User
    dawid: User
    ewa: User
    frontline: Team
    billing: Team

    @staticmethod
    def person(user: User) -> Person:
        """The person of a user who works tickets."""
        if user.person is None:
            raise LookupError(f"{user} works no tickets")
        return user.person


def gather() -> Cast:
    """The whole cast, in the database."""
    frontline, billing = (actions.create_team(name, by=None, now=NEW_YEAR) for name in ("Frontline", "Billing"))
    return Cast(
        anna=user("Anna", Role.MANAGER),
        bartek=user("Bartek", Role.LEAD, frontline),
        celina=user("Celina", Role.AGENT, frontline),
        dawid=user("Dawid", Role.AGENT, frontline),
        ewa=user("Ewa", Role.AGENT, billing),
        frontline=frontline,
        billing=billing,
    )


def user(name: str, role: Role, team: Team | None = None) -> User:
    """A user without a password; one in a team is a person who works tickets there since New Year."""
    person = None
    if team is not None:
        person = actions.create_person(name, by=None, now=NEW_YEAR)
        begin = actions.lead if role is Role.LEAD else actions.join
        begin(person, team, since=NEW_YEAR, by=None, now=NEW_YEAR)
    address = f"{name.lower()}@example.org"
    return actions.create_user(address, None, name=name, role=role, person=person, by=None, now=NEW_YEAR)
