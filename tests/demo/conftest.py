"""An installation that Gosia runs, without tickets, and one ticket of eight of the demo’s log."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from milepost.connectors.demo import log
from milepost.demo import loading
from milepost.people import actions
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.worker import jobs, queue
from milepost.worker.loop import Worker
from milepost.worker.models import Job
from tests.cast import Cast

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
ONE_OF = 8


@cache
def thinned() -> bytes:
    """The log with every eighth ticket, zipped as it ships."""
    kept = io.StringIO()
    with zipfile.ZipFile(log.LOG) as archive, archive.open(log.MEMBER) as raw:
        rows = csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
        writer = csv.writer(kept)
        writer.writerow(next(rows))
        writer.writerows(row for row in rows if int(row[0].removeprefix("INC")) % ONE_OF == 0)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(log.MEMBER, kept.getvalue())
    return packed.getvalue()


def thin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo be of fewer tickets, which are read in a second or two."""
    file = folder / "log.csv.zip"
    file.write_bytes(thinned())
    monkeypatch.setattr(log, "LOG", file)


@dataclass(frozen=True)
class House:
    """An installation of the cast’s, and its worker."""

    cast: Cast
    gosia: User
    now: datetime = NOW

    def wishes(self) -> None:
        """Gosia asks for the demo data."""
        loading.wish(by=self.gosia, now=self.now)
        queue.ask("demo", "demo", now=self.now)

    def works(self, *kinds: str) -> Job:
        """The worker does what is due of these kinds, or loads the demo data; how that job stands."""
        worker = Worker({kind: jobs.KINDS[kind] for kind in kinds or ("demo",)}, now=lambda: self.now)
        while worker.work_one():
            pass
        return Job.objects.get(name="demo")


@pytest.fixture
def house(cast: Cast, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> House:
    settings.DATA_FOLDER, settings.FACTS_FOLDER = tmp_path / "data", tmp_path / "data/facts"
    settings.DATA_FOLDER.mkdir()
    thin(tmp_path, monkeypatch)
    gosia = actions.create_user("gosia@example.org", None, name="Gosia", role=Role.ADMIN, by=None, now=NOW)
    return House(cast, gosia)


@pytest.fixture
def loaded(house: House) -> House:
    """The demo data are there."""
    house.wishes()
    house.works()
    return house
