"""Runs every check, two at a time, shows what failed, and prints the time. `make check` calls it."""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
CATALOGUES = sorted(Path("src/milepost/locale").glob("*/LC_MESSAGES/*.po"))

# The slow ones first, so that the quick ones run beside them.
CHECKS: dict[str, Sequence[object]] = {
    "mypy": [BIN / "mypy"],
    "import-linter": [BIN / "lint-imports"],
    "migrations": [BIN / "milepost", "makemigrations", "--check", "--dry-run"],
    "djlint": [BIN / "djlint", "--lint", "--quiet", "src/milepost"],
    "house rules": [BIN / "ast-grep", "scan"],
    "ruff check": [BIN / "ruff", "check", "--quiet", "."],
    "ruff format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    **{f"msgfmt {file.parent.parent.name}": ["msgfmt", "--check", "--output-file=-", file] for file in CATALOGUES},
}


def run(command: Sequence[object]) -> tuple[int, str]:
    """Exit code and output of a check; one that is not installed has failed."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    except FileNotFoundError as error:
        return 127, str(error)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def main() -> int:
    """Run all; 1 when one failed."""
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        outcomes = dict(zip(CHECKS, pool.map(run, CHECKS.values()), strict=True))
    failed = {name: output for name, (code, output) in outcomes.items() if code}
    for name, output in failed.items():
        print(f"--- {name}\n{output.strip()}")
    told = f"failed: {', '.join(failed)}" if failed else f"{len(CHECKS)} checks passed"
    print(f"check: {told} in {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
