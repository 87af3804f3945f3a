"""A MariaDB over the network (tools/with-mariadb): what is said when it lets nobody in, and whom it proves to be."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import stamina

from milepost.base.errors import SourceFailed
from milepost.connectors.database.server import opened
from milepost.connectors.databases import place
from milepost.connectors.http import Door

pytestmark = pytest.mark.help_desk
PORT = urlsplit(os.environ["MILEPOST_MARIADB"]).port or 0
CERTIFICATE = os.environ["MILEPOST_MARIADB_CERTIFICATE"]


def may_write(*, host: str = "127.0.0.1", user: str = "root", more: str = "", folders: tuple[Path, ...] = ()) -> bool:
    """Whether the user may write, when it is let in."""
    at = place(f"mysql://{user}@{host}:{PORT}/{more}" if host else f"mysql://{user}@/{more}")
    with (
        stamina.set_testing(True, attempts=1),
        opened(at, "", Door(frozenset({(host, PORT)}), folders)) as server,
    ):
        return server.may_write()


def test_root_may_write() -> None:
    assert may_write(more="mysql")


@pytest.mark.parametrize(
    ("user", "more", "said"),
    [("nobody", "mysql", "refuses the user or the password"), ("root", "none", "no such database")],
)
def test_why_it_lets_nobody_in_is_for_a_person(user: str, more: str, said: str) -> None:
    with pytest.raises(SourceFailed, match=said) as failed:
        may_write(user=user, more=more)
    assert failed.value.permanent


def test_a_certificate_proves_the_name_of_the_server_to_who_trusts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceFailed, match="cannot be encrypted"):
        may_write(host="localhost", more="mysql?tls=verify")
    monkeypatch.setenv("SSL_CERT_FILE", CERTIFICATE)
    assert may_write(host="localhost", more="mysql?tls=verify")
    with pytest.raises(SourceFailed, match="cannot be encrypted"):
        may_write(more="mysql?tls=verify")
    assert may_write(more="mysql?tls=require")


def test_it_is_asked_behind_its_socket() -> None:
    folder = Path(CERTIFICATE).parent
    assert may_write(host="", more=f"mysql?socket={folder}/socket", folders=(folder,))
