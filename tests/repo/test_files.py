"""What is tracked names no machine and no registry, and what came from elsewhere has its licence beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [".ci", "changes", "docs", "lint", "requirements", "src", "tests", "tools"]
MADE = {"__pycache__", "_build"}
TEXTS = {
    "",
    ".css",
    ".csv",
    ".html",
    ".js",
    ".json",
    ".lock",
    ".md",
    ".po",
    ".py",
    ".svg",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
}
# Written in parts, so that this file does not name them.
REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
MACHINES = ["/" + "/".join(parts) for parts in (("work", ""), ("root", ""), ("home", ""), ("Users", ""), ("opt", ""))]
LICENCES = re.compile(r"(?i)licen[cs]e|^OFL")
# Fonts, icons, data: what people make elsewhere.
BROUGHT = {".csv", ".eot", ".gz", ".jpg", ".otf", ".parquet", ".png", ".svg", ".ttf", ".woff", ".woff2", ".zip"}


def tracked() -> Iterator[Path]:
    """The files of the repository."""
    yield from (file for file in ROOT.iterdir() if file.is_file())
    for folder in FOLDERS:
        yield from (file for file in (ROOT / folder).rglob("*") if file.is_file() and not MADE & set(file.parts))


def test_no_file_names_a_registry_or_a_folder_of_a_machine() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in tracked()
        if file.suffix in TEXTS
        for word in [*REGISTRIES, *MACHINES]
        if re.search(rf"(?<![\w.]){re.escape(word)}", file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("text", ["see https://pypi" + ".org/project", "cd /" + "home/anna", '"/' + 'root/.config"'])
def test_such_a_name_would_be_found(text: str) -> None:
    assert any(re.search(rf"(?<![\w.]){re.escape(word)}", text) for word in [*REGISTRIES, *MACHINES])


def test_what_came_from_elsewhere_has_its_licence_beside_it() -> None:
    folders = {file.parent for file in (ROOT / "src").rglob("*") if file.suffix in BROUGHT}
    assert folders
    without = [folder for folder in folders if not any(LICENCES.search(file.name) for file in folder.iterdir())]
    assert [str(folder.relative_to(ROOT)) for folder in without] == []


def test_the_project_has_its_own_licence_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
