"""`milepost measure --hours business` against the plain walk: tickets around a clock change, two kinds of hours."""

import csv
import io
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from milepost.account.working_hours import set_hours
from milepost.calendars.business_time import business_seconds
from milepost.calendars.working_hours import Calendar, Schedule
from milepost.connectors.table import mapping
from milepost.people.models import Team
from milepost.sources import sync
from milepost.sources.models import Source
from tests.calendars.schedules import WARSAW, hours, nine_to_five

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 20, tzinfo=UTC)
# Nights too, so that the change of the clock on 29 March counts.
NIGHTS = Calendar(WARSAW, (hours("00:00–05:35", "22:00–23:59"),) * 7, "PL")
OFFICE = nine_to_five(country="PL")
MAPPING = """
rows: tickets
ticket: id
created: created
first_reply: replied
resolved: resolved
dates: {format: "%Y-%m-%d %H:%M:%S", zone: UTC}
agent: agent
team: team
"""
WORKS = {"Frontline": OFFICE, "Billing": NIGHTS}


@dataclass(frozen=True)
class Ticket:
    """A ticket of one group from its creation to its resolution."""

    team: str
    created: datetime
    replied: datetime
    resolved: datetime


@pytest.fixture
def tickets(settings: Any, tmp_path: Path) -> list[Ticket]:
    """Sixty tickets of the days before and after the clock change, imported."""
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    random = Random("clock change")  # noqa: S311 - the same ones each time
    found = []
    for number in range(60):
        created = MARCH + timedelta(seconds=random.randrange(12 * 86_400))
        replied = created + timedelta(seconds=random.randrange(1, 3 * 86_400))
        resolved = replied + timedelta(seconds=random.randrange(1, 12 * 86_400))
        found.append(Ticket(("Frontline", "Billing")[number % 2], created, replied, resolved))
    file = tmp_path / "tickets.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(("id", "created", "replied", "resolved", "agent", "team"))
        for number, one in enumerate(found):
            moments = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (one.created, one.replied, one.resolved))
            rows.writerow((number, *moments, "Celina", one.team))
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    # Working hours were set before a ticket of the groups came.
    for name, calendar in WORKS.items():
        team = Team.objects.create(name=name)
        set_hours(calendar, team=team.pk, valid_from=None, by=None, now=NOW)
    sync.import_file(
        file,
        mapping.load(tmp_path / "mapping.yaml"),
        slug="desk",
        name="desk",
        make=Source.Make.FILE,
        zone=ZoneInfo("UTC"),
        now=NOW,
    )
    return found


def measured(metric: str) -> dict[str, int]:
    """The sum by group, as the command prints it."""
    out = io.StringIO()
    span = {"first": date(2026, 3, 1), "last": date(2026, 4, 30), "duration": "yearly"}
    call_command("measure", metric=metric, by="team", hours="business", format="json", stdout=out, **span)
    return {row["group"]: row["numerator"] for row in json.loads(out.getvalue())}


def walked(tickets: list[Ticket], end: str) -> dict[str, int]:
    """The same by the plain walk over days."""
    found: dict[str, int] = defaultdict(int)
    for one in tickets:
        span = int(one.created.timestamp()), int(getattr(one, end).timestamp())
        found[one.team] += business_seconds(Schedule.of(WORKS[one.team]), *span)
    return dict(found)


def test_every_group_has_the_seconds_that_its_team_worked(tickets: list[Ticket]) -> None:
    assert measured("average_response_time") == walked(tickets, "replied")
    assert measured("average_resolution_time") == walked(tickets, "resolved")


def test_without_working_hours_it_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.FACTS_FOLDER = tmp_path / "facts"
    with pytest.raises(CommandError, match="No calendar is set"):
        measured("average_response_time")
