"""Every row of the seed is in the documentation, with its tests or the part that brings it."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/seed.md"
ROWS = [*(f"S{number:02}" for number in range(1, 84)), "G1", "G2", "G3", "G4"]
# S49 is the cut-off rest of the note of S48, and shares its test.
SHARED = {"S49": "S48"}


def written() -> dict[str, str]:
    """What the page says of each row: its last column."""
    rows = (line for line in PAGE.read_text().splitlines() if line.startswith("| "))
    lines = [re.split(r"\s*\|\s*", row.strip("| ")) for row in rows]
    return {cells[0]: cells[-1] for cells in lines if re.fullmatch(r"[SG]\d+", cells[0])}


def named_after_rows() -> dict[str, set[str]]:
    """The tests named after each row."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in (ROOT / "tests").rglob("test_*.py"):
        for name in re.findall(r"^def test_((?:[sg]\d+_)+\w+)", file.read_text(), re.MULTILINE):
            for row in re.findall(r"([sg]\d+)_", name):
                found[row.upper()].add(f"test_{name}")
    return found


def test_the_page_has_every_row() -> None:
    assert list(written()) == ROWS


def test_a_row_names_its_tests_and_no_other() -> None:
    tests = named_after_rows()
    for row, text in written().items():
        named = set(re.findall(r"`(test_\w+)`", text))
        assert (row, named) == (row, tests.get(SHARED.get(row, row), set()))


def test_a_row_without_a_test_says_which_part_brings_it() -> None:
    assert [row for row, text in written().items() if "`" not in text and not text.startswith("comes with")] == []
