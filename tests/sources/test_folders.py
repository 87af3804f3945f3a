"""A watched folder: what is whole and new is read, in order; what is half-written is waited for."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from milepost.base.errors import Refused, SourceFailed
from milepost.connectors.files import reading
from milepost.sources import folders, sync
from milepost.sources.folders import Look
from milepost.sources.models import Source, Sync, WatchedFile
from milepost.tickets.store.lock import Busy, writing

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
HEADER = "id,created,first_reply,resolved,agent,team\n"
FIRST = HEADER + "1,2026-01-05 09:00,2026-01-05 09:10,2026-01-05 11:00,Celina,Frontline\n"
SECOND = "2,2026-01-06 09:00,2026-01-06 09:20,2026-01-06 12:00,Dawid,Frontline\n"
THIRD = "3,2026-02-02 09:00,2026-02-02 09:30,2026-02-02 10:00,Ewa,Billing\n"
MAPPING = Path(__file__).resolve().parents[2] / "docs/examples/ticket-table.yaml"


@dataclass
class Folder:
    """A folder on a help desk's disk, and the clock of whoever watches it."""

    path: Path
    mapping: Path
    source: Source
    now: datetime = NOON

    def has(self, name: str, text: str) -> None:
        """A file is written, at this moment."""
        (self.path / name).write_text(text)
        moment = int(self.now.timestamp() * 1_000_000_000)
        os.utime(self.path / name, ns=(moment, moment))

    def look(self) -> Look:
        """The job looks."""
        self.source.refresh_from_db()
        zone = ZoneInfo("Europe/Warsaw")
        return folders.read(self.source, clock=lambda: self.now, zone=zone, stopped=lambda: False)

    def read(self) -> Look:
        """The job looks, and once more when what it saw has been quiet for long enough."""
        self.look()
        self.now += timedelta(minutes=5)
        return self.look()

    @staticmethod
    def what() -> list[str]:
        """The files that were read, in order."""
        return list(Sync.objects.order_by("pk").values_list("what", flat=True))


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, db: None) -> Folder:
    settings.DATA_FOLDER = tmp_path / "data"
    settings.FACTS_FOLDER = tmp_path / "data/facts"
    path, mapping = tmp_path / "exports", tmp_path / "mapping.yaml"
    path.mkdir()
    mapping.write_text(MAPPING.read_text())
    return Folder(path, mapping, folders.watch(path, mapping, slug="desk", name="Help desk", now=NOON))


def test_a_file_is_read_when_it_has_been_quiet_for_a_while(folder: Folder) -> None:
    folder.has("march.csv", FIRST)
    assert folder.look() == Look(changed=0, waits=True, refused=[])
    folder.now += folders.QUIET - timedelta(seconds=1)
    assert folder.look().waits
    folder.now += timedelta(seconds=1)
    assert folder.look() == Look(changed=1, waits=False, refused=[])
    assert folder.look().changed == 0
    assert folder.what() == ["march.csv"]


def test_a_file_that_is_still_written_is_waited_for(folder: Folder) -> None:
    text = FIRST
    for _ in range(4):
        folder.has("march.csv", text)
        folder.now += timedelta(seconds=30)
        assert folder.look().waits
        text += SECOND
    assert folder.what() == []
    assert folder.read().changed == 2


def test_a_file_that_keeps_its_size_and_changes_its_time_is_waited_for_too(folder: Folder) -> None:
    folder.has("march.csv", FIRST)
    folder.look()
    folder.now += timedelta(minutes=1)
    folder.has("march.csv", FIRST)
    assert folder.look().waits


def test_a_file_that_grows_is_read_again_and_only_what_is_new_changes(folder: Folder) -> None:
    folder.has("march.csv", FIRST)
    folder.read()
    folder.has("march.csv", FIRST + SECOND)
    assert folder.read().changed == 1
    assert folder.what() == ["march.csv", "march.csv"]


def test_a_file_that_is_replaced_is_read_again(folder: Folder) -> None:
    folder.has("march.csv", FIRST)
    folder.read()
    folder.has("march.csv", FIRST.replace("11:00", "11:30"))
    assert folder.read().changed == 1


def test_the_files_of_a_folder_are_one_source_read_in_the_order_of_their_names(folder: Folder) -> None:
    folder.has("2.csv", HEADER + THIRD)
    folder.has("10.csv", FIRST)
    folder.has("1.csv", HEADER + SECOND)
    assert folder.read().changed == 3
    assert folder.what() == ["1.csv", "10.csv", "2.csv"]
    assert [source.slug for source in Source.objects.all()] == ["desk"]
    assert set(sync.store().manifest().sources) == {"desk"}


def test_hidden_files_and_what_is_no_table_are_left_alone(folder: Folder) -> None:
    for name in (".march.csv.x1", "march.csv.part", "README", "mapping.yaml"):
        folder.has(name, FIRST)
    assert folder.read() == Look(changed=0, waits=False, refused=[])


def test_a_file_that_goes_takes_nothing_with_it(folder: Folder) -> None:
    folder.has("march.csv", FIRST)
    folder.read()
    (folder.path / "march.csv").unlink()
    assert folder.read().changed == 0
    assert sync.store().manifest().sources["desk"].months


def test_a_file_that_cannot_be_read_is_set_aside_with_its_reason_and_the_others_are_read(folder: Folder) -> None:
    folder.has("1-broken.csv", "nothing,of,this\n1,2,3\n")
    folder.has("2-whole.csv", FIRST)
    look = folder.read()
    assert (look.changed, [file.name for file in look.refused]) == (1, ["1-broken.csv"])
    assert "must have one" in look.refused[0].error
    again = folder.read()
    assert [file.name for file in again.refused] == ["1-broken.csv"]
    assert folder.what() == ["2-whole.csv"]
    folder.has("1-broken.csv", HEADER + SECOND)
    mended = folder.read()
    assert (mended.changed, mended.refused) == (1, [])


def test_under_another_mapping_every_file_is_read_again(folder: Folder) -> None:
    folder.has("march.csv", FIRST.replace("id,created", "number,created"))
    assert len(folder.read().refused) == 1
    folder.mapping.write_text(folder.mapping.read_text().replace("ticket: id", "ticket: number"))
    os.utime(folder.mapping, (1, 1))
    assert folder.look() == Look(changed=1, waits=False, refused=[])


def test_rows_that_are_rejected_are_kept_for_each_file(folder: Folder) -> None:
    for name in ("1.csv", "2.csv"):
        folder.has(name, FIRST + "9,yesterday,,,Ewa,Billing\n")
    folder.read()
    kept = sorted(file.name for file in (folder.path.parent / "data/rejects").iterdir())
    assert [name.split("-", 2)[2] for name in kept] == ["1.csv.csv", "2.csv.csv"]


def test_a_folder_that_is_away_is_a_failure_that_may_pass(folder: Folder) -> None:
    folder.path.rmdir()
    with pytest.raises(SourceFailed, match="No such file") as failure:
        folder.look()
    assert not failure.value.permanent


def test_while_another_import_writes_it_waits_and_sets_nothing_aside(folder: Folder) -> None:
    folder.has("march.csv", FIRST)
    folder.look()
    folder.now += timedelta(minutes=1)
    with writing(folder.path.parent / "data/facts"), pytest.raises(Busy):
        folder.look()
    assert percents() == [None]
    assert folder.look() == Look(changed=1, waits=False, refused=[])


def percents() -> list[int | None]:
    """How much of each file was read, as those are told who look on."""
    return list(WatchedFile.objects.order_by("name").values_list("percent", flat=True))


def test_while_a_file_is_read_it_is_told_how_much_of_it_was(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[int | None]] = []
    original = folders.note

    def looked_at(file: WatchedFile, read: float) -> None:
        original(file, read)
        told.append(percents())

    monkeypatch.setattr(folders, "note", looked_at)
    monkeypatch.setattr(reading, "TICK", 1)
    folder.has("march.csv", FIRST + SECOND + THIRD)
    folder.has("may.csv", HEADER)
    folder.read()
    assert told[-1] == [100, None]
    assert all(0 <= (percent or 0) <= 100 and other is None for percent, other in told)
    assert len(told) == 4
    # Whether it was read or refused, nothing of it is under way any more.
    assert percents() == [None, None]


def test_what_a_killed_process_was_reading_is_not_under_way_for_ever(folder: Folder) -> None:
    folder.has("march.csv", FIRST)
    folder.look()
    WatchedFile.objects.update(percent=45)
    (folder.path / "march.csv").unlink()
    folder.look()
    assert percents() == [None]


def test_the_source_has_answered_even_when_nothing_is_new(folder: Folder) -> None:
    folder.look()
    folder.source.refresh_from_db()
    assert folder.source.answered_at == NOON


def test_a_folder_that_is_not_there_is_not_watched(folder: Folder) -> None:
    with pytest.raises(Refused, match="There is no folder"):
        folders.watch(folder.path / "nothing", folder.mapping, slug="other", name="Other", now=NOON)


def test_a_series_of_imports_may_be_watched_from_now_on_but_not_a_feed(folder: Folder) -> None:
    for make, slug in ((Source.Make.FILE, "files"), (Source.Make.FEED, "feed")):
        Source.objects.create(slug=slug, name=slug, make=make, connected_at=NOON)
    assert folders.watch(folder.path, folder.mapping, slug="files", name="files", now=NOON).make == Source.Make.FOLDER
    with pytest.raises(Refused, match="another kind"):
        folders.watch(folder.path, folder.mapping, slug="feed", name="feed", now=NOON)
