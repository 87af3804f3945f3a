"""What programs ask: whether it lives, whether it is ready, and its figures."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django.fixtures import Settings

from milepost.people.models import User
from milepost.sources import sync
from milepost.sources.models import Source
from milepost.tickets.events import ReplayRules, Response
from milepost.tickets.store import manifest
from milepost.tickets.store.manifest import Manifest, SourceFiles
from milepost.worker import runs
from milepost.worker.models import Job
from tests.web.conftest import NOW, Desk

Reader = Callable[[User | None], Client]
TOKEN = "only-for-the-watch"


def said(client: Client, address: str, **headers: Any) -> tuple[int, str]:
    """The status and the text of an answer."""
    answer = client.get(address, headers=headers)
    return answer.status_code, answer.content.decode()


def figures(client: Client, **headers: Any) -> dict[str, float]:
    """The figures by name and labels."""
    status, text = said(client, "/metrics", **headers)
    assert status == 200
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


@pytest.fixture
def watch(settings: Settings) -> Client:
    """Somebody who has the token of the figures."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"authorization": f"Bearer {TOKEN}"})


@pytest.fixture
def facts(settings: Settings, tmp_path: Any) -> Callable[[int], None]:
    """Facts that a version of this number made."""
    settings.FACTS_FOLDER = tmp_path

    def made(version: int) -> None:
        rules = ReplayRules(history=True, response=Response.LEAVES_NEW)
        manifest.replace(tmp_path, Manifest(sources={"desk": SourceFiles(rules, version=version)}))

    return made


def test_it_lives_also_without_a_database(client: Client) -> None:
    # This test may not use the database at all.
    assert said(client, "/healthz") == (200, "alive\n")


def test_it_is_ready_with_a_database_and_facts_of_this_version(db: None, facts: Callable[[int], None]) -> None:
    facts(manifest.FACTS)
    assert said(Client(), "/readyz") == (200, "ready\n")


def test_with_a_migration_pending_it_is_not(db: None) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="worker").delete()
    assert said(Client(), "/readyz") == (503, "not ready\n")


def test_with_facts_of_an_older_version_it_is_not(db: None, facts: Callable[[int], None]) -> None:
    facts(manifest.FACTS - 1)
    assert said(Client(), "/readyz") == (503, "not ready\n")


def test_with_facts_that_cannot_be_read_it_is_not(db: None, facts: Callable[[int], None]) -> None:
    facts(manifest.FACTS)
    (sync.store().folder / manifest.NAME).write_text("{")
    assert said(Client(), "/readyz") == (503, "not ready\n")


def test_without_a_database_it_is_not(db: None) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(away):
        assert said(Client(), "/readyz") == (503, "not ready\n")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_probe_needs_no_name_and_no_tls(db: None, settings: Settings, address: str) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["milepost.example.org"], True
    assert said(Client(), address, host="10.0.0.7")[0] == 200


def test_the_figures_are_for_nobody_where_nothing_is_set(desk: Desk, reader: Reader) -> None:
    anna = reader(desk.cast.anna)
    assert said(anna, "/metrics") == said(anna, "/nothing")


def test_with_a_token_they_are_for_who_has_it(desk: Desk, reader: Reader, watch: Client) -> None:
    assert figures(watch)["milepost_http_requests_under_way"] == 0
    anna = reader(desk.cast.anna)
    assert said(anna, "/metrics", authorization="Bearer another") == said(anna, "/nothing")


def test_on_loopback_they_are_for_this_machine_and_not_for_whoever_a_proxy_speaks_for(
    desk: Desk, settings: Settings
) -> None:
    settings.METRICS_LOOPBACK = True
    assert said(Client(), "/metrics")[0] == 200
    assert said(Client(), "/metrics", x_forwarded_for="203.0.113.9")[0] != 200
    assert Client(REMOTE_ADDR="10.0.0.7").get("/metrics").status_code != 200


def test_requests_are_counted_by_route_and_status(desk: Desk, reader: Reader, watch: Client) -> None:
    name = 'milepost_http_requests_total{method="GET",route="/setup/users/<int:pk>",status="404"}'
    before = figures(watch).get(name, 0)
    for number in (4711, 4712):
        reader(desk.cast.celina).get(f"/setup/users/{number}?q=Celina")
    assert figures(watch)[name] == before + 2


def test_jobs_are_counted_by_kind_and_state(desk: Desk, watch: Client) -> None:
    Job.objects.create(name="sync:desk", kind="sync", due_at=NOW, attempts=2)
    Job.objects.create(name="sync:other", kind="sync", due_at=NOW)
    Job.objects.create(name="refresh", kind="refresh", due_at=NOW - timedelta(hours=1))
    found = figures(watch)
    told = {name: value for name, value in found.items() if name.startswith("milepost_jobs{") and value}
    assert told == {
        'milepost_jobs{kind="sync",state="failed"}': 1,
        'milepost_jobs{kind="sync",state="waiting"}': 1,
        'milepost_jobs{kind="refresh",state="overdue"}': 1,
    }


def test_how_long_the_last_calculation_took_is_told(desk: Desk, watch: Client) -> None:
    Job.objects.create(name="refresh", kind="refresh", due_at=NOW)
    assert "milepost_refresh_seconds" not in figures(watch)
    moments = iter([NOW, NOW + timedelta(seconds=42)])
    run = runs.take(now=lambda: next(moments), kinds=frozenset({"refresh"}))
    assert run is not None
    replace(run).finish()
    assert figures(watch)["milepost_refresh_seconds"] == 42


def test_the_age_of_a_source_is_told_by_its_short_name(desk: Desk, watch: Client) -> None:
    Source.objects.create(
        slug="desk",
        name="Desk of Celina",
        make=Source.Make.FEED,
        connected_at=NOW,
        answered_at=NOW - timedelta(hours=2),
    )
    assert figures(watch)['milepost_source_age_seconds{source="desk"}'] == 7200
    assert "Celina" not in said(watch, "/metrics")[1]


def test_no_label_holds_what_people_sent(desk: Desk, reader: Reader, watch: Client) -> None:
    celina = reader(desk.cast.celina)
    for address in ("/nothing/kowalska", "/welcome/kowalska/s3cr3t", "/goals?q=kowalska"):
        celina.get(address)
    celina.generic("KOWALSKA", "/goals")
    text = said(watch, "/metrics")[1]
    assert not re.search("kowalska|s3cr3t", text, re.IGNORECASE)
