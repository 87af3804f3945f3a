"""MILEPOST_ENGINE names the engine that answers."""

import pytest

from milepost.base.errors import Misconfigured
from milepost.config import env


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (None, None),
        ("", None),
        ("duckdb", None),
        ("postgresql://milepost@localhost/facts", "postgresql://milepost@localhost/facts"),
        (
            "spark://master.example:7077?spark.executor.memory=4g",
            "spark://master.example:7077?spark.executor.memory=4g",
        ),
    ],
)
def test_an_engine_is_told_by_its_address(
    told: str | None, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MILEPOST_ENGINE", raising=False)
    if told is not None:
        monkeypatch.setenv("MILEPOST_ENGINE", told)
    assert env.engine() == address


def test_an_engine_that_is_not_known_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_ENGINE", "mysql://localhost/facts")
    with pytest.raises(Misconfigured, match="must read duckdb, postgresql://"):
        env.engine()
