"""What every test may ask for."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from milepost.calendars.periods import Duration
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED
from milepost.progress import only_added
from tests.cast import Cast, gather


@pytest.fixture(autouse=True)
def _emptying(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits is followed by emptying the database, which its guards would refuse."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not commits and not (marker is not None and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    only_added.guard(connection)
    yield
    only_added.open_(connection)


@pytest.fixture
def cast(db: None) -> Cast:
    """Anna, Bartek, Celina, Dawid and Ewa, with their teams."""
    return gather()


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


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark what needs the database, so that it can be run again on PostgreSQL; not what takes too long for that."""
    for item in items:
        if item.get_closest_marker("once"):
            continue
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("django_db") or {"db", "transactional_db", "live_server"} & set(fixtures):
            item.add_marker(pytest.mark.database)
