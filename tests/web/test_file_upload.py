"""A ticket table from the page: uploaded, matched, tried out, imported, and its newer files."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.connectors.table import mapping
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources import folders, uploads
from milepost.sources.models import Source
from milepost.sources.sync import store
from milepost.worker.models import Job
from tests.cast import user
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
UPLOAD, MATCH = "/setup/sources/files", "/setup/sources/files/match"
TABLE = (
    "Nr zgłoszenia;Utworzono;Pierwsza odpowiedź;Zamknięto;Właściciel;Kolejka klienta\n"
    "7;23.02.2026 14:02;23.02.2026 14:31;24.02.2026 09:00;Celina;Wsparcie\n"
    "8;31.02.2026 10:00;;;Celina;Wsparcie\n"
    ";24.02.2026 10:00;;;Celina;=cmd\n"
    "9;24.02.2026 11:00;;;;\n"
    "10;24.02.2026 11:00;;23.02.2026 11:00;Celina;\n"
)


@pytest.fixture
def admin(desk: Desk, reader: Reader, settings: Settings, tmp_path: Path) -> Client:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path, tmp_path / "facts"
    return reader(user("Adam", Role.ADMIN))


def upload(client: Client, content: bytes, name: str = "zgłoszenia.csv", address: str = UPLOAD) -> str:
    """Upload a file; what the page that follows says."""
    told = {"name": "Old desk", "file": SimpleUploadedFile(name, content)}
    return client.post(address, told, follow=True).content.decode().replace("\xa0", " ")


def chosen(**other: str) -> dict[str, str]:
    """The answers that the page is filled with for the table of the test."""
    meanings = ("ticket", "created", "first_reply", "resolved", "agent", "")
    columns = {f"column-{place}": meaning for place, meaning in enumerate(meanings)}
    written = {"encoding": "cp1250", "delimiter": ";", "format": "%d.%m.%Y %H:%M", "zone": "Europe/Warsaw"}
    return written | columns | other


def test_a_polish_table_is_matched_by_itself_and_its_bad_rows_are_grouped(admin: Client, tmp_path: Path) -> None:
    body = upload(admin, TABLE.encode("cp1250"))
    for text in (
        "2 rows ready, 3 rows left out",
        "1 row: not a date in “Utworzono”",
        "For example “31.02.2026 10:00”. Line: 3",
        "1 row: before the ticket was created in “Zamknięto”",
        "1 row: no ticket number in “Nr zgłoszenia”",
        "23 Feb 2026, 14:31",
        "Exact match",
        "Guessed, check",
        "Without the team, tickets count for the teams of their agents only.",
        "Import 2 rows",
    ):
        assert text in body
    assert not Source.objects.exists()
    assert not (tmp_path / "facts").exists()


def test_rows_that_are_left_out_are_downloaded_without_formulas(admin: Client) -> None:
    upload(admin, TABLE.encode("cp1250"))
    lines = b"".join(admin.get("/setup/sources/files/rejects").streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("line,reason,column,value,Nr zgłoszenia")
    assert lines[1].startswith("3,not a date,Utworzono,31.02.2026 10:00,8")
    assert lines[2].endswith(",'=cmd")


def test_what_is_confirmed_is_read_by_the_worker_under_a_mapping_of_the_command_line(
    admin: Client, tmp_path: Path
) -> None:
    upload(admin, TABLE.encode("cp1250"))
    assert admin.post(MATCH, chosen(act="import")).headers["Location"] == "/setup/sources"
    source = Source.objects.get()
    assert (source.name, source.slug, source.make) == ("Old desk", "old-desk", Source.Make.FOLDER)
    assert Job.objects.filter(name="sync:old-desk").exists()
    assert [one.read_text("cp1250") for one in (tmp_path / "files" / "old-desk").glob("*.csv")] == [TABLE]
    assert list((tmp_path / "uploads").iterdir()) == []
    body = admin.get(f"/setup/sources/{source.pk}/mapping").content
    (tmp_path / "downloaded.yaml").write_bytes(body)
    read = mapping.load(tmp_path / "downloaded.yaml")
    assert (read.ticket, read.resolved, read.encoding) == ("Nr zgłoszenia", "Zamknięto", "cp1250")
    assert "Upload a newer file" in admin.get("/setup/sources").content.decode()
    assert admin.get(MATCH).status_code == 404


def test_the_worker_reads_what_was_confirmed(admin: Client) -> None:
    upload(admin, TABLE.encode("cp1250"))
    admin.post(MATCH, chosen(act="import"))
    source = Source.objects.get()
    moments = iter([NOW] * 3 + [NOW + timedelta(seconds=11)] * 9)
    for _ in ("waited for", "read"):
        look = folders.read(source, clock=lambda: next(moments), zone=ZoneInfo("UTC"), stopped=lambda: False)
    assert (look.changed, look.waits, look.refused) == (2, False, [])
    page = admin.get("/setup/sources").content.decode()
    assert "<dt>Rows rejected</dt><dd>3</dd>" in page


def test_a_newer_file_is_matched_as_the_one_before(admin: Client, tmp_path: Path) -> None:
    upload(admin, TABLE.encode("cp1250"))
    admin.post(MATCH, chosen(act="import", **{"column-5": "channel"}))
    source = Source.objects.get()
    kept = (tmp_path / "files" / "old-desk" / "mapping.yaml").stat().st_mtime_ns
    body = upload(admin, TABLE.encode("cp1250"), "newer.csv", f"/setup/sources/{source.pk}/file")
    assert '<option value="channel" selected>' in body
    assert admin.post(MATCH, chosen(act="import", **{"column-5": "channel"})).status_code == 302
    assert Source.objects.count() == 1
    assert len(list((tmp_path / "files" / "old-desk").glob("*.csv"))) == 2
    assert (tmp_path / "files" / "old-desk" / "mapping.yaml").stat().st_mtime_ns == kept


def test_a_newer_file_says_before_it_is_imported_what_becomes_of_the_tickets(admin: Client) -> None:
    assert "unchanged" not in upload(admin, TABLE.encode("cp1250"))
    admin.post(MATCH, chosen(act="import"))
    source = Source.objects.get()
    moments = iter([NOW] * 3 + [NOW + timedelta(seconds=11)] * 9)
    for _ in ("waited for", "read"):
        folders.read(source, clock=lambda: next(moments), zone=ZoneInfo("UTC"), stopped=lambda: False)
    before = store().manifest()
    newer = TABLE.replace("24.02.2026 09:00", "25.02.2026 09:00") + "11;24.02.2026 12:00;;;Celina;\n"
    address = f"/setup/sources/{source.pk}/file"
    assert "Tickets: 1 unchanged, 1 updated, 1 new." in upload(admin, newer.encode("cp1250"), address=address)
    assert store().manifest() == before
    body = admin.post(MATCH, chosen(**{"column-5": "channel"})).content.decode()
    assert "the earlier files of this source are read again by it too" in body


def test_a_source_whose_files_were_not_in_the_backup_is_matched_anew(admin: Client, tmp_path: Path) -> None:
    upload(admin, TABLE.encode("cp1250"))
    admin.post(MATCH, chosen(act="import"))
    (tmp_path / "files").rename(tmp_path / "gone")
    source = Source.objects.get()
    assert admin.get(f"/setup/sources/{source.pk}/mapping").status_code == 404
    assert "Import 2 rows" in upload(admin, TABLE.encode("cp1250"), address=f"/setup/sources/{source.pk}/file")
    assert admin.post(MATCH, chosen(act="import")).status_code == 302
    assert (tmp_path / "files" / "old-desk" / "mapping.yaml").is_file()


def test_a_workbook_with_real_dates_and_formulas_is_read(admin: Client, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "tickets.xlsx", {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Ticket ID", "Created", "Assignee"])
        sheet.write_number(1, 0, 7)
        sheet.write_datetime(1, 1, datetime(2026, 2, 23, 14, 2))  # noqa: DTZ001 - workbooks know no zones
        sheet.write_formula(1, 2, '="Cel"&"ina"', value="Celina")
    body = upload(admin, (tmp_path / "tickets.xlsx").read_bytes(), "tickets.xlsx")
    for text in ("<td>7</td>", "<td>23 Feb 2026, 14:02</td>", "<td>Celina</td>", "Import 1 row"):
        assert text in body
    assert 'name="encoding"' not in body


def test_a_parquet_file_is_read(admin: Client, tmp_path: Path) -> None:
    columns = "7 AS id, TIMESTAMP '2026-02-23 14:02' AS created, 'Celina' AS owner"
    duckdb.sql(f"COPY (SELECT {columns}) TO '{tmp_path}/tickets.parquet'")
    body = upload(admin, (tmp_path / "tickets.parquet").read_bytes(), "tickets.parquet")
    for text in ("<td>7</td>", "<td>23 Feb 2026, 14:02</td>", "<td>Celina</td>", "Import 1 row"):
        assert text in body


def test_dates_that_can_be_read_in_two_ways_are_asked_for(admin: Client) -> None:
    body = upload(admin, b"id,created\n1,03/04/2026\n")
    assert "03/04/2026 could be 3 Apr 2026 or 4 Mar 2026. Choose one." in body
    assert 'value="import"' not in body
    told = {"column-0": "ticket", "column-1": "created", "delimiter": ",", "format": "%m/%d/%Y", "zone": "UTC"}
    body = admin.post(MATCH, told | {"encoding": "utf-8"}).content.decode().replace("\xa0", " ")
    assert "<td>4 Mar 2026, 00:00</td>" in body
    assert "could be 3 Apr 2026" in body


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"column-0": ""}, "Choose the column with the ticket number."),
        ({"column-1": ""}, "Choose the column that says when a ticket was created."),
        ({"column-5": "agent"}, "“Agent” is already matched to “Właściciel”."),
        ({"format": "%m/%d/%Y"}, "none of the first 5 rows can be read"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_imported(admin: Client, answers: dict[str, str], said: str) -> None:
    upload(admin, TABLE.encode("cp1250"))
    assert said in admin.post(MATCH, chosen(act="import", **answers)).content.decode()
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "tickets.csv", "This file has no rows."),
        (b"id,created\n", "tickets.csv", "tickets.csv has no rows."),
        (b"id", "tickets.pdf", "Upload a CSV, Excel or Parquet file"),
        (b"no workbook", "tickets.xlsx", "is damaged"),
        (b"id,id,created\n1,2,2026-02-01\n", "tickets.csv", "The file has 2 columns named “id”"),
        (b"x," * 5_000_000, "tickets.csv", "This file has more than 200 columns."),
    ],
)
def test_a_bad_file_is_refused_in_words(admin: Client, content: bytes, name: str, said: str) -> None:
    assert said in upload(admin, content, name)


def test_of_a_file_that_is_too_large_nothing_is_left(
    admin: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 10)
    assert "This file is 1 MB. Split it or connect the help desk instead." in upload(admin, TABLE.encode())
    assert not (tmp_path / "uploads").exists()


def test_only_who_runs_the_installation_uploads_and_each_only_sees_the_own(
    desk: Desk, admin: Client, reader: Reader
) -> None:
    upload(admin, TABLE.encode())
    assert reader(desk.cast.anna).get(UPLOAD).status_code in {403, 404}
    assert reader(user("Ola", Role.ADMIN)).get(MATCH).status_code == 404
