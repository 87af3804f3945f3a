"""A fresh installation gets its first administrator on the command line."""

import subprocess
from pathlib import Path

from tests.program import MILEPOST, counted, environment


def create_admin(data: Path, password: str, email: str = "gosia@example.org") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MILEPOST, "create-admin", email, "--name", "Gosia"],
        env=environment(data),
        input=f"{password}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_first_administrator_comes_from_the_command_line(tmp_path: Path) -> None:
    done = create_admin(tmp_path, "seven grey herons")
    assert (done.returncode, done.stdout) == (0, "gosia@example.org can sign in as administrator.\n")
    assert "seven grey herons" not in done.stdout + done.stderr
    assert counted(tmp_path, "people_user") == 1
    again = create_admin(tmp_path, "seven grey herons")
    assert again.returncode == 1
    assert "already a user with the e-mail address gosia@example.org" in again.stderr


def test_a_weak_password_is_refused_with_the_reason(tmp_path: Path) -> None:
    done = create_admin(tmp_path, "gosia")
    assert done.returncode == 1
    assert "too short" in done.stderr
    assert "Traceback" not in done.stderr
    assert counted(tmp_path, "people_user") == 0
