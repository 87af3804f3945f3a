"""The log as it was published, imported by the command."""

from pathlib import Path

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
