"""Measures business seconds of ten million spans in DuckDB against a plain sum of the same columns.

`make bench` calls it.
Exits with 1 when the ratio is above the bar, or when a span that is looked at differs from the plain walk. Only the
ratio tells something: both are measured in turn, in one process, so that they share what else the machine does.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from milepost.calendars.business_time import business_seconds
from milepost.calendars.readings import Readings
from milepost.calendars.slots import Between, Slots
from milepost.calendars.working_hours import Calendar, Hours, Schedule

ROWS = 10_000_000
ROUNDS = 9
MUST, AIM = 35, 8
SAMPLE = 5_000
# Three years of starts and a month for the longest span to end in.
SINCE = int(datetime(2023, 1, 1, tzinfo=UTC).timestamp())
STARTS = 3 * 365 * 86_400
LONGEST = 30 * 86_400
WEEKDAYS, WEEKEND = 5, 2


def new_york() -> Schedule:
    """A morning and an afternoon on weekdays, the holidays of the country, two clock changes a year."""
    day = (Hours(9 * 60, 12 * 60), Hours(13 * 60, 17 * 60))
    return Schedule.of(Calendar(ZoneInfo("America/New_York"), (day,) * WEEKDAYS + ((),) * WEEKEND, "US"))


def seconds_of(act: Callable[[], Any]) -> float:
    """How long an act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> int:
    """Reckon, compare, and print the ratio beside its bar."""
    schedule = new_york()
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as db:
        db.execute("SELECT setseed(0.5)")
        db.execute(
            "CREATE TABLE spans AS SELECT start, start + (random() ** 4 * ?)::BIGINT AS until "
            "FROM (SELECT ? + (random() * ?)::BIGINT AS start FROM range(?))",
            [LONGEST, SINCE, STARTS, ROWS],
        )
        slots = Slots.create(db, {1: schedule}, since=SINCE, until=SINCE + STARTS + LONGEST)
        span = Between("span", calendar="1", start="start", end="until")
        asked = f"{slots.seconds(span)} AS seconds FROM spans {slots.joins(span)}"
        plain, business = [], []
        for _ in range(ROUNDS):
            plain.append(seconds_of(lambda: db.execute("SELECT sum(start), sum(until) FROM spans").fetchall()))
            business.append(seconds_of(lambda: db.execute(f"CREATE OR REPLACE TEMP TABLE reckoned AS SELECT {asked}")))
        db.execute(f"DELETE FROM spans WHERE rowid % {ROWS // SAMPLE} > 0")
        sample = db.execute(f"SELECT start, until, {asked}").fetchall()
    wrong = sum(seconds != business_seconds(schedule, start, until) for start, until, seconds in sample)
    ratio = statistics.median(business) / statistics.median(plain)
    clock = Readings(schedule, origin=SINCE)
    clock.at(SINCE + STARTS + LONGEST)
    walk = seconds_of(lambda: [business_seconds(schedule, start, until) for start, until, _ in sample])
    read = seconds_of(lambda: [clock.seconds(start, until) for start, until, _ in sample])
    print(f"business seconds of {ROWS:,} spans, materialised: {ratio:.0f} × a plain sum; must {MUST} ×, aim {AIM} ×")
    print(f"  in DuckDB {ROWS / statistics.median(business) / 1e6:.1f} million a second", end=", ")
    print(f"by readings {SAMPLE / read:,.0f}, by the plain walk {SAMPLE / walk:,.0f}")
    print(f"  {wrong} of {SAMPLE:,} differ from the plain walk")
    return 0 if ratio <= MUST and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
