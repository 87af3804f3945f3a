"""Goals under working hours: facts timed by them, running states too, and pace by working time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from milepost.account.working_hours import set_hours
from milepost.base.errors import Refused
from milepost.calendars.business_time import business_seconds
from milepost.calendars.working_hours import Calendar, Schedule
from milepost.goals.goal_templates import RESOLUTION
from milepost.goals.models import Goal
from milepost.metrics import engine
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Hours
from milepost.metrics.question import Amount, By, Measure, Window
from milepost.people.models import Team
from milepost.progress import timing
from milepost.sources import sync
from milepost.sources import timing as sources_timing
from milepost.tickets.store import rebuild
from tests.calendars.schedules import nine_to_five, round_the_clock, weekdays
from tests.progress.conftest import AUGUST, MAY, Desk

pytestmark = pytest.mark.django_db

OFFICE = nine_to_five("UTC")
SHIFTS = Calendar(ZoneInfo("UTC"), weekdays("08:20–12:00", "13:00–17:35"))
# Friday noon: two working days on, the weekend lies between.
FRIDAY = datetime(2026, 5, 8, 12, tzinfo=UTC)
TWO_DAYS = timedelta(days=3)


@pytest.fixture(autouse=True)
def installed(desk: Desk, settings: Any) -> None:
    """The desk is the store of this installation."""
    settings.FACTS_FOLDER = desk.store.folder


def asked(desk: Desk, metric: str, hours: Hours = Hours.BUSINESS, now: datetime = AUGUST) -> dict[int | None, Amount]:
    """A metric in May by team."""
    bound = 3600 if METRICS[metric].bounded else None
    window = Window(0, int(MAY.timestamp()), int(now.timestamp()))
    measure = Measure.of(METRICS[metric], hours=hours, within=bound)
    return {one.group: one for one in engine.measure(desk.store, measure, [window], by=By.TEAM, now=now)}


def worked(calendar: Calendar, start: datetime, end: datetime) -> int:
    """By the plain walk."""
    return business_seconds(Schedule.of(calendar), int(start.timestamp()), int(end.timestamp()))


def test_without_working_hours_business_hours_are_refused(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    with pytest.raises(Refused, match="No calendar is set"):
        asked(desk, "full_resolution")


def test_a_resolution_over_a_weekend_takes_the_hours_that_were_worked(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    set_hours(OFFICE, team=None, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    (amount,) = asked(desk, "full_resolution").values()
    # Friday from 12 to 17, Monday from 9 to 12.
    assert amount.value == 8 * 3600 == worked(OFFICE, FRIDAY, FRIDAY + TWO_DAYS)
    (calendar,) = asked(desk, "full_resolution", Hours.CALENDAR).values()
    assert calendar.value == TWO_DAYS.total_seconds()


def test_each_group_is_timed_by_the_hours_of_its_team(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    desk.solves("Ewa", [FRIDAY], after=TWO_DAYS)
    billing = desk.goal("Billing").contributors.get().team
    assert billing is not None
    set_hours(OFFICE, team=None, valid_from=None, by=desk.anna, now=MAY)
    set_hours(SHIFTS, team=billing.pk, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    values = sorted(one.value or 0 for one in asked(desk, "full_resolution").values())
    assert values == sorted([worked(OFFICE, FRIDAY, FRIDAY + TWO_DAYS), worked(SHIFTS, FRIDAY, FRIDAY + TWO_DAYS)])


def test_a_ticket_that_is_open_ages_by_the_hours_that_are_worked(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=timedelta(days=300))
    set_hours(SHIFTS, team=None, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    for now in (FRIDAY + timedelta(minutes=7), FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=31, seconds=11)):
        (amount,) = asked(desk, "oldest_open", now=now).values()
        assert amount.value == worked(SHIFTS, FRIDAY, now)


def test_hours_are_in_the_facts_once_these_are_made_anew_and_stale_until_then(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    assert not timing.is_stale()
    set_hours(OFFICE, team=None, valid_from=None, by=desk.anna, now=MAY)
    assert timing.is_stale()
    timing.retime(now=AUGUST)
    assert not timing.is_stale()
    generation = desk.store.manifest().generation
    assert sync.retime().months == ()
    assert desk.store.manifest().generation == generation


def test_a_change_of_hours_counts_from_its_day_on(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    set_hours(OFFICE, team=None, valid_from=None, by=desk.anna, now=MAY)
    monday = datetime(2026, 5, 11, tzinfo=UTC)
    set_hours(round_the_clock("UTC"), team=None, valid_from=monday, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    (amount,) = asked(desk, "full_resolution").values()
    assert amount.value == (5 + 12) * 3600


def test_around_the_clock_business_time_is_calendar_time_for_every_metric(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY + timedelta(hours=number) for number in range(5)], after=TWO_DAYS)
    desk.reopens("Celina", FRIDAY, FRIDAY + timedelta(days=5))
    set_hours(round_the_clock(), team=None, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    clocked = [key for key, metric in METRICS.items() if metric.is_clocked and engine.told(desk.store, measure_of(key))]
    assert len(clocked) > 5
    for key in clocked:
        assert asked(desk, key) == asked(desk, key, Hours.CALENDAR), key


def test_the_seconds_of_the_groups_sum_to_the_whole_and_a_mean_lies_between_theirs(desk: Desk) -> None:
    for number, name in enumerate(("Celina", "Ewa", "Celina")):
        desk.solves(name, [FRIDAY + timedelta(hours=7 * number)], after=timedelta(hours=50 + number))
    set_hours(OFFICE, team=None, valid_from=None, by=desk.anna, now=MAY)
    set_hours(SHIFTS, team=Team.objects.get(name="Billing").pk, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    window = Window(0, int(MAY.timestamp()), int(AUGUST.timestamp()))
    measure = measure_of("full_resolution").on(Hours.BUSINESS)
    (whole,) = engine.measure(desk.store, measure, [window], by=By.ALL, now=AUGUST)
    parts = list(asked(desk, "full_resolution").values())
    assert whole.numerator == sum(one.numerator or 0 for one in parts)
    assert whole.denominator == sum(one.denominator or 0 for one in parts)
    assert whole.value is not None
    assert min(one.value or 0 for one in parts) <= whole.value <= max(one.value or 0 for one in parts)


def measure_of(key: str) -> Measure:
    return Measure.of(METRICS[key], within=3600 if METRICS[key].bounded else None)


def test_a_rebuild_gives_the_same_facts(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    set_hours(SHIFTS, team=None, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    before = desk.store.manifest()
    rebuild(desk.store, business=sources_timing.business())
    assert desk.store.manifest() == before


def test_pace_goes_by_the_working_days_that_have_gone(desk: Desk) -> None:
    desk.solves("Celina", [MAY + timedelta(hours=number) for number in range(10)])
    goal = desk.goal("Celina", value=40)
    # Sunday the 10th: almost a third of the days, but six of 21 working days have gone.
    now = datetime(2026, 5, 10, 20, tzinfo=UTC)
    desk.refresh(now)
    assert pace(desk, goal) == "at_risk"
    set_hours(OFFICE, team=None, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=now)
    assert pace(desk, goal) == "behind"


def pace(desk: Desk, goal: Goal) -> str | None:
    measured = desk.measured(goal, "Celina", 5)
    assert measured is not None
    return measured.pace


def test_a_goal_in_business_hours_is_measured_in_them(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    set_hours(OFFICE, team=None, valid_from=None, by=desk.anna, now=MAY)
    goal = desk.goal("Celina", measure=RESOLUTION.measure.on(Hours.BUSINESS), value=3600)
    timing.retime(now=AUGUST)
    measured = desk.measured(goal, "Celina", 5)
    assert measured is not None
    assert measured.shown == Decimal(8 * 3600)


def test_a_goal_in_business_hours_needs_working_hours(desk: Desk) -> None:
    with pytest.raises(Refused, match="No calendar is set"):
        desk.goal("Celina", measure=RESOLUTION.measure.on(Hours.BUSINESS), value=3600)


def test_where_only_a_team_without_a_group_has_hours_every_hour_of_the_others_counts(desk: Desk) -> None:
    desk.solves("Celina", [FRIDAY], after=TWO_DAYS)
    set_hours(OFFICE, team=Team.objects.create(name="Night").pk, valid_from=None, by=desk.anna, now=MAY)
    timing.retime(now=AUGUST)
    (amount,) = asked(desk, "full_resolution").values()
    assert amount.value == TWO_DAYS.total_seconds()
