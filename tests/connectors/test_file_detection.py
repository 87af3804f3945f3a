"""What a ticket table seems to be: encoding, delimiter, dates, and the meanings of its columns."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.base.errors import Refused
from milepost.connectors.files import tables
from milepost.connectors.files.detection import FORMATS, detect, formats_of
from milepost.connectors.table.names import Match, meanings_of

POLISH = "Nr zgłoszenia;Utworzono;Pierwsza odpowiedź;Zamknięto;Właściciel\n7;23.11.2026 14:02;;24.11.2026 09:00;Łucja\n"


def _file(folder: Path, content: bytes, name: str = "tickets.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("encoding", "written"), [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("cp1250", "cp1250"),
                              ("iso8859-2", "iso8859-2"), ("utf-16", "utf-16")]
)  # fmt: skip
def test_a_polish_table_is_known_in_every_encoding(tmp_path: Path, encoding: str, written: str) -> None:
    found = detect(_file(tmp_path, POLISH.encode(written)))
    assert (found.encoding, found.delimiter, found.formats) == (encoding, ";", ["%d.%m.%Y %H:%M"])
    assert [one.meaning for one in found.columns] == ["ticket", "created", "first_reply", "resolved", "agent"]
    assert {one.match for one in found.columns} == {Match.EXACT}
    assert found.columns[4].samples == ["Łucja"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_what_stands_in_the_header(tmp_path: Path, delimiter: str) -> None:
    header = delimiter.join(["id", '"created, by; whom | when"', "closed"])
    assert detect(_file(tmp_path, header.encode() + b"\n1\n")).delimiter == delimiter


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2026-11-23T14:02:00+01:00", "2026-11-23"], [""]),
        (["23/11/2026 14:02"], ["%d/%m/%Y %H:%M"]),
        (["11/23/2026 2:02 PM"], ["%m/%d/%Y %I:%M %p"]),
        (["03/04/2026"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["03/04/2026", "13/04/2026"], ["%d/%m/%Y"]),
        (["31.02.2026", "01.02.2026"], ["%d.%m.%Y"]),
        (["soon"], []),
        ([], []),
    ],
)
def test_dates_are_read_by_the_format_that_reads_the_most(values: list[str], formats: list[str]) -> None:
    assert formats_of(values) == formats


@given(seconds=st.integers(31_536_000, 4_070_908_800), form=st.sampled_from(FORMATS))
def test_a_format_is_found_in_what_it_wrote(seconds: int, form: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    assert form in formats_of([moment.strftime(form) if form else moment.isoformat()])


@given(st.lists(st.sampled_from(["Ticket ID", "id", "Created", "Date created on", "Owner", "Resolved at", "?"])))
def test_no_meaning_is_given_twice(names: list[str]) -> None:
    given_meanings = [meaning for meaning, _ in meanings_of(names) if meaning]
    assert len(given_meanings) == len(set(given_meanings))


def test_part_of_a_name_is_a_guess() -> None:
    assert meanings_of(["Customer priority (1-5)", "Comment"]) == [("priority", Match.GUESSED), (None, Match.NONE)]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "tickets.csv", "has no rows"),
        (b'id,created\n1,"' + b"x" * 2_000_000, "tickets.csv", "is damaged"),
        (b"\xff\xfe\x00\xd8i\x00", "tickets.csv", "is damaged"),
        (b"no workbook", "tickets.xlsx", "is damaged"),
        (b"no columns", "tickets.parquet", "is damaged"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, name: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        detect(_file(tmp_path, content, name))


def test_a_workbook_that_unpacks_to_very_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_UNPACKED", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_001)
    with pytest.raises(Refused, match="unpacks to more than"):
        detect(tmp_path / "bomb.xlsx")
