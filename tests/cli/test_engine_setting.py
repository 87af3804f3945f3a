"""MILEPOST_ENGINE names the engine that answers, MILEPOST_MEMORY what a refresh may use."""

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


@pytest.mark.parametrize(("told", "kept"), [(None, "300MB"), ("", "300MB"), ("200MB", "200MB"), ("2GB", "2GB")])
def test_a_refresh_may_use_what_is_told(told: str | None, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MILEPOST_MEMORY", raising=False)
    if told is not None:
        monkeypatch.setenv("MILEPOST_MEMORY", told)
    assert env.memory() == kept


@pytest.mark.parametrize("told", ["199MB", "0GB", "1TB", "300", "300 MB", "much", "-1GB"])
def test_memory_that_is_too_little_or_none_stops_the_start(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_MEMORY", told)
    with pytest.raises(Misconfigured, match="Write megabytes or gigabytes, 200MB or more"):
        env.memory()
