"""Measures the import of the demo log and the start of the demo, each in its own process. `make bench` calls it.

Exits with 1 when the peak is above the bar, or when importing the same file again changes a byte of a fact file.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from milepost.connectors.demo.log import LOG, MAPPING

MILEPOST = Path(sys.executable).with_name("milepost")
MEGABYTE = 1024
# The peak of an import, in megabytes.
BAR = 600


def measured(environment: Mapping[str, str], *arguments: object) -> tuple[float, float]:
    """Seconds and peak megabytes of a command."""
    began = time.monotonic()
    process = subprocess.Popen(
        [MILEPOST, *map(str, arguments)], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _pid, code, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        sys.exit(process.returncode)
    return time.monotonic() - began, usage.ru_maxrss / MEGABYTE


def contents(folder: Path) -> dict[str, str]:
    """Every fact file and the hash of its bytes."""
    files = sorted(folder.rglob("*.parquet"))
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def main() -> int:
    """Import twice, rebuild and refresh once, load the demo twice, and print what each took."""
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_DATABASE")}
        environment = kept | {"MILEPOST_DATA": f"{folder}/log"}
        demo = kept | {"MILEPOST_DATA": f"{folder}/demo"}
        facts = Path(folder) / "log/facts"
        importing = ("import", LOG, "--mapping", MAPPING)
        first = measured(environment, *importing)
        before = contents(facts)
        again = measured(environment, *importing)
        same = contents(facts) == before
        runs = {
            "import": first,
            "the same again": again,
            "rebuild": measured(environment, "rebuild"),
            "demo": measured(demo, "demo", "--once"),
            "demo again": measured(demo, "demo", "--once"),
            "refresh": measured(demo, "refresh"),
        }
    for name, (seconds, megabytes) in runs.items():
        print(f"{name:16} {seconds:6.1f} s {megabytes:6.0f} MB")
    print(f"peak of the import: {first[1]:.0f} MB, the bar is {BAR} MB")
    print("the same again changed no byte of a fact file" if same else "the same again CHANGED fact files")
    return 0 if same and first[1] <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
