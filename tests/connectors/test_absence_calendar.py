"""Absences in iCalendar documents: what covers a day from midnight to midnight."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from milepost.base.errors import SourceFailed
from milepost.connectors.absence_calendar import Days, absent_days

WARSAW = ZoneInfo("Europe/Warsaw")


def calendar(*events: str) -> bytes:
    """A document of events, each given by its lines."""
    blocks = [
        f"BEGIN:VEVENT\nUID:{number}@example.org\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT"
        for number, lines in enumerate(events)
    ]
    lines = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *blocks, "END:VCALENDAR", ""])
    return lines.replace("\n", "\r\n").encode()


def read(*events: str) -> list[Days]:
    return absent_days(calendar(*events), zone=WARSAW, since=date(2026, 1, 1), until=date(2027, 1, 1))


def whole(first: str, after: str) -> str:
    return f"DTSTART;VALUE=DATE:{first}\nDTEND;VALUE=DATE:{after}"


def test_whole_days_are_absent_and_the_last_is_the_one_before_the_end() -> None:
    assert read(whole("20260323", "20260328")) == [(date(2026, 3, 23), date(2026, 3, 28))]


def test_events_that_overlap_or_meet_are_one_absence() -> None:
    assert read(whole("20260323", "20260325"), whole("20260324", "20260327"), whole("20260327", "20260328")) == [
        (date(2026, 3, 23), date(2026, 3, 28))
    ]


def test_of_an_event_with_hours_only_the_days_count_that_it_covers_wholly() -> None:
    monday_to_friday = "DTSTART;TZID=Europe/Warsaw:20260323T090000\nDTEND;TZID=Europe/Warsaw:20260327T170000"
    assert read(monday_to_friday) == [(date(2026, 3, 24), date(2026, 3, 27))]
    assert read("DTSTART:20260323T090000Z\nDTEND:20260323T100000Z") == []


def test_a_day_of_23_hours_is_a_whole_one() -> None:
    assert read("DTSTART:20260328T230000Z\nDTEND:20260329T220000Z") == [(date(2026, 3, 29), date(2026, 3, 30))]


def test_a_leave_that_recurs_comes_every_week_but_on_the_days_that_are_left_out() -> None:
    fridays = f"{whole('20260306', '20260307')}\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260313"
    assert [first for first, _after in read(fridays)] == [date(2026, 3, 6), date(2026, 3, 20), date(2026, 3, 27)]


def test_a_leave_without_an_end_is_read_as_far_as_is_asked() -> None:
    assert len(read(f"{whole('20200103', '20200104')}\nRRULE:FREQ=WEEKLY")) == 52


def test_a_cancelled_leave_is_none() -> None:
    assert read(f"{whole('20260323', '20260328')}\nSTATUS:CANCELLED") == []


def test_a_leave_over_the_edge_is_cut() -> None:
    assert read(whole("20251220", "20260107")) == [(date(2026, 1, 1), date(2026, 1, 7))]


def test_a_leap_day_may_be_one() -> None:
    days = absent_days(
        calendar(whole("20280229", "20280301")), zone=WARSAW, since=date(2028, 1, 1), until=date(2029, 1, 1)
    )
    assert days == [(date(2028, 2, 29), date(2028, 3, 1))]


@pytest.mark.parametrize(
    "document", [b"", b"<html>Sign in</html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\xff\xfe"]
)
def test_what_is_no_calendar_is_refused(document: bytes) -> None:
    with pytest.raises(SourceFailed, match="no iCalendar document"):
        absent_days(document, zone=WARSAW, since=date(2026, 1, 1), until=date(2027, 1, 1))


def test_a_rule_of_every_second_is_refused_before_it_is_followed() -> None:
    with pytest.raises(SourceFailed, match="absences only"):
        read(f"{whole('20260323', '20260324')}\nRRULE:FREQ=SECONDLY")


def test_more_events_than_anybody_has_absences_are_refused() -> None:
    many = [f"{whole('20200101', '20200102')}\nRRULE:FREQ=DAILY"] * 20
    with pytest.raises(SourceFailed, match="absences only"):
        read(*many)
