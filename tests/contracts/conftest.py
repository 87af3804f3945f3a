"""Every help desk that a connector reads, as a strict server on this machine."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from milepost.testing.strict_desk import StrictDesk
from tests.contracts.chatwoot import StrictChatwoot
from tests.contracts.django_helpdesk import StrictDjangoHelpdesk
from tests.contracts.freescout import StrictFreeScout
from tests.contracts.freshdesk import StrictFreshdesk
from tests.contracts.helpscout import StrictHelpScout
from tests.contracts.hubspot import StrictHubSpot
from tests.contracts.intercom import StrictIntercom
from tests.contracts.jira import StrictJira
from tests.contracts.osticket import StrictOsTicket
from tests.contracts.redmine import StrictRedmine
from tests.contracts.request_tracker import StrictRequestTracker
from tests.contracts.sql import StrictSql, StrictSqlInMariaDb, StrictSqlInPostgresql
from tests.contracts.zammad import StrictZammad
from tests.contracts.zendesk import StrictZendesk

DESKS: dict[str, Callable[[HTTPServer], StrictDesk]] = {
    "request_tracker": StrictRequestTracker,
    "redmine": StrictRedmine,
    "django_helpdesk": StrictDjangoHelpdesk,
    "hubspot": StrictHubSpot,
    "hubspot_conversations": partial(StrictHubSpot, converses=True),
    "zendesk": StrictZendesk,
    "freshdesk": StrictFreshdesk,
    "zammad": StrictZammad,
    "chatwoot": StrictChatwoot,
    "jira": StrictJira,
    "intercom": StrictIntercom,
    "helpscout": StrictHelpScout,
    "freescout": StrictFreeScout,
}
# A database needs no server of ours. tools/with-postgresql and tools/with-mariadb bring theirs.
SERVERS = {
    "MILEPOST_DATABASE": ("sql_in_postgresql", StrictSqlInPostgresql),
    "MILEPOST_MARIADB": ("sql_in_mariadb", StrictSqlInMariaDb),
}
OSTICKET = {"osticket_in_mariadb": StrictOsTicket} if "MILEPOST_MARIADB" in os.environ else {}
QUERIED: dict[str, type[StrictSql]] = {"sql": StrictSql} | dict(
    database for setting, database in SERVERS.items() if setting in os.environ
)
DATABASES: dict[str, type[StrictSql]] = QUERIED | OSTICKET


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """What asks the PostgreSQL of the tests is run when they run on it; what asks a MariaDB, with real help desks."""
    for item in items:
        if "[sql_in_postgresql" in item.name:
            item.add_marker(pytest.mark.database)
        if "_in_mariadb" in item.name:
            item.add_marker(pytest.mark.help_desk)


@pytest.fixture
def desk(request: pytest.FixtureRequest, httpserver: HTTPServer, tmp_path: Path) -> Iterator[StrictDesk]:
    """By its name."""
    if request.param in DESKS:
        yield DESKS[request.param](httpserver)
        return
    database = DATABASES[request.param](httpserver, folder=tmp_path)
    yield database
    database.close()
