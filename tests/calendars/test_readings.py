"""Readings and slots give for any span what the plain walk gives."""

from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.calendars.business_time import LAST_MOMENT, business_seconds, due
from milepost.calendars.readings import Readings
from milepost.calendars.slots import Between, Slots
from milepost.calendars.working_hours import Calendar, Schedule
from tests.calendars.schedules import FIRST, LAST, WARSAW, at, moments, nine_to_five, schedules, unhurried, weekdays

HOUR = 3600
DAY = 24 * HOUR


@unhurried
@given(schedules(), moments, st.lists(st.tuples(moments, moments), min_size=1, max_size=5))
def test_readings_give_what_the_plain_walk_gives(schedule: Schedule, origin: int, spans: list[tuple[int, int]]) -> None:
    readings = Readings(schedule, origin=origin)
    for start, end in spans:
        assert readings.seconds(start, end) == business_seconds(schedule, start, end)


@unhurried
@given(schedules(), moments, moments, st.integers(0, 30_000_000))
def test_readings_are_due_when_the_plain_walk_is(schedule: Schedule, origin: int, start: int, target: int) -> None:
    assert Readings(schedule, origin=origin).due(start, target) == due(schedule, start, target)


def test_the_clock_stands_at_0_at_its_origin_and_below_before() -> None:
    monday = at("2026-03-02T00:00Z")
    readings = Readings(Schedule.of(nine_to_five("UTC")), origin=monday + 5)
    assert [readings.at(monday + days * DAY) // HOUR for days in (-7, -1, 0, 1, 7)] == [-40, 0, 0, 8, 40]


def test_readings_reach_over_years_in_both_directions() -> None:
    schedule = Schedule.of(nine_to_five(country="PL"))
    readings = Readings(schedule, origin=at("2026-03-02T00:00Z"))
    start, end = at("2019-05-01T08:00Z"), at("2033-08-01T08:00Z")
    assert readings.seconds(start, end) == business_seconds(schedule, start, end)


def test_readings_reach_back_a_stretch_at_a_time() -> None:
    readings = Readings(Schedule.of(nine_to_five("UTC")), origin=at("2026-03-02T00:00Z"))
    mondays = ["2025-03-03", "2024-03-04", "2020-03-02"]
    assert [readings.at(at(f"{day}T00:00Z")) // (40 * HOUR) for day in mondays] == [-52, -104, -313]


def test_what_is_never_used_up_before_2100_is_never_due() -> None:
    readings = Readings(Schedule.of(nine_to_five()), origin=LAST_MOMENT - DAY)
    assert readings.due(LAST_MOMENT - HOUR, 10 * HOUR) is None


def in_duckdb(
    schedules: dict[int, Schedule], rows: list[tuple[int | None, int | None, int | None]], *, until: int = LAST
) -> list[int | None]:
    """The business seconds of rows of calendar, start and end, as DuckDB tells them."""
    with duckdb.connect() as db:
        db.execute("CREATE TABLE spans (number INTEGER, calendar INTEGER, start BIGINT, until BIGINT)")
        db.executemany("INSERT INTO spans VALUES (?, ?, ?, ?)", [(place, *row) for place, row in enumerate(rows)])
        slots = Slots.create(db, schedules, since=FIRST - DAY, until=until)
        span = Between("span", calendar="calendar", start="start", end="until")
        asked = f"SELECT {slots.seconds(span)} FROM spans {slots.joins(span)} ORDER BY number"
        return [seconds for (seconds,) in db.execute(asked).fetchall()]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(schedules(), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), moments, moments), min_size=20, max_size=60),
)
def test_duckdb_gives_what_the_plain_walk_gives(found: list[Schedule], spans: list[tuple[int, int, int]]) -> None:
    rows = [(1 + which % len(found), start, end) for which, start, end in spans]
    expected = [business_seconds(found[calendar - 1], start, end) for calendar, start, end in rows]
    assert in_duckdb(dict(enumerate(found, start=1)), list(rows)) == expected


@settings(max_examples=30, deadline=None)
@given(schedules(), st.lists(moments, min_size=1, max_size=20))
def test_a_reading_in_duckdb_is_the_reading_in_python(schedule: Schedule, found: list[int]) -> None:
    readings = Readings(schedule, origin=FIRST)
    with duckdb.connect() as db:
        slots = Slots.create(db, {5: schedule}, since=FIRST, until=LAST)
        db.execute("CREATE TABLE moments AS SELECT unnest(?::BIGINT[]) AS moment", [found])
        slot = slots.join("slot", calendar="5", moment="moment")
        rows = db.execute(f"SELECT moment, {slots.reading('slot', 'moment')} FROM moments {slot}").fetchall()
        slots.function(db, "worked_at")
        called = db.execute("SELECT moment, worked_at(5, moment) FROM moments").fetchall()
    right = {moment: readings.at(moment) for moment in found if moment >= FIRST}
    assert {moment: reading for moment, reading in rows if moment >= FIRST} == right
    assert {moment: reading for moment, reading in called if moment >= FIRST} == right


def test_without_a_calendar_duckdb_counts_every_hour() -> None:
    assert in_duckdb({1: Schedule.of(nine_to_five())}, [(None, FIRST, FIRST + DAY)]) == [DAY]


def test_an_end_that_is_not_told_has_no_seconds_and_one_before_the_start_has_0() -> None:
    held = {1: Schedule.of(nine_to_five())}
    assert in_duckdb(held, [(1, FIRST, None), (None, FIRST, None), (1, FIRST + DAY, FIRST)]) == [None, None, 0]


@pytest.mark.parametrize("moment", [FIRST - 3 * DAY, LAST + 3 * DAY, 253_402_300_799])
def test_outside_of_the_table_duckdb_has_no_seconds_rather_than_wrong_ones(moment: int) -> None:
    held = {1: Schedule.of(nine_to_five()), 2: Schedule.of(nine_to_five())}
    start, end = sorted([FIRST, moment])
    assert in_duckdb(held, [(1, start, end), (2, start, end), (3, FIRST, LAST)]) == [None, None, None]


def test_many_short_breaks_in_a_day_are_all_taken_away() -> None:
    begin = [f"{9 + number // 6:02}:{number % 6}" for number in range(30)]
    stretches = [f"{ten}0–{ten}9" for ten in begin]
    schedule = Schedule.of(Calendar(WARSAW, weekdays(*stretches)))
    monday = at("2024-03-04T00:00Z")
    assert in_duckdb({1: schedule}, [(1, monday, monday + DAY)]) == [30 * 9 * 60]


def test_what_was_worked_before_the_table_begins_does_not_count_in_it() -> None:
    split = Schedule.of(Calendar(ZoneInfo("America/New_York"), weekdays("09:00–12:00", "13:00–17:00")))
    thursday = FIRST - DAY
    assert in_duckdb({1: split}, [(1, thursday, thursday + DAY)]) == [7 * HOUR]


def test_without_any_calendar_there_is_nothing_to_read() -> None:
    assert in_duckdb({}, [(None, FIRST, LAST), (1, FIRST, LAST)]) == [LAST - FIRST, None]
