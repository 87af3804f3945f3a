"""What is printed may be cut off by whoever reads it."""

import subprocess
from pathlib import Path

import pytest

from tests.program import MILEPOST, PATIENCE, environment, milepost


@pytest.mark.parametrize("command", [("who-is-who", "list", "--all"), ("jobs",)])
def test_a_command_whose_reader_has_enough_ends_without_a_word(command: tuple[str, ...], tmp_path: Path) -> None:
    milepost(tmp_path, "migrate", "--verbosity", "0")
    with subprocess.Popen(
        [MILEPOST, *command], env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        said = program.stderr.read()
        assert program.wait(PATIENCE) == 141
    assert said == ""
