"""Several files at once from the page: one mapping, one preview, and errors that name the file."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from milepost.sources import uploads
from milepost.sources.models import Source
from tests.web.test_file_upload import MATCH, UPLOAD, Reader, admin

__all__ = ["Reader", "admin"]

HEADER = "id,created,closed\n"
JANUARY = ("january.csv", HEADER + "1,2026-01-05,2026-01-06\n2,2026-01-07,\n")
FEBRUARY = ("february.csv", HEADER + "3,2026-02-02,\n4,soon,\n")


def upload(client: Client, *files: tuple[str, str]) -> str:
    """Upload files together; what the page that follows says."""
    sent = [SimpleUploadedFile(name, content.encode()) for name, content in files]
    page = client.post(UPLOAD, {"name": "Old desk", "file": sent}, follow=True)
    return page.content.decode().replace("\xa0", " ")


def answers() -> dict[str, str]:
    """What the page is filled with."""
    columns = {"column-0": "ticket", "column-1": "created", "column-2": "resolved"}
    return {"encoding": "utf-8", "delimiter": ",", "format": "iso", "zone": "UTC", "act": "import"} | columns


def test_several_files_are_tried_out_together_and_what_is_wrong_names_its_file(admin: Client) -> None:
    body = upload(admin, JANUARY, FEBRUARY)
    for text in ("february.csv, january.csv", "3 rows ready, 1 row left out", "february.csv: 1 row: not a date"):
        assert text in body
    lines = b"".join(admin.get(f"{UPLOAD}/rejects").streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines == [
        "file,line,reason,column,value,id,created,closed",
        "february.csv,3,not a date,created,soon,4,soon,",
    ]


def test_several_files_are_imported_together_in_the_order_of_their_names(admin: Client, tmp_path: Path) -> None:
    upload(admin, JANUARY, FEBRUARY)
    body = admin.post(MATCH, answers(), follow=True).content.decode()
    assert "2 files are being read." in body
    source = Source.objects.get()
    kept = sorted(file.name for file in (tmp_path / "files" / source.slug).glob("*.csv"))
    assert [name.partition("-")[2] for name in kept] == ["february.csv", "january.csv"]
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([JANUARY, ("march.csv", "number,opened\n5,2026-03-01\n")], "march.csv: The file has 0 columns named “id”"),
        ([JANUARY, ("march.csv", "")], "march.csv has no rows."),
        ([JANUARY, ("march.csv", HEADER)], "march.csv has no rows."),
        ([JANUARY, ("march.pdf", "x")], "march.pdf is no CSV, Excel or Parquet file"),
        ([JANUARY, JANUARY], "Two of these files are called january.csv."),
        ([(f"{number}.csv", HEADER) for number in range(25)], "These are 25 files. Send at most 24 at once."),
    ],
)
def test_a_bad_file_among_several_is_named_and_nothing_is_imported(
    admin: Client, files: list[tuple[str, str]], said: str
) -> None:
    body = upload(admin, *files)
    if said not in body:
        body = admin.post(MATCH, answers()).content.decode()
    assert said in body
    assert not Source.objects.exists()


def test_of_very_many_rows_only_the_first_are_looked_at_and_all_are_imported(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LOOKED_AT", 2)
    monkeypatch.setattr(uploads, "LOOKED_AT_LEAST", 1)
    body = upload(admin, JANUARY, FEBRUARY)
    for text in ("Only the first 3 rows were looked at here.", "more than 3 rows", "Import all rows"):
        assert text in body


def test_files_that_are_too_large_together_are_refused_before_any_is_kept(
    admin: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 50)
    assert "These files are 1 MB together." in upload(admin, JANUARY, FEBRUARY)
    assert not (tmp_path / "uploads").exists()
