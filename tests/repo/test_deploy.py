"""What is shipped to run Milepost names only what there is: commands, settings, ports, files."""

import json
import re
import shlex
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from django.core.management import load_command_class

from milepost.cli.working import GRACE
from tools.try_container import stages, steps

ROOT: Final = Path(__file__).resolve().parents[2]
DEPLOY: Final = ROOT / "deploy"
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
OURS: Final = [name for name, service in SERVICES.items() if service["image"] == "milepost"]
BUILD, LAST = stages(steps((DEPLOY / "Containerfile").read_text()))
FINAL: Final = dict(LAST)
UNIT: Final = (DEPLOY / "milepost.service").read_text()


def settings() -> set[str]:
    """The settings that the documentation has, which are those that the program reads, each also through a file."""
    page = (ROOT / "docs/run/settings.md").read_text()
    names = set(re.findall(r"(?m)^\| `(MILEPOST_[A-Z_]+)`", page))
    return names | {f"{name}_FILE" for name in names}


def understood(command: list[str]) -> dict[str, Any]:
    """What the program understands of a command line; it would exit where it does not."""
    name, *arguments = command
    return vars(load_command_class("milepost.cli", name).create_parser("milepost", name).parse_args(arguments))


def allowed() -> set[str]:
    """What goes into the build."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_the_compose_file_is_one_of_the_program(name: str) -> None:
    told = understood(SERVICES[name]["command"])
    if "ports" in SERVICES[name]:
        assert SERVICES[name]["ports"] == [f"127.0.0.1:8000:{told['port']}"]
        assert told["host"] == "0.0.0.0"  # noqa: S104 - of the container


def test_every_setting_of_the_compose_file_is_one_of_the_program() -> None:
    named = {setting for name in OURS for setting in SERVICES[name]["environment"]}
    assert named <= settings()
    assert "MILEPOST_DATABASE_FILE" in named


def test_the_two_profiles_are_whole() -> None:
    profiles = {name: service["profiles"] for name, service in SERVICES.items()}
    assert {name for name, profile in profiles.items() if profile == ["embedded"]} == {"milepost"}
    assert {name for name, profile in profiles.items() if profile == ["postgresql"]} == {"pages", "worker", "database"}
    for name, service in SERVICES.items():
        for other in service.get("depends_on", {}):
            assert profiles[other] == profiles[name]


def test_every_volume_and_secret_of_the_compose_file_is_declared_and_used() -> None:
    volumes = {volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    secrets = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert volumes == set(COMPOSE["volumes"])
    assert secrets == set(COMPOSE["secrets"])
    files = {f"/run/secrets/{name}" for name in secrets}
    read = {value for service in SERVICES.values() for key, value in service["environment"].items() if "_FILE" in key}
    assert read == files


def test_secrets_are_files_outside_of_the_repository() -> None:
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("secrets/")
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_data_of_the_compose_file_are_where_the_container_keeps_them() -> None:
    assert "MILEPOST_DATA=/data" in FINAL["ENV"]
    assert FINAL["VOLUME"] == "/data"
    assert all("data:/data" in SERVICES[name]["volumes"] for name in OURS)
    assert COMPOSE["x-milepost"]["build"] == {"context": "..", "dockerfile": "deploy/Containerfile"}


def test_the_container_runs_a_command_of_the_program_as_nobody_in_particular() -> None:
    assert json.loads(FINAL["ENTRYPOINT"]) == ["milepost"]
    told = understood(json.loads(FINAL["CMD"]))
    assert str(told["port"]) == FINAL["EXPOSE"]
    user, _, group = FINAL["USER"].partition(":")
    assert int(user) > 0 < int(group)
    assert f"127.0.0.1:{told['port']}/healthz" in FINAL["HEALTHCHECK"]
    assert set(re.findall(r"MILEPOST_[A-Z_]+", FINAL["ENV"])) <= settings()


def test_everything_that_is_copied_into_the_container_exists_and_is_let_into_the_build() -> None:
    copied = {source for word, rest in BUILD if word == "COPY" for source in rest.split()[:-1]}
    assert {source for source in copied if not (ROOT / source).exists()} == set()
    assert copied == allowed() - {"**/__pycache__"}


def test_packages_come_into_the_container_from_the_hashed_locks_alone() -> None:
    runs = [command for word, rest in BUILD if word == "RUN" for command in rest.split(" && ")]
    pips = [command for command in runs if "/pip " in command]
    assert len(pips) == 4
    for command in pips:
        assert "--require-hashes" in command or "--no-deps" in command
        assert "--require-hashes" in command or "--no-index" in command or "--no-build-isolation" in command


def test_no_secret_is_given_to_the_build() -> None:
    for stage in (BUILD, LAST):
        assert "ARG" not in {word for word, _rest in stage}
        assert not re.search("(?i)secret|password|token|_key", " ".join(rest for word, rest in stage if word == "ENV"))


def test_the_unit_runs_a_command_of_the_program_and_names_its_settings() -> None:
    (start,) = re.findall(r"(?m)^ExecStart=(.+)$", UNIT)
    program, *command = shlex.split(start)
    assert program.endswith("/milepost")
    assert understood(command)["host"] == "127.0.0.1"
    assert set(re.findall(r"(?m)^(?:Environment=)(MILEPOST_[A-Z_]+)", UNIT)) <= settings()
    assert re.search(r"(?m)^StateDirectory=milepost$", UNIT)
    assert "MILEPOST_DATA=/var/lib/milepost" in UNIT


def test_both_wait_longer_for_the_end_than_a_worker_may_take() -> None:
    (seconds,) = re.findall(r"(?m)^TimeoutStopSec=(\d+)$", UNIT)
    assert int(seconds) > GRACE
    assert int(COMPOSE["x-milepost"]["stop_grace_period"].removesuffix("s")) > GRACE
