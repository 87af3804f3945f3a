"""Addresses of databases, and the way to them: what is in a file, behind a socket, in the own network, or elsewhere."""

import ipaddress
from pathlib import Path

import pytest

from milepost.base.errors import Refused, SourceFailed
from milepost.connectors import databases
from milepost.connectors.addresses import InOwnNetwork, Reached
from milepost.connectors.database.server import guarded, opened
from milepost.connectors.databases import Place, System, Tls
from milepost.connectors.http import Door
from tests.connectors.tables import made


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (
            "postgresql://reader@db.example.org/desk",
            Place(System.POSTGRESQL, "desk", "reader", "db.example.org", 5432),
        ),
        ("postgres://reader@[::1]:6000/desk", Place(System.POSTGRESQL, "desk", "reader", "::1", 6000)),
        (
            "mariadb://a%40b@db/desk?tls=verify",
            Place(System.MYSQL, "desk", "a@b", "db", 3306, tls=Tls.VERIFY),
        ),
        (
            "mysql://reader@/desk?socket=/run/db.sock",
            Place(System.MYSQL, "desk", "reader", port=3306, socket="/run/db.sock"),
        ),
        ("sqlite:///srv/desk/desk.db", Place(System.SQLITE, "/srv/desk/desk.db")),
        ("sqlite:////srv/desk/desk.db", Place(System.SQLITE, "/srv/desk/desk.db")),
    ],
)
def test_an_address_says_where_a_database_is(address: str, place: Place) -> None:
    assert databases.place(address) == place


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://reader:secret@db/desk",
        "postgresql://reader@db/desk?host=169.254.169.254",
        "postgresql://reader@db/desk?hostaddr=127.0.0.1",
        "postgresql://reader@db/desk?service=other",
        "postgresql://reader@db/desk?sslrootcert=/etc/passwd",
        "postgresql://reader@db/desk?tls=maybe",
        "postgresql://reader@db/desk?socket=/run/postgresql",
        "postgresql://reader@/desk",
        "postgresql://db/desk",
        "postgresql://reader@db/",
        "postgresql://reader@db:0/desk",
        "postgresql://reader@db:x/desk",
        "postgresql+psycopg://reader@db/desk",
        "mssql://reader@db/desk",
        "file:///etc/passwd",
        "sqlite://host/desk.db",
        "sqlite:///desk.db?mode=rw",
        "sqlite:///",
        "desk.db",
    ],
)
def test_what_may_lead_elsewhere_or_nowhere_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        databases.place(address)


@pytest.mark.parametrize("system", ["postgresql", "mysql"])
def test_a_server_of_the_own_network_is_asked_after_it_was_allowed_alone(system: str) -> None:
    place = databases.place(f"{system}://reader@127.0.0.1:7/desk")
    with opened(place, "", Door(frozenset({("127.0.0.1", 8)}))) as server, pytest.raises(InOwnNetwork) as found:
        server.may_write()
    assert (found.value.host, found.value.port) == ("127.0.0.1", 7)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "0.0.0.0"])  # noqa: S104 - nothing listens
def test_addresses_of_clouds_are_never_asked(host: str) -> None:
    place = databases.place(f"postgresql://reader@{host}/desk")
    allowed = frozenset({(place.host, place.port)})
    with opened(place, "", Door(allowed)) as server, pytest.raises(SourceFailed, match="never reads"):
        server.may_write()


@pytest.mark.parametrize(
    ("told", "address", "tls"),
    [("", "10.0.0.8", "prefer"), ("", "8.8.8.8", "require"), ("?tls=verify", "8.8.8.8", "verify")],
)
def test_outside_of_the_own_network_nothing_is_sent_unencrypted(told: str, address: str, tls: str) -> None:
    place = databases.place(f"postgresql://reader@db.example.org/desk{told}")
    reached = Reached(place.host, place.port, (ipaddress.ip_address(address),))
    assert guarded(place, reached).tls == tls


def test_a_server_that_does_not_listen_may_do_so_later() -> None:
    place = databases.place("mysql://reader@127.0.0.1:1/desk")
    with opened(place, "", Door(frozenset({("127.0.0.1", 1)}))) as server, pytest.raises(SourceFailed) as found:
        server.may_write()
    assert not found.value.permanent


class TestFiles:
    """A file is read where it lies in a folder that was listed."""

    def test_a_file_of_a_listed_folder_is_read(self, tmp_path: Path) -> None:
        made(tmp_path / "desk.db", "CREATE TABLE tickets (id)")
        with opened(databases.place(f"sqlite://{tmp_path}/desk.db"), "", Door(folders=(tmp_path,))) as server:
            assert server.may_write() is False

    @pytest.mark.parametrize("way", ["other/desk.db", "listed/../other/desk.db", "listed/link.db", "listed/none.db"])
    def test_no_way_leads_out_of_the_folder(self, tmp_path: Path, way: str) -> None:
        for name in ("listed", "other"):
            (tmp_path / name).mkdir()
        made(tmp_path / "other/desk.db", "CREATE TABLE tickets (id)")
        (tmp_path / "listed/link.db").symlink_to(tmp_path / "other/desk.db")
        door = Door(folders=(tmp_path / "listed",))
        with (
            pytest.raises(SourceFailed, match="MILEPOST_DATABASE_FOLDERS"),
            opened(databases.place(f"sqlite://{tmp_path}/{way}"), "", door),
        ):
            pass

    def test_a_socket_outside_of_the_listed_folders_is_refused(self, tmp_path: Path) -> None:
        place = databases.place(f"postgresql://reader@/desk?socket={tmp_path}")
        with pytest.raises(SourceFailed, match="MILEPOST_DATABASE_FOLDERS"), opened(place, "", Door()):
            pass
