"""The days that have ended, in zones with nights of other lengths."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from milepost.progress import days

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = st.sampled_from(["Europe/Warsaw", "UTC", "Pacific/Auckland", "America/Havana", "Pacific/Apia"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def ended(since: str, now: str) -> list[str]:
    """On the clocks of Warsaw."""
    moments = (datetime.fromisoformat(moment).replace(tzinfo=WARSAW) for moment in (since, now))
    found = days.ended(WARSAW, since=next(moments), now=next(moments))
    return [f"{one.astimezone(WARSAW):%Y-%m-%d %H:%M:%S%z}" for one in found]


def test_within_a_day_none_has_ended() -> None:
    assert ended("2026-03-16 00:00", "2026-03-16 23:59") == []


def test_a_day_has_ended_at_midnight_and_is_told_once() -> None:
    assert ended("2026-03-16 23:55", "2026-03-17 00:00") == ["2026-03-16 23:59:59+0100"]
    assert ended("2026-03-17 00:00", "2026-03-17 00:05") == []


def test_days_of_23_and_25_hours_are_days() -> None:
    assert ended("2026-03-28 12:00", "2026-03-30 12:00") == ["2026-03-28 23:59:59+0100", "2026-03-29 23:59:59+0200"]
    assert ended("2026-10-24 12:00", "2026-10-26 12:00") == ["2026-10-24 23:59:59+0200", "2026-10-25 23:59:59+0100"]


def test_after_a_clock_was_set_back_no_day_has_ended() -> None:
    assert ended("2026-03-18 12:00", "2026-03-16 12:00") == []


def test_a_long_sleep_is_told_of_its_last_62_days() -> None:
    found = ended("2025-01-01 12:00", "2026-03-16 12:00")
    assert (len(found), found[-1]) == (62, "2026-03-15 23:59:59+0100")


@given(ZONES, MOMENTS, st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), max_size=8))
def test_however_often_one_looks_each_day_is_told_once(zone: str, start: datetime, pauses: list[timedelta]) -> None:
    at, told = start, list[date]()
    for pause in pauses:
        found = days.ended(ZoneInfo(zone), since=at, now=at + pause)
        told += [moment.astimezone(ZoneInfo(zone)).date() for moment in found]
        at += pause
    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (start, at))
    assert told == [first + timedelta(days=number) for number in range((last - first).days)]
