"""The patterns of lint/ find what they are for, where they are for it, and nothing is found in the code."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AST_GREP = Path(sys.executable).with_name("ast-grep")


def ast_grep(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of ast-grep in a folder."""
    done = subprocess.run([AST_GREP, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_pattern_finds_its_examples() -> None:
    code, output = ast_grep(ROOT, "test", "--skip-snapshot-tests")
    assert code == 0, output
    rules = {file.stem for file in (ROOT / "lint/rules").glob("*.yml")}
    assert rules == {file.stem.removesuffix("-test") for file in (ROOT / "lint/tests").glob("*.yml")}
    assert [rule for rule in rules if f"PASS {rule}" not in output] == []


def test_the_code_keeps_the_rules() -> None:
    assert ast_grep(ROOT, "scan") == (0, "")


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        ("only-doors", "web/goals/views.py", "goal = Goal.objects.get(pk=pk)"),
        ("only-doors", "api/goals.py", "goal = get_object_or_404(Goal, pk=pk)"),
        ("one-clock", "goals/pace.py", "today = date.today()"),
        ("no-models-by-name", "sources/sync.py", 'Goal = apps.get_model("goals", "Goal")'),
    ],
)
def test_a_planted_violation_is_found(rule: str, file: str, text: str, tmp_path: Path) -> None:
    plant(tmp_path, file, text)
    code, output = ast_grep(tmp_path, "scan")
    assert code == 1
    assert f"error[{rule}]" in output


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("goals/actions.py", "goal = Goal.objects.get(pk=pk)"),
        ("base/clock.py", "now = datetime.now(UTC)"),
        ("goals/migrations/0002_move.py", 'Goal = apps.get_model("goals", "Goal")'),
    ],
)
def test_where_it_is_allowed_nothing_is_found(file: str, text: str, tmp_path: Path) -> None:
    plant(tmp_path, file, text)
    assert ast_grep(tmp_path, "scan") == (0, "")


def plant(folder: Path, file: str, text: str) -> None:
    """A repository with our rules and one file."""
    shutil.copy(ROOT / "sgconfig.yml", folder)
    shutil.copytree(ROOT / "lint", folder / "lint")
    planted = folder / "src/milepost" / file
    planted.parent.mkdir(parents=True)
    planted.write_text(f"{text}\n")
