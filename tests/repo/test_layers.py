"""The contracts of the import linter are kept, and each would notice when it is broken."""

import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/milepost"
LINTER = Path(sys.executable).with_name("lint-imports")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in CONFIG["contracts"]}

# One violation of every contract: the files to write below milepost/ and the line the linter must report.
PLANTS: dict[str, tuple[dict[str, str], str]] = {
    "one-way": ({"goals/planted.py": "import milepost.web.apps"}, "milepost.goals.planted -> milepost.web.apps"),
    "no-cycles": (
        {"base/one.py": "import milepost.base.other", "base/other.py": "import milepost.base.one"},
        "No cycles are allowed in milepost.base.",
    ),
    "plugins": (
        {"connectors/demo/planted.py": "import milepost.connectors.files.tables"},
        "milepost.connectors.demo.planted -> milepost.connectors.files.tables",
    ),
    "pure": ({"base/planted.py": "import django.utils.timezone"}, "milepost.base.planted -> django"),
    "library-half": ({"metrics/planted.py": "import django.db.models"}, "milepost.metrics.planted -> django"),
    "duckdb": ({"progress/planted.py": "import duckdb"}, "milepost.progress.planted -> duckdb"),
    "engines": ({"metrics/planted.py": "import ibis"}, "milepost.metrics.planted -> ibis"),
    "databases": ({"sources/planted.py": "import sqlalchemy"}, "milepost.sources.planted -> sqlalchemy"),
    "http": ({"sources/planted.py": "import httpx2"}, "milepost.sources.planted -> httpx2"),
}

# Folders of connectors that are none: what several of them share.
SHARED = {"database", "table"}


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Copies the package and writes files into the copy; answers the folder that holds it."""

    def write(files: Mapping[str, str]) -> Path:
        for file in PACKAGE.rglob("*.py"):
            copy = tmp_path / "milepost" / file.relative_to(PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
        for name, text in files.items():
            planted = tmp_path / "milepost" / name
            planted.parent.mkdir(exist_ok=True)
            before = planted.read_text() if planted.exists() else ""
            planted.write_text(f"{before}\n{text}\n")
        return tmp_path

    return write


def lint(folder: Path, *contracts: str, config: Path = ROOT / "pyproject.toml") -> tuple[int, str]:
    """What the import linter says about the package in this folder."""
    chosen = [f"--contract={name}" for name in contracts]
    done = subprocess.run(
        [LINTER, config, "--no-cache", *chosen],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def verdict(output: str, contract: str) -> str:
    """KEPT or BROKEN."""
    name = CONTRACTS[contract]["name"]
    return next(line.removeprefix(name).split()[0] for line in output.splitlines() if line.startswith(f"{name} "))


def test_every_contract_is_kept() -> None:
    code, output = lint(ROOT / "src")
    assert code == 0, output
    assert {verdict(output, contract) for contract in CONTRACTS} == {"KEPT"}


def test_every_contract_has_a_planted_violation() -> None:
    assert set(PLANTS) == set(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_planted_violation_is_reported(contract: str, plant: Callable[[Mapping[str, str]], Path]) -> None:
    files, reported = PLANTS[contract]
    code, output = lint(plant(files))
    assert (code, verdict(output, contract)) == (1, "BROKEN")
    assert reported in output


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_that_looks_away_does_not_report_it(
    contract: str, plant: Callable[[Mapping[str, str]], Path], tmp_path: Path
) -> None:
    """The test above would fail if the contract were emptied: its report comes from the contract and nothing else."""
    files, _reported = PLANTS[contract]
    blind = {**CONTRACTS[contract], "ignore_imports": ["milepost.** -> *", "milepost.** -> **"]}
    config = tmp_path / "blind.toml"
    config.write_text(_as_toml(blind))
    code, output = lint(plant(files), config=config)
    assert (code, verdict(output, contract)) == (0, "KEPT"), output


def test_no_layer_may_import_the_one_above(plant: Callable[[Mapping[str, str]], Path]) -> None:
    layers = [[name for name in layer.split(" | ") if "(" not in name] for layer in CONTRACTS["one-way"]["layers"]]
    files, reported = defaultdict[str, str](str), []
    for above, below in pairwise(filter(None, layers)):
        for high, low in product(above, below):
            files[f"{low}/planted.py"] += f"import milepost.{high}\n"
            reported.append(f"milepost.{low}.planted -> milepost.{high}")
    output = lint(plant(files), "one-way")[1]
    assert [line for line in reported if line not in output] == []


def test_siblings_may_not_import_each_other(plant: Callable[[Mapping[str, str]], Path]) -> None:
    files = {"cli/planted.py": "import milepost.web.apps", "metrics/planted.py": "import milepost.connectors"}
    output = lint(plant(files), "one-way")[1]
    assert "milepost.cli.planted -> milepost.web.apps" in output
    assert "milepost.metrics.planted -> milepost.connectors" in output


def test_a_new_top_level_package_must_be_placed(plant: Callable[[Mapping[str, str]], Path]) -> None:
    code, output = lint(plant({"utils/__init__.py": ""}), "one-way")
    assert code == 1
    assert "utils" in output


@pytest.mark.parametrize("contract", ["pure", "library-half"])
def test_every_module_named_in_a_contract_is_watched(contract: str, plant: Callable[[Mapping[str, str]], Path]) -> None:
    modules = [module.removeprefix("milepost.").replace(".", "/") for module in CONTRACTS[contract]["source_modules"]]
    packages = {module for module in modules if (PACKAGE / module).is_dir()}
    files = {f"{name}/planted.py" if name in packages else f"{name}.py": "import django" for name in modules}
    output = lint(plant(files), contract)[1]
    reported = [f"milepost.{file.removesuffix('.py').replace('/', '.')} -> django" for file in files]
    assert [line for line in reported if line not in output] == []


def test_every_connector_is_in_the_contract_of_connectors() -> None:
    folders = {file.parent.name for file in (PACKAGE / "connectors").glob("*/__init__.py")}
    assert {f"milepost.connectors.{name}" for name in folders - SHARED} == set(CONTRACTS["plugins"]["modules"])


def _as_toml(contract: Mapping[str, Any]) -> str:
    """A configuration with this one contract. JSON's texts, lists and truths are TOML's."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in contract.items()]
    head = '[tool.importlinter]\nroot_package = "milepost"\ninclude_external_packages = true\n'
    return f"{head}[[tool.importlinter.contracts]]\n" + "\n".join(lines)
