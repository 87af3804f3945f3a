"""Measures the overview on a database of its own: 200 rows of 200 and of 5,000 targets, and an empty page.

`make bench` calls it. It exits with 1 when the page of many targets takes more than `MORE` times that of few, when it
takes more than `EMPTY` times an empty signed-in page, or when it asks the database more often.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import django

FOLDER: Final = tempfile.TemporaryDirectory(prefix="milepost-bench-")
os.environ |= {"MILEPOST_DATA": FOLDER.name, "DJANGO_SETTINGS_MODULE": "milepost.config.settings"}
os.environ.pop("MILEPOST_DATABASE", None)
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.base import clock
from milepost.calendars.periods import Duration
from milepost.goals import actions
from milepost.goals.actions import NewGoal
from milepost.goals.goal_templates import CLOSED
from milepost.goals.models import Target
from milepost.goals.status import Rules, Span
from milepost.metrics.question import Amount
from milepost.people import actions as people
from milepost.people.models import Person, User
from milepost.people.roles import Role
from milepost.progress.judging import Cell, measurement
from milepost.progress.models import Measurement

MORE: Final = 1.5
EMPTY: Final = 25
ROUNDS: Final = 15
PEOPLE: Final = 50
GOALS: Final = 25


def main() -> int:
    """Fill, measure, print."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    year, now = clock.now().year, clock.now()
    manager = people.create_user("manager@example.org", None, name="Manager", role=Role.MANAGER, by=None, now=now)
    persons = [people.create_person(f"Person {number}", by=None, now=now) for number in range(PEOPLE)]
    reader = Client(headers={"host": "localhost"})
    reader.force_login(manager)
    address = f"/goals?from={year}-01-01&to={year}-12-31"
    empty, _queries = _page(reader, "/goals/archive")
    _goal(0, persons, manager, now)
    few, asked_of_few = _page(reader, address)
    for number in range(1, GOALS):
        _goal(number, persons, manager, now)
    many, asked_of_many = _page(reader, address)
    print(f"200 rows of 200 targets  {few * 1000:6.0f} ms, {asked_of_few} queries")
    print(f"200 rows of 5,000        {many * 1000:6.0f} ms, {asked_of_many} queries")
    print(f"an empty signed-in page  {empty * 1000:6.0f} ms")
    print(f"many against few: {many / few:.2f} x, the bar is {MORE} x")
    print(f"many against empty: {many / empty:.1f} x, the bar is {EMPTY} x")
    return 0 if many <= few * MORE and many <= empty * EMPTY and asked_of_many == asked_of_few else 1


def _goal(number: int, persons: list[Person], by: User, now: datetime) -> None:
    """A goal of four quarters for everybody: 200 targets, all that have begun measured."""
    new = NewGoal(
        name=f"Goal {number:02}",
        measure=CLOSED.measure,
        template=CLOSED.key,
        duration=Duration.QUARTERLY,
        first_day=date(now.year, 1, 1),
        after_day=date(now.year + 1, 1, 1),
        zone=ZoneInfo("UTC"),
        form_key=uuid4(),
        persons=persons,
        value=Decimal(100),
    )
    goal = actions.create(new, by=by, now=datetime(now.year, 1, 1, tzinfo=UTC))
    cells = Target.objects.filter(milestone__goal=goal, milestone__start__lte=now).select_related("milestone")
    Measurement.objects.bulk_create(
        measurement(
            Cell(cell.pk, cell.value, Span(cell.milestone.start, cell.milestone.end)),
            Amount(window=0, group=None, numerator=cell.pk % 150, denominator=1, sample=cell.pk % 150),
            CLOSED.measure,
            covered=True,
            active=True,
            now=now,
            rules=Rules(),
        )
        for cell in cells
    )


def _page(reader: Client, address: str) -> tuple[float, int]:
    """The median seconds of the processor for a page, which other work beside it does not change, and its queries."""
    with CaptureQueriesContext(connection) as queries:
        if reader.get(address).status_code != 200:  # noqa: PLR2004 - a page
            sys.exit(f"{address} is no page")
        # Other requests empty the list.
        asked = len(queries)
    took = []
    for _round in range(ROUNDS):
        began = time.process_time()
        reader.get(address)
        took.append(time.process_time() - began)
    return statistics.median(took), asked


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        connection.close()
        FOLDER.cleanup()
