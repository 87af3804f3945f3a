"""`milepost business-seconds` and `business-due` reckon a span, or many, and say what they cannot read."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from milepost.base.errors import Refused
from milepost.calendars.working_hours import Schedule
from milepost.cli.business_time import LONGEST_LINE, Answered, answer, moment
from tests.calendars.schedules import nine_to_five

MILEPOST = Path(sys.executable).with_name("milepost")
CALENDAR = """\
tz: Europe/Warsaw
hours: {mon: [["09:00", "17:00"]], tue: [["09:00", "17:00"]], fri: [["09:00", "17:00"]]}
"""
FRIDAY, MONDAY = "2026-03-06T16:00:00+01:00", "2026-03-09T10:00:00+01:00"


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """Mondays, Tuesdays and Fridays, 09:00 to 17:00 in Warsaw."""
    file = tmp_path / "calendar.yaml"
    file.write_text(CALENDAR)
    return file


def milepost(command: str, calendar: Path, *arguments: str, given: str = "") -> tuple[int, str, str]:
    """Exit code, output and complaint of a command."""
    done = subprocess.run(
        [MILEPOST, command, "--calendar", calendar, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def told(given: bytes) -> tuple[Answered, list[list[str]]]:
    """What is answered to lines on standard input, and the rows below the header."""
    output = io.StringIO()
    answered = answer(Schedule.of(nine_to_five()), io.BytesIO(given), output)
    header, *rows = csv.reader(io.StringIO(output.getvalue()))
    assert header == ["from", "to", "business_seconds", "error"]
    return answered, rows


def test_a_span_is_answered_with_its_seconds(calendar: Path) -> None:
    assert milepost("business-seconds", calendar, FRIDAY, MONDAY) == (0, "7200\n", "")


def test_what_is_due_is_told_in_the_zone_of_the_calendar(calendar: Path) -> None:
    assert milepost("business-due", calendar, "2026-03-06T15:00:00Z", "7200") == (0, f"{MONDAY}\n", "")


def test_pairs_are_answered_and_one_that_cannot_be_read_stops_none(calendar: Path) -> None:
    given = f"from,to\n{FRIDAY},{MONDAY}\nyesterday,{MONDAY}\n{FRIDAY},{MONDAY}\n"
    code, output, complaint = milepost("business-seconds", calendar, given=given)
    assert (code, output.count(f"{FRIDAY},{MONDAY},7200,\n")) == (1, 2)
    assert "Line 3: “yesterday” is not a moment. Write it as 2026-03-02T09:00:00+01:00." in output
    assert "1 of 3 pairs could not be read" in complaint


@pytest.mark.parametrize(
    ("command", "arguments", "answer"),
    [
        ("business-seconds", [FRIDAY], "There is a FROM without a TO"),
        ("business-seconds", ["2026-03-06T16:00", MONDAY], "has no offset"),
        ("business-due", [FRIDAY, "an hour"], "“an hour” is not a number of seconds"),
        ("business-due", [FRIDAY, "99999999999"], "not used up before the year 2100"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_in_a_sentence(
    command: str, arguments: list[str], answer: str, calendar: Path
) -> None:
    code, output, complaint = milepost(command, calendar, *arguments)
    assert (code, output) == (1, "")
    assert answer in complaint
    assert "Traceback" not in complaint


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("06.03.2026", "is not a moment"),
        ("2026-03-06", "has no offset"),
        ("1969-12-31T23:59:59Z", "is not between 1970 and 2100"),
        ("2100-01-01T00:00:00Z", "is not between 1970 and 2100"),
    ],
)
def test_a_moment_has_a_form_an_offset_and_bounds(text: str, answer: str) -> None:
    with pytest.raises(Refused, match=answer):
        moment(text)


def test_parts_of_a_second_are_dropped() -> None:
    assert moment("1970-01-01T01:00:05.999+01:00") == 5


def test_a_table_from_a_spreadsheet_is_read_without_its_names_and_empty_lines() -> None:
    given = f"\ufeffFrom,To\r\n\r\n{FRIDAY},{MONDAY}\r\n".encode()
    assert told(given) == (Answered(pairs=1, unread=0), [[FRIDAY, MONDAY, "7200", ""]])


SPACED = f"{FRIDAY},{MONDAY}".encode() + b" " * 5_000


@pytest.mark.parametrize("line", [b"\xff\xfe,\x00", b'"', b"a,b,c", b"2026-03-06T16:00:00Z", b"a\rb,c", SPACED])
def test_a_line_that_is_no_pair_is_told_with_its_number(line: bytes) -> None:
    answered, rows = told(line + f"\n{FRIDAY},{MONDAY}\n".encode())
    assert answered == Answered(pairs=2, unread=1)
    assert rows[0][2] == ""
    assert rows[0][3].startswith("Line 1: ")
    assert rows[1] == [FRIDAY, MONDAY, "7200", ""]


class Endless(io.BytesIO):
    """Fifty megabytes without the end of a line, and how much was asked for at once."""

    pieces = 50_000
    most = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        self.most = max(self.most, size)
        self.pieces -= 1
        return b"x" * size if self.pieces >= 0 else b""


def test_no_more_than_a_line_is_held_in_memory() -> None:
    endless = Endless()
    assert answer(Schedule(), endless, io.StringIO()) == Answered(pairs=1, unread=1)
    assert endless.most == LONGEST_LINE
