"""The documentation names every setting, command, metric and column there is, and no setting or command that is not."""

import re
from pathlib import Path

from docs._ext import reference
from milepost.metrics.catalog import METRICS
from milepost.metrics.presets import PRESETS
from milepost.people.roles import Role
from milepost.tickets.columns import FACT_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/milepost"
DOCS = ROOT / "docs"


def page(name: str) -> str:
    """A page as it is written."""
    return (DOCS / name).read_text()


def test_every_setting_is_documented_and_no_other() -> None:
    config = "".join(file.read_text() for file in (PACKAGE / "config").glob("*.py"))
    read = {f"MILEPOST_{name}" for name in re.findall(r'\b(?:text|flag|words|one_of)\(\s*"([A-Z_]+)"', config)}
    assert len(read) > 3
    assert set(re.findall(r"(?m)^\| `(MILEPOST_[A-Z_]+)`", page("run/settings.md"))) == read


def test_no_setting_is_read_behind_the_back_of_config() -> None:
    readers = {
        file.relative_to(PACKAGE).parts[0] for file in PACKAGE.rglob("*.py") if "environ.get" in file.read_text()
    }
    assert readers == {"config"}


def test_every_command_is_documented_and_no_other() -> None:
    commands = {file.stem for file in (PACKAGE / "cli/management/commands").glob("[!_]*.py")}
    documented = set(re.findall(r"(?m)^## `milepost ([a-z_-]+)", page("run/commands.md")))
    # What Django brings and an administrator needs is documented beside ours.
    assert documented - {"migrate", "changepassword"} == commands


def test_every_metric_preset_column_and_role_is_in_a_table_made_from_its_declaration() -> None:
    assert [row[0] for row in reference.metric_rows()] == list(METRICS)
    assert [row[0] for row in reference.column_rows()] == [column.name for column in FACT_COLUMNS]
    assert [row[0] for row in reference.preset_rows()] == list(PRESETS)
    assert [row[0] for row in reference.role_rows()] == list(Role)
    assert "```{metrics}" in page("reference/metrics.md")
    assert "```{presets}" in page("reference/metrics.md")
    assert "```{facts-columns}" in page("reference/facts.md")
    assert "```{roles}" in page("guide/roles.md")


def test_every_decision_is_numbered_in_line_and_has_its_four_parts() -> None:
    files = sorted((DOCS / "decisions").glob("0*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    parts = ["Context", "Decision", "Consequences", "Alternatives"]
    assert [file.name for file in files if re.findall(r"(?m)^## (\w+)", file.read_text()) != parts] == []


def test_files_that_the_documents_name_exist() -> None:
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    named = {
        (file.relative_to(ROOT), path)
        for file in pages
        if "_build" not in file.parts
        for path in re.findall(r"`((?:src|tests|docs|lint|tools|changes|requirements)/[\w/.-]+)`", file.read_text())
    }
    assert [(str(file), path) for file, path in sorted(named) if not (ROOT / path).exists()] == []
