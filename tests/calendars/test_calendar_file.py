"""A calendar file is read, YAML or JSON, and what is wrong in it is refused with what to do."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from milepost.base.errors import Refused
from milepost.calendars import calendar_file
from milepost.calendars.working_hours import Calendar
from tests.calendars.schedules import calendars, hours, nine_to_five, unhurried

EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/calendar.yaml"
WORKDAY: dict[str, Any] = {"tz": "Europe/Warsaw", "hours": {"mon": [["09:00", "17:00"]]}}


def written(folder: Path, text: str) -> Path:
    """A calendar file."""
    file = folder / "calendar.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_of_the_documentation_is_read() -> None:
    calendar = calendar_file.load(EXAMPLE)
    assert calendar.zone.key == "Europe/Warsaw"
    assert calendar.hours_on(date(2026, 3, 4)) == hours("08:20–12:00", "13:00–17:35")
    assert calendar.hours_on(date(2026, 12, 24)) == hours("09:00–12:00")
    assert calendar.hours_on(date(2026, 11, 11)) == calendar.hours_on(date(2026, 5, 2)) == ()
    assert calendar.breaks == {date(2026, 3, 2): hours("12:00–12:30")}


def test_json_and_yaml_say_the_same_with_quotes_or_without(tmp_path: Path) -> None:
    as_json = calendar_file.load(written(tmp_path, json.dumps(WORKDAY | {"holidays": ["2026-11-11"], "country": "NO"})))
    yaml = "tz: Europe/Warsaw\nhours:\n  mon:\n  - [9:00, 17:00]\nholidays: [2026-11-11]\ncountry: NO\n"
    assert calendar_file.load(written(tmp_path, yaml)) == as_json
    assert as_json.country == "NO"


@unhurried
@given(calendars())
def test_a_calendar_is_the_same_after_it_was_written_and_read(calendar: Calendar) -> None:
    assert calendar_file.parse(json.loads(json.dumps(calendar_file.document(calendar)))) == calendar


def test_what_a_calendar_does_not_have_is_not_written() -> None:
    assert set(calendar_file.document(nine_to_five())) == {"tz", "hours"}


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ({"tz": "Europe/Warszawa"}, "“Europe/Warszawa” is not a time zone"),
        ({"hour": {}}, "“hour” means nothing in the calendar. Did you mean “hours”?"),
        ({"vat": "23"}, "“vat” means nothing in the calendar. It may have: tz, hours,"),
        ({"hours": {"monday": []}}, "“monday” means nothing in the hours. Did you mean “mon”?"),
        ({"hours": {"mon": ["09:00", "17:00"]}}, "“hours: mon” must be a list of opening and closing times"),
        ({"hours": {"mon": "09:00-17:00"}}, "“hours: mon” must be a list"),
        ({"hours": {"mon": [["9", "17:00"]]}}, "“9” under hours: mon is not a time of day. Write it as 09:00"),
        ({"hours": {"mon": [["09:00", "24:01"]]}}, "“24:01” under hours: mon is not a time of day"),
        ({"hours": {"mon": [["09:60", "17:00"]]}}, "“09:60” under hours: mon is not a time of day"),
        ({"hours": {"mon": [["22:00", "06:00"]]}}, "up to 24:00, and on the next day from 00:00"),
        ({"hours": {"mon": [["09:00", "13:00"], ["12:00", "17:00"]]}}, "overlap: 09:00–13:00 and 12:00–17:00"),
        ({"hours": {"mon": []}}, "closed on every weekday"),
        ({"holidays": "2026-11-11"}, "“holidays” must be a list"),
        ({"holidays": ["11.11.2026"]}, "“11.11.2026” under holidays is not a date. Write it as 2026-11-30"),
        ({"date_hours": {"24 Dec": []}}, "“24 Dec” under date_hours is not a date"),
        ({"breaks": ["12:00"]}, "“breaks” must be a list of keys and values"),
        ({"country": "Poland"}, "The holidays of “Poland” are not known"),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_do(wrong: dict[str, Any], answer: str) -> None:
    with pytest.raises(Refused) as refused:
        calendar_file.parse(WORKDAY | wrong)
    assert answer in str(refused.value)


@pytest.mark.parametrize("key", ["tz", "hours"])
def test_a_zone_and_hours_are_needed(key: str) -> None:
    with pytest.raises(Refused, match=f"The calendar has no “{key}”"):
        calendar_file.parse({one: value for one, value in WORKDAY.items() if one != key})


def test_a_file_that_is_no_calendar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        calendar_file.load(tmp_path / "none.yaml")
    with pytest.raises(Refused, match="neither valid YAML nor JSON"):
        calendar_file.load(written(tmp_path, "tz: [Europe"))
    with pytest.raises(Refused, match="“calendar” must be a list of keys and values"):
        calendar_file.load(written(tmp_path, "just words"))
