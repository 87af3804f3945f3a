"""The cast: Anna manages, Bartek leads Frontline, where Celina and Dawid are agents; Ewa is an agent of Billing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from milepost.calendars.periods import Duration
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED
from milepost.people import actions
from milepost.people.models import Team, User
from milepost.people.roles import Role

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def user(name: str, role: Role, team: Team | None = None) -> User:
    """A user; one in a team is a person who works tickets in it since New Year."""
    person = None
    if team is not None:
        person = actions.create_person(name, by=None, now=NEW_YEAR)
        begin = actions.lead if role is Role.LEAD else actions.join
        begin(person, team, since=NEW_YEAR, by=None, now=NEW_YEAR)
    address = f"{name.lower()}@example.org"
    return actions.create_user(address, None, name=name, role=role, person=person, by=None, now=NEW_YEAR)


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """Users and teams by name."""
    frontline, billing = (actions.create_team(name, by=None, now=NEW_YEAR) for name in ("Frontline", "Billing"))
    return SimpleNamespace(
        anna=user("Anna", Role.MANAGER),
        bartek=user("Bartek", Role.LEAD, frontline),
        celina=user("Celina", Role.AGENT, frontline),
        dawid=user("Dawid", Role.AGENT, frontline),
        ewa=user("Ewa", Role.AGENT, billing),
        frontline=frontline,
        billing=billing,
    )


@pytest.fixture
def new_goal() -> Callable[..., NewGoal]:
    """Makes what a form sends: tickets closed by month in 2026, unless told otherwise."""

    def make(name: str = "Tickets closed 2026", **fields: Any) -> NewGoal:
        usual: dict[str, Any] = {
            "measure": CLOSED.measure,
            "duration": Duration.MONTHLY,
            "first_day": date(2026, 1, 1),
            "after_day": date(2027, 1, 1),
            "zone": ZoneInfo("Europe/Warsaw"),
            "form_key": uuid4(),
        }
        return NewGoal(name=name, **(usual | fields))

    return make
