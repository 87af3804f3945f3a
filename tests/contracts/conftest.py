"""Every help desk that a connector reads, as a strict server on this machine."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
import stamina
from pytest_httpserver import HTTPServer

from tests.contracts.django_helpdesk import StrictDjangoHelpdesk
from tests.contracts.hubspot import StrictHubSpot
from tests.contracts.intercom import StrictIntercom
from tests.contracts.jira import StrictJira
from tests.contracts.redmine import StrictRedmine
from tests.contracts.request_tracker import StrictRequestTracker
from tests.contracts.zammad import StrictZammad

Desk = (
    StrictRequestTracker
    | StrictRedmine
    | StrictDjangoHelpdesk
    | StrictHubSpot
    | StrictZammad
    | StrictJira
    | StrictIntercom
)
DESKS: dict[str, Callable[[HTTPServer], Desk]] = {
    "request_tracker": StrictRequestTracker,
    "redmine": StrictRedmine,
    "django_helpdesk": StrictDjangoHelpdesk,
    "hubspot": StrictHubSpot,
    "hubspot_conversations": partial(StrictHubSpot, converses=True),
    "zammad": StrictZammad,
    "jira": StrictJira,
    "intercom": StrictIntercom,
}


@pytest.fixture(params=DESKS)
def desk(request: pytest.FixtureRequest, httpserver: HTTPServer) -> Iterator[Desk]:
    """Asked again at once where it asks to wait."""
    with stamina.set_testing(True, attempts=3):
        yield DESKS[request.param](httpserver)
