"""A PostgreSQL over the network that asks for a password: who is let in, and that nothing can be changed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import stamina
from sqlalchemy import Engine, NullPool, create_engine, text

from milepost.base.errors import SourceFailed
from milepost.connectors import registry, settings
from milepost.connectors.contract import Connector
from milepost.connectors.http import Door

pytestmark = pytest.mark.help_desk
PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"))
CERTIFICATE = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
CERTIFICATE += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
HOST, PASSWORD = "127.0.0.1", "a password"
QUERY = "SELECT id AS ticket, opened AS created, opened AS updated FROM tickets"


@dataclass(frozen=True)
class Server:
    """Where it listens, and the certificate that it shows."""

    port: int
    certificate: Path


@pytest.fixture
def port(server: Server) -> int:
    """Where it listens."""
    return server.port


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Where it listens; it refuses to run as root, and to be read without a password."""
    folder, runs = Path(tempfile.mkdtemp()), "postgres" if os.getuid() == 0 else None
    if runs:
        shutil.chown(folder, runs)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    (folder / "password").write_text("a password of the owner")
    made: list[str | Path] = [
        PROGRAMS / "initdb",
        "--pgdata",
        folder / "data",
        "--username",
        "owner",
        "--auth",
        "scram-sha-256",
    ]
    subprocess.run([*made, "--pwfile", folder / "password"], user=runs, cwd="/", capture_output=True, check=True)
    files: list[str | Path] = ["-keyout", folder / "key", "-out", folder / "certificate"]
    subprocess.run([*CERTIFICATE, *files], capture_output=True, check=True)
    if runs:
        shutil.chown(folder / "key", runs)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k '{folder}' -c fsync=off "
    options += f"-c ssl=on -c ssl_cert_file='{folder}/certificate' -c ssl_key_file='{folder}/key'"
    run: list[str | Path] = [PROGRAMS / "pg_ctl", "--pgdata", folder / "data", "--log", folder / "log", "--wait"]
    subprocess.run([*run, "start", "-o", options], user=runs, cwd="/", stdout=subprocess.DEVNULL, check=True)
    with owner(port).begin() as connection:
        for statement in (
            "CREATE TABLE tickets (id INTEGER, opened TIMESTAMPTZ)",
            "INSERT INTO tickets SELECT n, '2026-03-02 08:00+01' FROM generate_series(1, 3) n",
            "CREATE SEQUENCE numbers",
            "CREATE ROLE reader LOGIN PASSWORD 'a password'",
            "GRANT SELECT ON tickets TO reader",
            "GRANT ALL ON numbers TO reader",
        ):
            connection.execute(text(statement))
    yield Server(port, folder / "certificate")
    subprocess.run([*run, "--mode", "immediate", "stop"], user=runs, cwd="/", capture_output=True, check=True)
    shutil.rmtree(folder)


def owner(port: int) -> Engine:
    """Who may do everything there."""
    address = f"postgresql+psycopg://owner:a password of the owner@127.0.0.1:{port}/postgres"
    return create_engine(address, poolclass=NullPool)


def failing(
    port: int, *, query: str = QUERY, password: str = PASSWORD, host: str = HOST, more: str = ""
) -> SourceFailed:
    """Why it cannot be read."""
    with stamina.set_testing(True, attempts=1), pytest.raises(SourceFailed) as failed:
        keys(port, query=query, password=password, host=host, more=more)
    return failed.value


def keys(port: int, *, query: str = QUERY, password: str = PASSWORD, host: str = HOST, more: str = "") -> list[str]:
    """The tickets that are told, after a check."""
    make = registry.make("sql")
    address = f"postgresql://reader@{host}:{port}/postgres{more}"
    told = {"address": address, "token": password, "tickets": query, "since": "2020-01-01"}
    with make.open(settings.read(make.settings, told), Door(frozenset({(host, port)}))) as connector:
        assert [step.name for step in connector.check() if step.warning] == ["First reply and close times"]
        return newest_first(connector)


def newest_first(connector: Connector) -> list[str]:
    """Each ticket once."""
    return list(dict.fromkeys(event.key for batch in connector.changes("") for event in batch.events))


def test_a_user_with_its_password_reads(port: int) -> None:
    assert keys(port) == ["3", "2", "1"]


def test_a_wrong_password_is_for_a_person(port: int) -> None:
    failure = failing(port, password="another")
    assert "refuses the user or the password" in str(failure)
    assert failure.permanent


def test_a_password_of_the_environment_is_sent_to_nobody(
    port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "passwords").write_text("*:*:*:*:a password\n")
    (tmp_path / "passwords").chmod(0o600)
    monkeypatch.setenv("PGPASSWORD", "a password")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "passwords"))
    assert "password" in str(failing(port, password=""))


def test_a_certificate_proves_the_name_of_the_server_to_who_trusts_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = failing(server.port, host="localhost", more="?tls=verify")
    assert "cannot be encrypted" in str(failure)
    assert failure.permanent
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert keys(server.port, host="localhost", more="?tls=verify") == ["3", "2", "1"]
    assert "cannot be encrypted" in str(failing(server.port, more="?tls=verify"))
    assert keys(server.port, more="?tls=require") == ["3", "2", "1"]


def test_a_query_that_would_change_something_is_refused_by_the_server(port: int) -> None:
    query = f"{QUERY} WHERE nextval('numbers') > 0"
    assert "read-only transaction" in str(failing(port, query=query))


def test_a_query_of_a_table_that_may_not_be_read_says_so(port: int) -> None:
    query = "SELECT oid AS ticket, rolvaliduntil AS created, rolvaliduntil AS updated FROM pg_authid"
    assert "permission denied" in str(failing(port, query=query))


def test_a_connection_that_is_cut_between_two_batches_is_made_anew(port: int) -> None:
    make = registry.make("sql")
    told = {"address": f"postgresql://reader@127.0.0.1:{port}/postgres", "token": PASSWORD, "tickets": QUERY}
    with make.open(settings.read(make.settings, told), Door(frozenset({("127.0.0.1", port)}))) as connector:
        list(connector.check())
        with owner(port).begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'"))
        assert newest_first(connector) == ["3", "2", "1"]
