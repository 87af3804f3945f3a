"""Demo data are loaded as a whole or not at all, and never beside real tickets."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.db import DatabaseError
from pytest_django.fixtures import Settings

from milepost.account import actions as account
from milepost.base.errors import Refused
from milepost.connectors.table import mapping
from milepost.demo import loading
from milepost.goals.models import Goal
from milepost.history.models import Change
from milepost.people.models import Person, Team, User
from milepost.progress.models import Verdict
from milepost.sources import apart, entrances, folders, help_desks, sync, uploads
from milepost.sources.models import Demo, Source
from milepost.sources.slugs import free_slug
from milepost.sources.uploads import Upload
from milepost.tickets.store.lock import writing
from tests.demo.conftest import NOW, House

MAPPING = Path(__file__).resolve().parents[2] / "docs/examples/ticket-table.yaml"
pytestmark = pytest.mark.django_db


def nothing_is_here() -> bool:
    """Neither rows nor facts of the demo."""
    return not (
        Source.objects.exists()
        or Goal.objects.exists()
        or Person.objects.filter(name__startswith="Resolver").exists()
        or Team.objects.filter(name__startswith="Group").exists()
        or sync.store().manifest().sources
        or list(sync.store().folder.glob("*.parquet"))
    )


def test_what_gosia_asked_for_is_there_and_she_is_told_to_have_loaded_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.wishes()
    assert nothing_is_here()
    heard: list[float] = []
    monkeypatch.setattr(loading, "note", heard.append)
    house.works()
    assert heard == sorted(heard)
    assert heard[-1] == 1
    assert Source.objects.get().slug == apart.slug(NOW.date())
    assert Goal.objects.count() == 7
    assert Verdict.objects.exists()
    demo = Demo.objects.get()
    assert (demo.percent, demo.loaded_at, demo.error) == (100, NOW, "")
    told = Change.objects.get(thing_kind="demo")
    assert (told.verb, told.actor_name) == ("loaded", "Gosia")


def test_nobody_new_can_sign_in(loaded: House) -> None:
    cast = loaded.cast
    known = {cast.anna, cast.bartek, cast.celina, cast.dawid, cast.ewa, loaded.gosia}
    assert set(User.objects.filter(is_active=True)) == known
    (demo,) = User.objects.filter(is_active=False)
    assert (demo.has_usable_password(), demo.seat) == (False, False)


def test_where_no_seat_is_free_it_is_loaded_all_the_same(house: House) -> None:
    account.change(by=None, now=NOW, seats=1)
    house.wishes()
    house.works()
    assert Goal.objects.count() == 7


def test_asked_twice_is_loaded_once(loaded: House) -> None:
    before = Goal.objects.count(), sync.store().manifest().generation
    loaded.wishes()
    loaded.works()
    assert (Goal.objects.count(), sync.store().manifest().generation) == before
    assert Source.objects.count() == 1


def test_beside_a_source_of_ones_own_it_cannot_be_asked_for(house: House) -> None:
    Source.objects.create(slug="desk", name="Desk", make="redmine", connected_at=NOW, disconnected_at=NOW)
    with pytest.raises(Refused, match="never mixed"):
        house.wishes()
    assert not Demo.objects.exists()


def test_a_source_that_came_meanwhile_goes_before(house: House) -> None:
    house.wishes()
    Source.objects.create(slug="desk", name="Desk", make="redmine", connected_at=NOW)
    job = house.works()
    assert "never mixed" in job.error
    assert "never mixed" in Demo.objects.get().error
    assert not Goal.objects.exists()
    assert sync.store().manifest().sources == {}


def test_a_full_disk_leaves_nothing_and_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    house.wishes()
    with monkeypatch.context() as broken:
        broken.setattr("milepost.demo.loading.log.write_moved", full)
        house.works()
    demo = Demo.objects.get()
    assert demo.error % demo.error_values == "The folder of the data could not be written: No space left on device."
    assert nothing_is_here()
    house.wishes()
    house.works()
    assert Demo.objects.get().loaded_at == NOW


@pytest.mark.django_db(transaction=True)
def test_a_fault_after_the_facts_were_written_takes_them_back_and_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise DatabaseError("the connection is gone")

    house.wishes()
    with monkeypatch.context() as broken:
        broken.setattr("milepost.demo.loading.refresh", fails)
        job = house.works()
    assert "the connection is gone" in job.error_values["error"]
    assert job.attempts == 1
    assert nothing_is_here()
    later = House(house.cast, house.gosia, now=NOW + timedelta(hours=1))
    later.works()
    assert Demo.objects.get().loaded_at == later.now


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_goes_first(
    house: House, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    class Killed(BaseException):
        """Nobody catches it and nothing is tidied."""

    def killed(*_args: object, **_more: object) -> None:
        raise Killed

    house.wishes()
    with monkeypatch.context() as broken:
        broken.setattr("milepost.demo.loading.refresh", killed)
        with pytest.raises(Killed):
            loading.load(by=house.gosia, now=NOW)
    assert sync.store().manifest().sources
    assert not Source.objects.exists()
    left = settings.DATA_FOLDER / "demo-log.csv"
    left.touch()
    loading.withdraw()
    house.works()
    assert nothing_is_here()
    assert not left.exists()


def test_what_is_called_off_while_it_is_loaded_is_not_loaded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(done: float) -> None:
        if done == 1:
            loading.withdraw()

    house.wishes()
    monkeypatch.setattr(loading, "note", read)
    job = house.works()
    assert (job.error, job.attempts, job.due_at) == ("", 0, None)
    assert nothing_is_here()
    assert not Demo.objects.exists()


def test_while_somebody_else_writes_facts_it_waits(house: House) -> None:
    house.wishes()
    with writing(sync.store().folder):
        job = house.works()
    assert (job.error, job.due_at) == ("", NOW + timedelta(seconds=5))
    House(house.cast, house.gosia, now=NOW + timedelta(seconds=5)).works()
    assert Demo.objects.get().loaded_at is not None


def test_who_asked_and_is_gone_gets_nothing(house: House) -> None:
    house.wishes()
    User.objects.filter(pk=house.gosia.pk).update(is_active=False)
    house.works()
    assert Demo.objects.get().error == loading.GONE
    assert nothing_is_here()


def test_real_tickets_wait_until_the_demo_is_removed(house: House, tmp_path: Path) -> None:
    house.wishes()
    document = yaml.safe_load(MAPPING.read_text())
    upload = Upload("token", "tickets.csv")
    ways: list[Callable[[], object]] = [
        lambda: entrances.open_("inbound", name="Events", by=None, now=NOW),
        lambda: help_desks.connect("redmine", {}, slug="redmine", name="Redmine", by=None, now=NOW),
        lambda: folders.watch(tmp_path, MAPPING, slug="folder", name="Folder", now=NOW),
        lambda: uploads.take_over([upload], document, slug="files", name="Files", by=None, now=NOW),
        lambda: imported(tmp_path / "tickets.csv"),
    ]
    for way in ways:
        with pytest.raises(Refused, match="Remove the demo data first"):
            way()
    assert not Source.objects.exists()
    loading.withdraw()
    assert entrances.open_("inbound", name="Events", by=None, now=NOW).source.pk


def imported(file: Path) -> object:
    """As the command imports a file."""
    meaning, make = mapping.load(MAPPING), Source.Make.FILE
    return sync.import_file(file, meaning, slug="file", name="File", make=make, zone=loading.ZONE, now=NOW)


def test_names_of_demo_desks_are_theirs_alone(house: House) -> None:
    assert free_slug("Demo 20261126", otherwise="files") == "demo-20261126-2"
    with pytest.raises(Refused, match="is a name of demo data"):
        entrances.open_("demo-20261126", name="Events", by=house.gosia, now=NOW)
