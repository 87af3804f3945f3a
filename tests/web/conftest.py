"""Pages of the cast's desk on Monday 16 March 2026, noon in Warsaw."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.test import Client

from milepost.account import actions as account
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Goal, Target
from milepost.goals.status import Rules, Span
from milepost.metrics.question import Amount, Measure
from milepost.people.models import User
from milepost.progress.judging import Cell, measurement
from tests.cast import Cast

NOW = datetime(2026, 3, 16, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The moment of every page."""
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass(frozen=True)
class Desk:
    """Goals of the cast, and what was measured of them."""

    cast: Cast
    new_goal: Callable[..., NewGoal]

    def goal(self, name: str, **fields: Any) -> Goal:
        """Anna publishes a goal; monthly over 2026 unless told otherwise."""
        return actions.create(self.new_goal(name, **fields), by=self.cast.anna, now=datetime(2026, 1, 1, tzinfo=UTC))

    def measured(self, goal: Goal, name: str, month: int, value: int, *, sample: int = 20) -> None:
        """What a contributor reached in a month, judged now by the rules of the product."""
        targets = Target.objects.filter(milestone__goal=goal, milestone__first_day__month=month)
        target = next(one for one in targets.select_related("milestone") if str(one.contributor) == name)
        measure = Measure.from_json(goal.measure)
        numerator, denominator = Fraction(value).as_integer_ratio()
        measurement(
            Cell(target.pk, target.value, Span(target.milestone.start, target.milestone.end)),
            Amount(window=0, group=None, numerator=numerator, denominator=denominator, sample=sample),
            measure,
            covered=True,
            active=True,
            now=NOW,
            rules=Rules(),
        ).save()


@pytest.fixture
def desk(cast: Cast, new_goal: Callable[..., NewGoal]) -> Desk:
    """The cast's desk, on the clocks of Warsaw."""
    account.change(by=None, now=NOW, name="Kestrel", zone="Europe/Warsaw")
    return Desk(cast, new_goal)


@pytest.fixture
def reader() -> Callable[[User | None], Client]:
    """A browser of a user, signed in; of nobody, not."""

    def opened(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return opened


@pytest.fixture
def closed(desk: Desk) -> Goal:
    """30 tickets a month of Celina, Dawid and Ewa, 60 of Frontline. In March Celina is past it, Dawid far behind."""
    cast = desk.cast
    goal = desk.goal(
        "Tickets closed 2026",
        template=CLOSED.key,
        persons=[cast.person(one) for one in (cast.celina, cast.dawid, cast.ewa)],
        teams=[cast.frontline],
        value=Decimal(30),
    )
    for name, february, march in (("Celina", 31, 40), ("Dawid", 12, 3), ("Ewa", 30, 15), ("Frontline", 43, 43)):
        desk.measured(goal, name, 2, february)
        desk.measured(goal, name, 3, march)
    return goal


def text(client: Client, address: str = "/goals") -> str:
    """What a page says, without its marks."""
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.content.decode().split("<main", 1)[1]
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", body))


def names(page: str) -> set[str]:
    """Who of the cast has a row on a page."""
    _, _, rows = page.partition(" Contributor ")
    return {name for name in ("Celina", "Dawid", "Ewa", "Frontline") if f" {name} " in rows}
