"""The demo is worth looking at on whatever day it is started: here on 60 days in a row.

The log moves by whole weeks, so the desks of two days with one weekday differ by nothing but their dates. That is
proved first. Then each weekday's desk is loaded once, as the command does it, and is moved on from week to week.
"""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest
from django.db import connection

from milepost.calendars.periods import Duration
from milepost.cli import demo
from milepost.connectors.demo.log import LOG
from milepost.goals.models import Contributor, Goal, Milestone, Target
from milepost.goals.status import Status
from milepost.people.models import Person, Team, User
from milepost.progress import only_added
from milepost.progress.models import Measurement, Verdict
from milepost.progress.queries import Overview
from milepost.sources import sync
from milepost.sources.models import Source
from milepost.tickets.store import Store

# From a Wednesday over the end of a quarter, which is the end of a year, into the next one.
FIRST: Final = date(2026, 11, 25)
DAYS: Final = 60
WEEK: Final = timedelta(weeks=1)
MOMENTS: Final = ("happened_at", "ended_at", "counts_from", "counts_until", "field_resolved_at")
EVERY_STATUS: Final = set(Status) - {Status.NOT_SET}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    settings.FACTS_FOLDER = tmp_path / "facts"


def morning(day: date) -> datetime:
    """Some moment of the day, of another hour each day."""
    return datetime(day.year, day.month, day.day, day.toordinal() % 24, 30, tzinfo=UTC)


def load(day: date) -> Overview:
    """What `milepost demo --once` prints on that day."""
    return demo.around(demo.load(now=morning(day)), now=morning(day))


def move_on(weeks: int) -> None:
    """The desk as it would have been loaded so many weeks later, before its goals are set."""
    by = weeks * WEEK
    move_facts(sync.store(), int(by.total_seconds()))
    source = Source.objects.get()
    assert source.complete_from is not None
    assert source.complete_until is not None
    source.complete_from, source.complete_until = source.complete_from + by, source.complete_until + by
    source.slug = f"demo-{source.complete_until:%Y%m%d}"
    source.save()
    with only_added.emptying(connection):
        Measurement.objects.all().delete()
        Verdict.objects.all().delete()
        Goal.objects.all().delete()


def move_facts(store: Store, seconds: int) -> None:
    columns = ", ".join(f"{name} + {seconds} AS {name}" for name in MOMENTS)
    for name in store.manifest().facts():
        file = store.folder / name
        moved = file.with_suffix(".moved")
        duckdb.sql(f"COPY (SELECT * REPLACE ({columns}) FROM '{file}') TO '{moved}' (FORMAT parquet)")
        moved.replace(file)


def everything(store: Store) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """All facts, and all names with their numbers."""
    return (
        store.read(lambda db: db.execute("SELECT * FROM facts ORDER BY ALL").fetchall()),
        store.read(lambda db: db.execute("SELECT kind, number, text FROM names ORDER BY ALL").fetchall()),
    )


@cache
def told(column: str) -> frozenset[str]:
    """What the log has in a column."""
    with zipfile.ZipFile(LOG) as archive, archive.open("incident_event_log.csv") as raw:
        return frozenset(row[column] for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8")))


@pytest.mark.django_db(transaction=True)
def test_a_desk_of_another_week_is_loaded_anew_and_is_the_same_but_for_its_dates() -> None:
    load(FIRST)
    move_on(weeks=3)
    moved = everything(sync.store())
    span = Source.objects.values_list("complete_from", "complete_until").get()
    load(FIRST)
    later = FIRST + 3 * WEEK
    assert load(later).rows
    assert everything(sync.store()) == moved
    assert Source.objects.values_list("complete_from", "complete_until").get() == span
    assert Source.objects.get().slug == f"demo-{later:%Y%m%d}"
    sprint = Goal.objects.get(duration=Duration.CUSTOM.value)
    assert sprint.after_day == later - timedelta(days=2)


@pytest.mark.django_db
@pytest.mark.parametrize("weekday", range(7))
def test_every_status_is_there_on_every_day_and_every_name_is_of_the_log(weekday: int) -> None:
    days = [FIRST + timedelta(days=number) for number in range(weekday, DAYS, 7)]
    for day in days:
        if day != days[0]:
            move_on(weeks=1)
        shown = load(day)
        assert Source.objects.get().slug == f"demo-{day:%Y%m%d}"
        assert EVERY_STATUS - shown.counts.by_status.keys() == set(), day
        assert Target.objects.filter(value__isnull=True).count() == 0
        holds_goals_of_every_kind(day)
    assert [one.name for one in Person.objects.all() if one.name not in told("assigned_to")] == []
    assert [one.name for one in Team.objects.all() if one.name not in told("assignment_group")] == []
    assert [user.name for user in User.objects.all()] == ["Demo"]


def holds_goals_of_every_kind(day: date) -> None:
    """Weekly, monthly, quarterly, yearly and custom goals, for teams and agents, from last quarter on."""
    assert set(Goal.objects.values_list("duration", flat=True)) == {one.value for one in Duration}
    assert Contributor.objects.filter(team__isnull=False).values("team").distinct().count() > 2
    assert Contributor.objects.filter(person__isnull=False).values("person").distinct().count() > 2
    weekly = Goal.objects.filter(duration=Duration.WEEKLY.value)
    assert {goal.milestones.count() for goal in weekly} == {13}
    assert all(goal.milestones.filter(first_day__lte=day, after_day__gt=day).count() == 1 for goal in weekly)
    first = {"2026-4": date(2026, 7, 1), "2027-1": date(2026, 10, 1)}[f"{day.year}-{(day.month + 2) // 3}"]
    for duration in (Duration.MONTHLY, Duration.QUARTERLY):
        milestones = Milestone.objects.filter(goal__duration=duration.value)
        assert set(milestones.filter(ordinal=0).values_list("first_day", flat=True)) == {first}
        assert milestones.filter(first_day__lte=day, after_day__gt=day).exists()
    assert Milestone.objects.filter(goal__duration=Duration.YEARLY.value, first_day__year=day.year).exists()
