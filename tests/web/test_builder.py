"""Building a measure from scratch, on the tickets of a small help desk."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from milepost.account.working_hours import set_hours
from milepost.connectors.table import mapping
from milepost.goals.models import Draft, Goal
from milepost.people.models import User
from milepost.sources import sync
from milepost.sources.models import Source
from tests.calendars.schedules import nine_to_five
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
MAPPING = """
rows: tickets
ticket: id
created: created
first_reply: replied
resolved: resolved
dates: {format: "%Y-%m-%d %H:%M", zone: UTC}
agent: agent
team: team
priority: priority
channel: channel
"""
HEADER = ("id", "created", "replied", "resolved", "agent", "team", "priority", "channel")


@pytest.fixture
def tickets(settings: Any, tmp_path: Path, db: None) -> None:
    """Ten tickets of February: those of even number are urgent and took an hour, the others a day."""
    settings.DATA_FOLDER = tmp_path
    settings.FACTS_FOLDER = tmp_path / "facts"
    file, mapped = tmp_path / "tickets.csv", tmp_path / "mapping.yaml"
    mapped.write_text(MAPPING)
    with file.open("w", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(HEADER)
        for number in range(10):
            urgent = number % 2 == 0
            day = datetime(2026, 2, 1 + number, 8, tzinfo=UTC)
            done = day.replace(hour=9) if urgent else day.replace(day=day.day + 1)
            times = [f"{moment:%Y-%m-%d %H:%M}" for moment in (day, day.replace(minute=30), done)]
            lines.writerow([number, *times, "Celina", "Frontline", "high" if urgent else "low", "mail"])
    sync.import_file(
        file,
        mapping.load(mapped),
        slug="desk",
        name="Help desk",
        make=Source.Make.FILE,
        zone=ZoneInfo("UTC"),
        now=NOW,
    )


class Builder:
    """Anna builds a measure."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.address = client.post("/goals/new", {"scratch": ""}).headers["Location"]

    def builds(self, *button: str, **fields: Any) -> Any:
        """The answer to the form, sent with a button; without one, by the script that saves."""
        usual = {"metric": "", "aggregate": "", "within": "", "days": "", "better": "", "least": ""}
        return self.client.post(self.address, usual | fields | dict.fromkeys(button, ""))


@pytest.fixture
def builder(desk: Desk, reader: Reader, tickets: None) -> Builder:
    """From scratch."""
    return Builder(reader(desk.cast.anna))


def test_without_a_measure_the_other_steps_wait(builder: Builder) -> None:
    assert builder.address.endswith("/measure")
    details = builder.client.get(builder.address.replace("/measure", "/details"))
    assert details.headers["Location"] == builder.address
    page = builder.builds("next").content.decode()
    assert "Choose what to measure." in page


def test_every_metric_is_listed_and_those_that_no_source_tells_say_so(builder: Builder) -> None:
    page = builder.client.get(builder.address).content.decode()
    assert '<option value="full_resolution">Full resolution time</option>' in page
    assert "disabled>Customer satisfaction (No source tells this.)</option>" in page


@pytest.mark.parametrize(
    ("built", "said"),
    [
        ({"metric": "full_resolution"}, "12\u00a0h\u00a030\u00a0min over 10 tickets"),
        ({"metric": "full_resolution", "aggregate": "median"}, "12\u00a0h\u00a030\u00a0min over 10 tickets"),
        ({"metric": "full_resolution", "aggregate": "maximum"}, "24\u00a0h over 10 tickets"),
        ({"metric": "full_resolution", "where-priority": ["high"]}, "1\u00a0h over 5 tickets"),
        ({"metric": "tickets_closed", "where-priority": ["high"]}, "Yours in February\u00a02026: 5<"),
        ({"metric": "first_response"}, "30\u00a0min over 10 tickets"),
    ],
)
def test_the_preview_is_counted_on_the_real_tickets(builder: Builder, built: dict[str, Any], said: str) -> None:
    assert said in builder.builds(**built).content.decode()


def test_filters_that_no_ticket_passes_are_pointed_out(builder: Builder) -> None:
    page = builder.builds(metric="tickets_closed", **{"where-priority": ["none has this"]}).content.decode()
    assert "No tickets matched in the last 90 days. Check the filters." in page


@pytest.mark.parametrize(
    ("built", "sentence"),
    [
        ({"metric": "tomorrow"}, "Choose what to measure."),
        ({"metric": "full_resolution", "days": "many"}, "Enter a number of days from 0 to 365."),
        ({"metric": "full_resolution", "days": "366"}, "Enter a number of days from 0 to 365."),
        ({"metric": "full_resolution", "least": "-1"}, "Enter a number of tickets from 0 to 10,000."),
        ({"metric": "first_response_within", "within": ""}, "is not a duration."),
        ({"metric": "first_response_within", "within": "soon"}, "“soon” is not a duration. Try 48, 1:30 or 1 h 30."),
    ],
)
def test_what_has_no_meaning_is_told_and_stays_as_typed(builder: Builder, built: dict[str, Any], sentence: str) -> None:
    answer = builder.builds("next", **built)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert Draft.objects.get().data["measure"] == {}
    assert Draft.objects.get().data["scratch"]["metric"] == built["metric"]


def test_a_goal_from_scratch_is_published_with_its_measure(desk: Desk, builder: Builder) -> None:
    built = {"metric": "full_resolution", "aggregate": "p90", "days": "7", "least": "3", "where-priority": ["high"]}
    answer = builder.builds("next", **built)
    details = answer.headers["Location"]
    assert 'name="name" value="Full resolution time 2026"' in builder.client.get(details).content.decode()
    form = {
        "name": "Urgent ones",
        "contributors": [f"person-{desk.cast.person(desk.cast.celina).pk}"],
        "duration": "monthly",
        "year": "2026",
    }
    assert builder.client.post(details, form | {"next": ""}).status_code == 302
    builder.client.post(details.replace("/details", "/notifications"), {"publish": ""})
    goal = Goal.objects.get()
    assert goal.template == ""
    assert goal.measure == {
        "version": 1,
        "metric": "full_resolution",
        "aggregate": "p90",
        "hours": "calendar",
        "within": None,
        "days": 7,
        "where": {"priority": ["high"]},
        "better": None,
        "least": 3,
    }


def test_another_metric_takes_its_own_aggregate(builder: Builder) -> None:
    builder.builds(metric="full_resolution", aggregate="p90")
    builder.builds(metric="tickets_closed", aggregate="p90")
    assert Draft.objects.get().data["measure"]["aggregate"] == "count"


def test_turning_the_direction_round_is_kept(builder: Builder) -> None:
    builder.builds(metric="tickets_closed", better="lower")
    assert Draft.objects.get().data["measure"]["better"] == "lower"


def test_durations_are_in_business_hours_once_these_are_set_unless_calendar_hours_are_chosen(
    desk: Desk, builder: Builder
) -> None:
    assert 'name="hours"' not in builder.builds(metric="full_resolution").content.decode()
    set_hours(nine_to_five("UTC"), team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    sync.retime()
    page = builder.builds(metric="full_resolution").content.decode()
    assert '<option value="business" selected>business hours</option>' in page
    assert "12\u00a0h\u00a030\u00a0min over 10 tickets" not in page
    assert Draft.objects.get().data["measure"]["hours"] == "business"
    page = builder.builds(metric="full_resolution", hours="calendar").content.decode()
    assert "12\u00a0h\u00a030\u00a0min over 10 tickets" in page
    assert Draft.objects.get().data["measure"]["hours"] == "calendar"
    assert 'name="hours"' not in builder.builds(metric="tickets_closed").content.decode()


def test_a_template_in_business_hours_can_be_taken_in_calendar_hours(desk: Desk, builder: Builder) -> None:
    set_hours(nine_to_five("UTC"), team=None, valid_from=None, by=desk.cast.anna, now=NOW)
    sync.retime()
    anna = builder.client
    Draft.objects.all().delete()
    assert "In business hours." in anna.get("/goals/new").content.decode()
    details = anna.post("/goals/new", {"template": "resolution"}).headers["Location"]
    page = anna.get(details).content.decode()
    assert 'name="hours" value="business" checked' in page
    assert "working days" in page
    anna.post(details, {"name": "Slow ones", "duration": "monthly", "hours": "calendar", "save": ""})
    assert Draft.objects.get().data["measure"]["hours"] == "calendar"
