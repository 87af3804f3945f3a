"""The locks hold what pyproject.toml asks for, with hashes, and name no host."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS: dict[str, list[Any]] = PROJECT["dependency-groups"]
RUN: list[str] = PROJECT["project"]["dependencies"]
LOCKS = ["install", "run", "build", "dev", "engines"]


def asked(lock: str) -> list[str]:
    """The requirements that a lock must satisfy."""
    build = [*GROUPS["build"], *PROJECT["build-system"]["requires"]]
    everything = [*RUN, *build, *(one for one in GROUPS["dev"] if isinstance(one, str))]
    return {"run": RUN, "build": build, "dev": everything}.get(lock) or GROUPS[lock]


def pins(lock: str) -> dict[str, set[str]]:
    """Package and its version; several where the version depends on the Python that runs."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([\w.-]+)(?:\[[^]]*])?==([^\s;\\]+)", text(lock)):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def text(lock: str) -> str:
    """The lock as it is."""
    return (ROOT / f"requirements/{lock}.lock").read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_satisfies_what_is_asked(lock: str) -> None:
    held = pins(lock)
    for line in asked(lock):
        requirement = Requirement(line)
        versions = held.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {lock}.lock: make lock"
        assert all(requirement.specifier.contains(Version(version)) for version in versions), line


def test_what_develops_is_what_runs_and_more() -> None:
    dev = pins("dev")
    for lock in ("run", "build"):
        assert {name: dev.get(name) for name in pins(lock)} == pins(lock)


def test_what_compares_engines_is_no_other_version_of_what_develops() -> None:
    dev = pins("dev")
    assert {name: held for name, held in pins("engines").items() if held != dev.get(name, held)} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_hashes_and_no_host(lock: str) -> None:
    entries = re.split(r"(?m)^(?=[\w.-]+(?:\[[^]]*])?==)", text(lock))[1:]
    assert len(entries) == sum(map(len, pins(lock).values()))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", text(lock)) == []
