"""Processes that judge at the same moment give one verdict, on SQLite and on PostgreSQL."""

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.program import MILEPOST, PATIENCE, environment, milepost

ROUNDS: Final = 3
PROCESSES: Final = 3
FORGET: Final = """
from django.db import connection
from milepost.progress import only_added
from milepost.progress.models import Measurement, Verdict
with only_added.emptying(connection):
    Measurement.objects.update(verdict=None)
    Verdict.objects.all().delete()
"""
TELL: Final = """
import json
from milepost.progress.models import Measurement, Verdict
rows = list(Verdict.objects.order_by("target").values_list("target", "number", "status", "numerator"))
pointers = Measurement.objects.filter(verdict__isnull=False).count()
print(json.dumps({"rows": rows, "pointers": pointers}))
"""


@pytest.mark.database
def test_processes_that_judge_at_once_give_one_verdict(tmp_path: Path, database: str) -> None:
    def shell(program: str) -> str:
        return milepost(tmp_path, "shell", "--verbosity=0", "--command", program, database=database)

    milepost(tmp_path, "demo", "--once", database=database)
    right = json.loads(shell(TELL))
    assert len(right["rows"]) == right["pointers"] > 100
    for _ in range(ROUNDS):
        shell(FORGET)
        judging = [
            subprocess.Popen([MILEPOST, "refresh"], env=environment(tmp_path, database), stdout=subprocess.DEVNULL)
            for _ in range(PROCESSES)
        ]
        assert [process.wait(PATIENCE) for process in judging] == [0] * PROCESSES
        assert json.loads(shell(TELL)) == right
