"""The contract that packages of others inherit is kept by a make of ours, so that it asks nothing unheard of."""

import pytest

from milepost.testing.connector_contract import ConnectorContract


@pytest.mark.parametrize("desk", ["request_tracker"], indirect=True)
class TestRequestTracker(ConnectorContract):
    """It tells most of all."""
