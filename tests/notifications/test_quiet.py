"""Quiet hours, also over the nights in which clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.notifications.quiet import QuietHours

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = QuietHours(time(18), time(8), WARSAW)


@pytest.mark.parametrize(
    ("ready", "leaves"),
    [
        # Winter: Warsaw is an hour ahead.
        ("2026-03-16 16:59", "2026-03-16 16:59"),
        ("2026-03-16 17:00", "2026-03-17 07:00"),
        ("2026-03-17 03:00", "2026-03-17 07:00"),
        ("2026-03-17 07:00", "2026-03-17 07:00"),
        # Clocks go forward in the night to 29 March: the morning comes an hour sooner.
        ("2026-03-28 17:00", "2026-03-29 06:00"),
        ("2026-03-29 05:59", "2026-03-29 06:00"),
        # And back in the night to 25 October: an hour later.
        ("2026-10-24 16:00", "2026-10-25 07:00"),
        ("2026-10-25 06:59", "2026-10-25 07:00"),
    ],
)
def test_a_message_waits_for_the_morning(ready: str, leaves: str) -> None:
    assert NIGHT.leaves(_at(ready)) == _at(leaves)


def test_hours_may_lie_within_a_day_or_be_none() -> None:
    lunch = QuietHours(time(12), time(13), WARSAW)
    assert lunch.leaves(_at("2026-03-16 11:30")) == _at("2026-03-16 12:00")
    assert lunch.leaves(_at("2026-03-16 12:30")) == _at("2026-03-16 12:30")
    never = QuietHours(time(8), time(8), WARSAW)
    assert never.leaves(_at("2026-03-16 07:00")) == _at("2026-03-16 07:00")


def test_an_end_that_clocks_skip_comes_when_it_would_have_come() -> None:
    skipped = QuietHours(time(22), time(2, 30), WARSAW)
    assert skipped.leaves(_at("2026-03-28 23:00")) == _at("2026-03-29 01:30")


@given(
    ready=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    start=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    end=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_a_message_never_leaves_before_it_is_ready_nor_later_than_a_day(
    ready: datetime, start: time, end: time, zone: str
) -> None:
    quiet = QuietHours(start, end, ZoneInfo(zone))
    leaves = quiet.leaves(ready)
    assert ready <= leaves <= ready + timedelta(hours=26)
    assert quiet.leaves(leaves) == leaves or start == end


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
