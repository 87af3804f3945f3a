"""Files become staged events; what cannot be read is counted by reason and kept."""

import csv
import gzip
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import xlsxwriter
import yaml

from milepost.base.errors import Refused
from milepost.connectors.files.reading import Reading, read
from milepost.connectors.table import mapping as mappings
from milepost.tickets.events import Tells
from milepost.tickets.store.staging import NULL

TABLE: dict[str, Any] = {
    "rows": "tickets",
    "ticket": "id",
    "created": "created",
    "first_reply": "first_reply",
    "resolved": "resolved",
    "agent": "agent",
    "team": "team",
    "dates": {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Warsaw"},
}
LOG: dict[str, Any] = {
    "rows": "events",
    "ticket": "id",
    "time": "time",
    "created": "created",
    "agent": "agent",
    "status": {"column": "status", "values": {"New": "new", "Done": "resolved", "?!": "ignore"}},
    "dates": {"format": "%d/%m/%Y %H:%M"},
    "nulls": ["?"],
}
HEADER = ["id", "created", "first_reply", "resolved", "agent", "team"]
ROWS = [
    ["1", "2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 12:00", "Celina", "Frontline"],
    ["2", "2026-03-03 09:00", "", "", "", "Billing"],
]
WARSAW = ZoneInfo("Europe/Warsaw")

Import = Callable[..., Reading]


@pytest.fixture
def importing(tmp_path: Path) -> Import:
    def run(file: Path, document: dict[str, Any]) -> Reading:
        return read(
            file, mappings.parse(document), source="desk", staging=tmp_path / "staged", rejects=tmp_path / "rejects.csv"
        )

    return run


def csv_file(folder: Path, rows: list[list[str]], *, name: str = "desk.csv", encoding: str = "utf-8") -> Path:
    file = folder / name
    with file.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows(rows)
    return file


def staged(reading: Reading) -> list[dict[str, str]]:
    with reading.staged.file.open(encoding="utf-8", newline="") as handle:
        return [dict(zip(reading.staged.columns(), row, strict=True)) for row in csv.reader(handle)]


def seconds(text: str) -> str:
    return str(int(datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp()))


def as_csv(folder: Path) -> Path:
    return csv_file(folder, [HEADER, *ROWS])


def as_zip(folder: Path) -> Path:
    file = folder / "desk.csv.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(as_csv(folder), "desk.csv")
        archive.writestr("__MACOSX/._desk.csv", b"\0")
    return file


def as_gzip(folder: Path) -> Path:
    file = folder / "desk.csv.gz"
    file.write_bytes(gzip.compress(as_csv(folder).read_bytes()))
    return file


def as_xlsx(folder: Path) -> Path:
    file = folder / "desk.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Tickets")
        for line, row in enumerate([HEADER, *ROWS]):
            sheet.write_row(line, 0, row)
        sheet.write_number(1, 0, 1)
    return file


def as_parquet(folder: Path) -> Path:
    file = folder / "desk.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv('{as_csv(folder)}', all_varchar=true, nullstr='')) TO '{file}' (FORMAT parquet)"
    )
    return file


@pytest.mark.parametrize("made", [as_csv, as_zip, as_gzip, as_xlsx, as_parquet])
def test_every_kind_of_file_tells_the_same(importing: Import, tmp_path: Path, made: Callable[[Path], Path]) -> None:
    events = [
        (row["key"], row["happened_at"], row["message"], row["status"], row["agent"], row["team"])
        for row in staged(importing(made(tmp_path), TABLE))
    ]
    none = "\\N"
    assert events == [
        ("1", seconds("2026-03-02 09:00"), none, none, "Celina", "Frontline"),
        ("1", seconds("2026-03-02 09:30"), "reply", none, none, none),
        ("1", seconds("2026-03-02 12:00"), none, "resolved", none, none),
        ("2", seconds("2026-03-03 09:00"), none, none, "", "Billing"),
    ]


def test_bad_rows_are_counted_by_reason_with_their_lines_and_kept(importing: Import, tmp_path: Path) -> None:
    rows = [
        ["id", "time", "created", "status", "agent"],
        ["1", "1/3/2026 09:00", "1/3/2026 09:00", "New", "Celina"],
        ["2", "yesterday", "1/3/2026 09:00", "New", "Celina"],
        ["?", "1/3/2026 09:00", "1/3/2026 09:00", "New", "Celina"],
        ["3", "1/3/2026 09:00", "1/3/2026 09:00", "Lost", "Celina"],
        ["4", "tomorrow", "1/3/2026 09:00", "New", "Celina"],
        ["5", "1/3/2026 09:00"],
        ["6", "1/3/2026 09:10", "1/3/2026 09:00", "?!", "two\nlines"],
        ["7", "1/1/1970 00:00", "1/3/2026 09:00", "New", "?"],
    ]
    reading = importing(csv_file(tmp_path, rows), LOG)
    found = {(one.reason, one.column): (one.count, one.lines, one.example) for one in reading.reasons.values()}
    assert found == {
        ("not a date", "time"): (3, [3, 6, 10], "yesterday"),
        ("no ticket number", "id"): (1, [4], "?"),
        ("a word that the mapping does not know", "status"): (1, [5], "Lost"),
        ("more or fewer columns than the header", "id"): (1, [7], "2"),
    }
    assert (reading.rows, reading.rejected) == (8, 6)
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as handle:
        kept = list(csv.reader(handle))
    assert [row[0] for row in kept[1:]] == ["3", "4", "5", "6", "7", "10"]
    assert kept[1] == ["3", "not a date", "time", "yesterday", *rows[2]]


def test_no_rejects_file_without_rejects(importing: Import, tmp_path: Path) -> None:
    importing(as_csv(tmp_path), TABLE)
    assert not (tmp_path / "rejects.csv").exists()


def test_a_null_mark_in_a_mapped_column_tells_that_there_is_nobody(importing: Import, tmp_path: Path) -> None:
    rows = [["id", "time", "created", "status", "agent"], ["1", "1/3/2026 09:00", "1/3/2026 09:00", "?", "?"]]
    (event,) = staged(importing(csv_file(tmp_path, rows), LOG))
    assert (event["agent"], event["team"], event["status"]) == ("", "\\N", "\\N")


def test_named_fields_keep_their_type(importing: Import, tmp_path: Path) -> None:
    rows = [
        ["id", "time", "created", "status", "agent", "effort", "spent", "due"],
        ["1", "1/3/2026 09:00", "1/3/2026 09:00", "New", "?", "1,5", "1:30", "2/3/2026 09:00"],
    ]
    fields = {
        "effort": {"column": "effort", "type": "number"},
        "spent": {"column": "spent", "type": "duration"},
        "due": {"column": "due", "type": "date"},
    }
    (event,) = staged(importing(csv_file(tmp_path, rows), LOG | {"fields": fields}))
    assert (event["field_effort"], event["field_spent"], event["field_due"]) == ("1.5", "5400", "1772442000")


def test_merges_ratings_and_automatic_messages_are_told(importing: Import, tmp_path: Path) -> None:
    document = LOG | {
        "message": {"column": "message", "values": {"mail": "reply", "robot": "automatic"}},
        "removal": {"column": "what", "values": {"merge": "merged", "edit": "ignore"}},
        "merged_into": "into",
        "rating": {"column": "smile", "values": {"good": 100, "bad": 0}},
    }
    header = ["id", "time", "created", "agent", "status", "message", "what", "into", "smile"]
    when = ["02/03/2026 09:00", "02/03/2026 09:00", "Celina"]
    first = ["1", *when, "New", "robot", "edit", "?", "good"]
    second = ["1", *when, "?!", "?", "merge", "2", "?"]
    reading = importing(csv_file(tmp_path, [header, first, second]), document)
    told = [[row[name] for name in ("message", "removal", "survivor", "score")] for row in staged(reading)]
    assert told == [["automatic", NULL, NULL, "100"], [NULL, "merged", "2", NULL]]
    assert Tells.RATINGS in reading.staged.tells


def test_what_a_table_without_a_reply_column_tells_is_no_response(importing: Import, tmp_path: Path) -> None:
    document = {key: value for key, value in TABLE.items() if key != "first_reply"}
    tells = importing(csv_file(tmp_path, [HEADER, *ROWS]), document).staged.tells
    assert tells == {Tells.STATUS, Tells.AGENTS, Tells.TEAMS}


def test_tags_are_told_apart_and_sorted(importing: Import, tmp_path: Path) -> None:
    rows = [
        ["id", "time", "created", "status", "agent", "labels"],
        ["1", "1/3/2026 09:00", "1/3/2026 09:00", "New", "?", "vip; refund;vip"],
    ]
    (event,) = staged(importing(csv_file(tmp_path, rows), LOG | {"tags": {"column": "labels", "separator": ";"}}))
    assert event["tags"] == "refund\x1fvip"


def test_an_hour_that_does_not_exist_moves_on_and_one_that_comes_twice_is_the_first(
    importing: Import, tmp_path: Path
) -> None:
    rows = [HEADER, ["1", "2026-03-29 02:30", "", "", "", ""], ["2", "2026-10-25 02:30", "", "", "", ""]]
    moments = [row["happened_at"] for row in staged(importing(csv_file(tmp_path, rows), TABLE))]
    assert moments == [
        str(int(datetime.fromisoformat(moment).timestamp()))
        for moment in ("2026-03-29T03:30+02:00", "2026-10-25T02:30+02:00")
    ]


def test_another_encoding_is_read_and_a_wrong_one_sets_rows_aside(importing: Import, tmp_path: Path) -> None:
    rows = [HEADER, ["1", "2026-03-02 09:00", "", "", "Łucja", ""], ["2", "2026-03-02 09:00", "", "", "Celina", ""]]
    file = csv_file(tmp_path, rows, encoding="cp1250")
    assert staged(importing(file, TABLE | {"file": {"encoding": "cp1250"}}))[0]["agent"] == "Łucja"
    reading = importing(file, TABLE)
    assert [(one.reason, one.lines) for one in reading.reasons.values()] == [
        ("not text in the encoding of the mapping", [2])
    ]


def test_a_date_format_that_fits_no_row_is_the_wrong_mapping(importing: Import, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="none of the first 2 rows can be read"):
        importing(as_csv(tmp_path), TABLE | {"dates": {"format": "%d.%m.%Y"}})
    assert not (tmp_path / "staged").exists()


def test_a_column_that_the_file_lacks_is_named_with_those_it_has(importing: Import, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"0 columns named “owner”.*id, created"):
        importing(as_csv(tmp_path), TABLE | {"agent": "owner"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.csv", "has no rows"),
        ("missing.csv", "There is no file"),
        ("notes.txt", "is not a file we read"),
        ("broken.zip", "is damaged"),
        ("broken.gz", "is damaged"),
        ("broken.xlsx", "is damaged"),
        ("broken.parquet", "is damaged"),
        ("header.csv", "has no rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(importing: Import, tmp_path: Path, name: str, said: str) -> None:
    content = {"empty.csv": b"", "missing.csv": None, "header.csv": ",".join(HEADER).encode() + b"\n"}.get(
        name, b"nonsense"
    )
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=said):
        importing(tmp_path / name, TABLE)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"rows": "lines"}, "“rows” in the mapping must be one of: events, tickets"),
    (TABLE | {"agnet": "agent"}, "Did you mean “agent”"),
    (TABLE | {"zzz": "agent"}, "“zzz” means nothing in the mapping. It may have"),
    ({key: value for key, value in TABLE.items() if key != "ticket"}, "has no “ticket”"),
    (TABLE | {"dates": {"zone": "Europe/Warschau"}}, "is not a time zone"),
    (TABLE | {"dates": {"format": "day first"}}, "is not a date format"),
    (LOG | {"status": {"column": "status", "values": {"New": "fresh"}}}, "a word must mean one of"),
    (LOG | {"fields": {"Effort!": {"column": "effort", "type": "number"}}}, "field name"),
    (
        LOG | {"fields": {"effort": {"column": "effort", "type": "integer"}}},
        "must be one of: text, number, duration, date",
    ),
    (LOG | {"response": "messages"}, "needs the column"),
    ({key: value for key, value in LOG.items() if key != "status"}, "nothing can be counted"),
    (TABLE | {"status": {"column": "agent", "values": {}}}, "in the place of status"),
]


@pytest.mark.parametrize(("document", "said"), WRONG)
def test_a_wrong_mapping_says_what_is_wrong(document: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused) as refused:
        mappings.parse(document)
    assert said in str(refused.value)


def test_every_mapping_of_the_documentation_is_read() -> None:
    root = Path(mappings.__file__).parents[4]
    files = [*root.glob("docs/examples/*table.yaml"), *root.glob("src/milepost/connectors/demo/*.yaml")]
    assert len(files) >= 2
    for file in files:
        assert mappings.load(file).ticket == yaml.safe_load(file.read_text(encoding="utf-8"))["ticket"]
