"""What is read from where, for those who may know."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.connectors.table.rows import NO_CREATED
from milepost.people.models import User
from milepost.people.roles import Role
from milepost.sources.models import Source, Sync
from milepost.tickets.notes import Note
from tests.cast import user
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]


def imported(make: Source.Make = Source.Make.FILE, *, hours_ago: int = 1) -> Source:
    """A file was read, with two rows rejected."""
    at = NOW - timedelta(hours=hours_ago)
    source = Source.objects.create(
        slug="desk",
        name="Help desk",
        make=make,
        connected_at=at,
        complete_from=at - timedelta(days=90),
        complete_until=at,
        notes=[Note.RESPONSE_APPROXIMATED.value, "a note of a later version"],
    )
    counts = {"rows": 1204, "new": 300, "updated": 2, "unchanged": 1, "rejected": [{"count": 2}]}
    Sync.objects.create(source=source, started_at=at, finished_at=at, what="log.csv", counts=counts)
    return source


def test_anna_sees_what_was_read_and_what_was_rejected(desk: Desk, reader: Reader) -> None:
    imported()
    body = reader(desk.cast.anna).get("/setup/sources").content.decode()
    for text in ("Help desk", "<dd>1,204</dd>", "<dt>Rows rejected</dt><dd>2</dd>", "Response time is approximated"):
        assert text in body


def test_while_a_file_is_read_anna_sees_how_much_of_it_was(desk: Desk, reader: Reader) -> None:
    source = imported(Source.Make.FOLDER)
    Source.objects.update(settings={"folder": "exports", "mapping": "mapping.yaml"})
    files = source.files
    files.create(name="march.csv", size=1, modified_ns=1, looks_so_since=NOW, percent=45)
    files.create(name="may.csv", size=1, modified_ns=1, looks_so_since=NOW)
    anna = reader(desk.cast.anna)
    body = anna.get("/setup/sources").content.decode()
    assert "<dt>Importing</dt><dd>45% of march.csv</dd>" in body
    assert "may.csv" not in body
    body = anna.get("/setup/sources", headers={"Accept-Language": "pl"}).content.decode()
    assert "<dt>Importowanie</dt><dd>45% pliku march.csv</dd>" in body


def test_where_nothing_was_read_the_page_says_how_to_begin(desk: Desk, reader: Reader) -> None:
    assert "An administrator connects your help desk here." in (
        reader(desk.cast.anna).get("/setup/sources").content.decode()
    )


def test_for_an_agent_the_page_is_not_there(desk: Desk, reader: Reader) -> None:
    celina = reader(desk.cast.celina)
    hidden, absent = celina.get("/setup/sources"), celina.get("/setup/nothing")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert "/setup/sources" not in celina.get("/goals").content.decode()


def test_every_page_says_that_its_numbers_are_demo_data(desk: Desk, reader: Reader) -> None:
    imported(Source.Make.DEMO)
    for address in ("/goals", "/goals/new", "/setup/sources"):
        assert "You are looking at demo data" in reader(desk.cast.anna).get(address).content.decode()
    assert "10.24432/C57S4H" in reader(desk.cast.anna).get("/setup/sources").content.decode()


def test_real_data_are_not_called_demo(desk: Desk, reader: Reader) -> None:
    imported()
    assert "demo" not in reader(desk.cast.anna).get("/goals").content.decode().lower()


def test_the_rail_says_how_fresh_the_numbers_are(desk: Desk, reader: Reader) -> None:
    imported(hours_ago=0)
    assert "Help desk · synced just now" in reader(desk.cast.anna).get("/goals").content.decode()


def test_after_a_day_a_banner_says_so_on_every_page(desk: Desk, reader: Reader) -> None:
    imported(hours_ago=30)
    for address in ("/goals", "/goals/new"):
        assert "Help desk was not read since." in reader(desk.cast.anna).get(address).content.decode()


def test_every_reading_is_told_with_the_rows_it_refused_by_reason(desk: Desk, reader: Reader) -> None:
    source = imported()
    refused = {"reason": NO_CREATED, "column": "opened_at", "count": 1412, "lines": [4, 18, 51], "example": "31.02."}
    counts = {"rows": 7, "new": 4, "updated": 3, "unchanged": 0, "rejected": [refused]}
    at = NOW - timedelta(minutes=5)
    Sync.objects.create(source=source, started_at=at, finished_at=at, what="march.csv", counts=counts)
    body = reader(desk.cast.anna).get(f"/setup/sources/{source.pk}/syncs").content.decode()
    assert body.index("march.csv") < body.index("log.csv")
    assert "1,412 rows: no creation date in “opened_at”" in body
    assert "For example “31.02.”. Lines: 4, 18, 51, …" in body
    assert f'href="/setup/sources/{source.pk}/syncs"' in reader(desk.cast.anna).get("/setup/sources").content.decode()


def test_readings_are_told_fifty_at_a_time(desk: Desk, reader: Reader) -> None:
    source = imported()
    for minutes in range(60):
        at = NOW - timedelta(minutes=minutes)
        Sync.objects.create(
            source=source, started_at=at, finished_at=at, what=f"{minutes}.csv", counts={"new": minutes}
        )
    anna = reader(desk.cast.anna)
    first, second = (anna.get(f"/setup/sources/{source.pk}/syncs?page={page}").content.decode() for page in (1, 2))
    assert first.count(".csv") == 50
    assert second.count(".csv") == 11


def test_the_sources_are_told_with_as_many_queries_for_a_hundred_readings_as_for_one(
    desk: Desk, reader: Reader, django_assert_num_queries: Callable[..., AbstractContextManager[CaptureQueriesContext]]
) -> None:
    source, anna = imported(), reader(desk.cast.anna)
    with CaptureQueriesContext(connection) as few:
        anna.get("/setup/sources")
    for minutes in range(100):
        Sync.objects.create(source=source, started_at=NOW - timedelta(minutes=minutes), what="log.csv")
    with django_assert_num_queries(len(few)):
        body = anna.get("/setup/sources").content.decode()
    assert "<dt>Rows</dt><dd>0</dd>" in body


def test_for_an_agent_readings_are_not_there(desk: Desk, reader: Reader) -> None:
    source = imported()
    assert reader(desk.cast.celina).get(f"/setup/sources/{source.pk}/syncs").status_code == 404
    assert reader(desk.cast.anna).get(f"/setup/sources/{source.pk + 1}/syncs").status_code == 404


def test_where_there_are_two_sources_the_page_says_that_a_ticket_of_both_counts_twice(
    desk: Desk, reader: Reader
) -> None:
    said = "a ticket that two of them hold counts twice"
    imported()
    assert said not in reader(desk.cast.anna).get("/setup/sources").content.decode()
    Source.objects.create(slug="redmine", name="Redmine", make="redmine", connected_at=NOW)
    assert said in reader(desk.cast.anna).get("/setup/sources").content.decode()
    adam = reader(user("Adam", Role.ADMIN))
    assert said in adam.get("/setup/sources/connect/zammad").content.decode()
