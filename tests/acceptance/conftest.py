"""The log as it was published, imported by the command; and databases for programs of their own."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from milepost.connectors.demo.log import LOG, MAPPING
from tests.program import milepost


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder into which the whole log was imported, unshifted. Tests only read it."""
    data = tmp_path_factory.mktemp("log") / "data"
    printed = milepost(data, "import", LOG, "--mapping", MAPPING)
    assert "141712 rows read. Tickets: 24918 new, 0 updated, 0 unchanged." in printed
    assert "Rejected" not in printed
    return data


@pytest.fixture
def database() -> Iterator[str]:
    """An empty database of the kind that the tests run on; nothing stands for SQLite in the data folder."""
    server = os.environ.get("MILEPOST_DATABASE", "")
    if not server:
        yield ""
        return
    name = f"killed_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
