"""The contract, kept by every make of ours: against a strict server, or in databases."""

import pytest

from milepost.sources.models import Source
from milepost.testing.connector_contract import (
    Connected,
    ConnectorContract,
    EveryConnector,
    SigningIn,
    TellsDeletions,
    TellsMerges,
    TellsRestored,
    facts,
    synced,
)
from tests.contracts.conftest import DATABASES, DESKS, QUERIED
from tests.contracts.freshdesk import StrictFreshdesk
from tests.contracts.request_tracker import StrictRequestTracker
from tests.contracts.sql import StrictSql

# A file lets everybody in; the databases that do not are there where their servers are.
GUARDED = [name for name in DATABASES if name != "sql"]


@pytest.mark.parametrize("desk", DESKS, indirect=True)
class TestOverHttp(ConnectorContract):
    """Makes that are asked over HTTP."""


@pytest.mark.parametrize("desk", DATABASES, indirect=True)
class TestInDatabases(EveryConnector):
    """Makes that are read from their tables. What passes there is in tests/connectors/test_sql.py."""


if GUARDED:

    @pytest.mark.parametrize("desk", GUARDED, indirect=True)
    class TestUsersOfDatabases(SigningIn):
        """Databases that let a user in."""


@pytest.mark.parametrize("desk", ["request_tracker", "django_helpdesk", "zendesk", "zammad", *DATABASES], indirect=True)
class TestMerges(TellsMerges):
    """Makes that tell of merged tickets."""


@pytest.mark.parametrize("desk", ["request_tracker", *QUERIED], indirect=True)
class TestDeletions(TellsDeletions):
    """Makes that tell of deleted tickets."""

    def test_a_date_that_is_not_set_is_no_date(self, desk: StrictRequestTracker | StrictSql, source: Source) -> None:
        desk.opens(created="1970-01-01T00:00:00Z")
        synced(desk, source)
        assert min(at for (at,) in facts("happened_at", kind="created")) > 1_700_000_000


@pytest.mark.parametrize("desk", ["zendesk", "freshdesk", "helpscout", "freescout"], indirect=True)
class TestRestored(TellsRestored):
    """Makes whose deleted tickets may come back."""


@pytest.mark.parametrize("desk", ["freshdesk"], indirect=True)
class TestWithoutHistory(Connected):
    """Makes that tell how a ticket stands, and not how it came there: what was read once is kept."""

    def test_a_resolution_counts_for_whoever_holds_the_ticket_now(self, desk: StrictFreshdesk, source: Source) -> None:
        desk.assigns("1", "celina", by="celina")
        desk.becomes("1", "resolved", by="celina")
        synced(desk, source)
        desk.pass_(hours=1)
        desk.assigns("1", "dawid", by="celina")
        desk.moves("1", "2", by="celina")
        synced(desk, source)
        assert facts("agent", "pipeline", kind="resolution") == [("Dawid", "Billing")]

    def test_a_reopen_ends_the_resolution_that_was_read(self, desk: StrictFreshdesk, source: Source) -> None:
        desk.becomes("1", "resolved", by="celina")
        resolved = int(desk.now.timestamp())
        synced(desk, source)
        desk.pass_(hours=1)
        desk.reopens("1")
        reopened = int(desk.now.timestamp())
        desk.pass_(hours=1)
        synced(desk, source)
        assert facts("happened_at", "ended_at", kind="resolution") == [(resolved, reopened)]
        desk.pass_(hours=1)
        desk.becomes("1", "resolved", by="celina")
        again = int(desk.now.timestamp())
        desk.pass_(minutes=5)
        synced(desk, source)
        assert facts("happened_at", "ended_at", kind="resolution") == [(resolved, reopened), (again, None)]
