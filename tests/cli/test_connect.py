"""`milepost connect`: tries to read, says what was found, asks what it was not told; nobody there is an answer too."""

import io
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from milepost.base import clock
from milepost.sources import entrances
from milepost.sources.models import AllowedServer, Source
from tests.connectors.tables import made
from tests.sources.help_desk import TOKEN, HelpDesk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(httpserver: HTTPServer, tmp_path: Path, settings: Settings) -> HelpDesk:
    """A help desk in the own network, and a file that holds its token."""
    settings.DATA_FOLDER = tmp_path
    settings.FACTS_FOLDER = tmp_path / "facts"
    (tmp_path / "token").write_text(TOKEN)
    return HelpDesk(httpserver)


def connect(desk: HelpDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *more: str, typed: str = "") -> str:
    """What is printed, where this is typed at whatever is asked."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    printed = io.StringIO()
    call_command("connect", desk.address, "--token-file", str(tmp_path / "token"), *more, stdout=printed)
    return printed.getvalue()


def test_a_server_in_the_own_network_is_read_after_a_yes(
    desk: HelpDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.solves("1")
    assert "It is read as “desk”" in connect(desk, monkeypatch, tmp_path, typed="y\n")
    allowed = AllowedServer.objects.get()
    assert (allowed.host, allowed.port) == (desk.server.host, desk.server.port)
    assert TOKEN not in str(Source.objects.values().get())


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_without_a_yes_it_is_neither_read_nor_allowed_and_the_answer_says_how(
    desk: HelpDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str
) -> None:
    with pytest.raises(CommandError, match="run this again with --own-network"):
        connect(desk, monkeypatch, tmp_path, typed=typed)
    assert not desk.asked
    assert not Source.objects.exists()
    assert not AllowedServer.objects.exists()


def test_a_script_that_says_too_little_is_told_what_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="--set address=TEXT"):
        call_command("connect", "request_tracker")


def test_an_address_to_send_to_is_printed_with_its_token_once(tmp_path: Path, settings: Settings) -> None:
    def printed(*more: str) -> str:
        said = io.StringIO()
        call_command("connect", "inbound", *more, stdout=said)
        return said.getvalue()

    first, second = printed("--source", "desk", "--name", "Kestrel desk"), printed("--source", "desk")
    source = Source.objects.get()
    assert (source.name, source.make) == ("Kestrel desk", "inbound")
    assert f"Send events to: http://localhost:8000/inbound/{source.entrance.key}\n" in first
    tokens = [said.split("shown this once: ")[1].split("\n")[0] for said in (first, second)]
    assert tokens[0] != tokens[1]
    assert all(entrances.lets_in(source.entrance, token, now=clock.now()) for token in tokens)


def test_a_source_of_another_kind_does_not_become_one_to_send_to(tmp_path: Path, settings: Settings) -> None:
    Source.objects.create(slug="desk", name="Help desk", make=Source.Make.FILE, connected_at=clock.now())
    with pytest.raises(CommandError, match="a source of another kind"):
        call_command("connect", "inbound", "--source", "desk")


def test_a_query_is_typed_over_many_lines_and_what_may_be_left_out_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    settings.DATA_FOLDER, settings.DATABASE_FOLDERS = tmp_path, [tmp_path]
    made(tmp_path / "desk.db", "CREATE TABLE tickets (id, opened, changed)")
    query = "SELECT id AS ticket, opened AS created,\n       changed AS updated\nFROM tickets"
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{query}\n\n"))
    monkeypatch.setattr("milepost.cli.management.commands.connect.getpass", lambda _: "")
    printed = io.StringIO()
    call_command("connect", "sql", "--set", f"address=sqlite://{tmp_path}/desk.db", stdout=printed)
    assert "✓ Columns: ticket, created, updated" in printed.getvalue()
    assert Source.objects.get().settings["tickets"] == query
