"""What every test may ask for."""

from collections.abc import Iterable

import pytest

from tests.cast import Cast, gather


@pytest.fixture
def cast(db: None) -> Cast:
    """Anna, Bartek, Celina, Dawid and Ewa, with their teams."""
    return gather()


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark what needs the database, so that it can be run again on PostgreSQL."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("django_db") or {"db", "transactional_db", "live_server"} & set(fixtures):
            item.add_marker(pytest.mark.database)
