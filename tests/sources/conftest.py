"""A help desk to read."""

from collections.abc import Iterator

import pytest
import stamina
from pytest_httpserver import HTTPServer

from tests.sources.help_desk import HelpDesk


@pytest.fixture
def help_desk(httpserver: HTTPServer) -> Iterator[HelpDesk]:
    """Asked again at once where it asks to wait."""
    with stamina.set_testing(True, attempts=3):
        yield HelpDesk(httpserver)
