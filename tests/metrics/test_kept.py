"""Kept sums change no answer: after any changes, and after a process was killed while it wrote them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import duckdb
import pytest

from milepost.metrics import engine
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.metrics.rollup import Leaf, kept, nearby
from milepost.metrics.stints import Stint
from milepost.tickets.store import Store, Touched
from milepost.tickets.store.reading import connection
from tests.metrics.changing import START, Changing, treat_as_large

ROUNDS: Final = 20
KILLS: Final = 6
DAY: Final = 86_400
Key = tuple[int, int, int]


@pytest.fixture
def changing(tmp_path: Path) -> Changing:
    return Changing(Store(tmp_path / "facts"), tmp_path / "changes.csv", "kept")


def questions(store: Store) -> list[Question]:
    """Every metric, by agent or by team, over windows of like and of unlike length, all of which have begun.

    Some windows ask for later changes, and some agents belong to a group for a while only.
    """
    first = int(START.timestamp())
    edges = [first + day * DAY for day in (0, 7, 14, 21, 28)]
    weeks = tuple(Window(number, *edges[number : number + 2]) for number in range(4))
    windows = weeks, (Window(8, first, first + 61 * DAY), Window(9, first + 3_600, first + 90 * DAY, later=True))
    numbers = {By.AGENT: sorted(store.numbers("agent")), By.TEAM: sorted(store.numbers("team"))}
    pipelines = sorted(store.numbers("pipeline"))[:1]
    asked = []
    for place, metric in enumerate(METRICS.values()):
        measures = [Measure.of(metric, within=DAY if metric.bounded else None)]
        measures += [
            Measure(metric, one) for one in metric.aggregates if one is Aggregate.MEDIAN and not metric.bounded
        ]
        by = By.TEAM if place // 2 % 2 else By.AGENT
        members = {number: number % 2 if place % 3 == 0 else number for number in numbers[by]}
        conditions = (Condition("pipeline", frozenset(pipelines)),) if place % 2 else ()
        asked += [Question(measure, by, windows[place % 2], members, conditions) for measure in measures]
        if place % 4 == 0:
            whiles = tuple(Stint(number, 7, first + number * DAY, first + 40 * DAY) for number in numbers[By.AGENT])
            asked.append(Question(measures[0], By.AGENT, windows[0], {}, (), whiles))
    return asked


def amounts(leaves: Iterable[Leaf]) -> dict[Key, Amount | None]:
    return {leaf[:3]: leaf.amount for leaf in leaves}


def present(known: dict[Key, Amount | None]) -> dict[Key, Amount]:
    return {key: amount for key, amount in known.items() if amount is not None}


def moving(asked: Sequence[Question]) -> set[int]:
    """Questions whose answers move with the clock; whoever measures asks them anew."""
    metrics = [question.measure.metric for question in asked]
    return {number for number, metric in enumerate(metrics) if metric.is_level or metric.owed is not None}


def kept_of(store: Store) -> list[int]:
    """The generations of the kept sums."""
    return [kept_in(file) for file in sorted(store.folder.glob("*.kept"))]


def kept_in(file: Path) -> int:
    """Of which generation the sums of a file are."""
    query = "SELECT value FROM parquet_kv_metadata(?) WHERE key = 'generation'"
    return int(duckdb.execute(query, [str(file)]).fetchall()[0][0])


@pytest.mark.parametrize("desk", ["small", "large"])
def test_going_on_from_kept_sums_is_summing_everything(
    changing: Changing, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = 0
    if desk == "large":
        treat_as_large(monkeypatch)
        monkeypatch.setattr(nearby, "WHOLE", 2)
        monkeypatch.setattr(nearby, "LONG", 5)
        monkeypatch.setattr(nearby, "LONGEST", 9)
    original = nearby.moved

    def counted(*args: Any, **more: Any) -> Any:
        nonlocal lost
        found = original(*args, **more)
        lost += len(found[1])
        return found

    monkeypatch.setattr(nearby, "moved", counted)
    store, now = changing.store, START + timedelta(days=30)
    changing.change(now)
    asked = questions(store)
    restless = moving(asked)
    known = amounts(engine.answers(store, asked, now=now, keeping=True))
    for _ in range(ROUNDS):
        now += timedelta(days=3, hours=5)
        written = changing.change(now)
        assert written.touched is not None
        known |= amounts(engine.answers(store, asked, now=now, touched=written.touched, keeping=True))
        right = present(amounts(engine.answers(store, asked, now=now)))
        assert [
            key
            for key in right.keys() | present(known).keys()
            if key[0] not in restless and right.get(key) != known.get(key)
        ] == []
        assert set(kept_of(store)) == {store.manifest().generation}
    assert (lost > 0) == (desk == "large")


def test_questions_that_share_a_window_under_another_number_share_its_sum(changing: Changing) -> None:
    store, now = changing.store, START + timedelta(days=30)
    changing.change(now)
    (question, *_) = (one for one in questions(store) if one.measure.metric.key == "tickets_created")
    shifted = replace(
        question, windows=tuple(Window(one.number - 1, one.start, one.end) for one in question.windows[1:])
    )
    asked = [question, shifted]
    engine.answers(store, asked, now=now, keeping=True)
    now += timedelta(days=1)
    touched = changing.change(now).touched
    assert touched is not None
    found = amounts(engine.answers(store, asked, now=now, touched=touched, keeping=True))
    right = amounts(engine.answers(store, asked, now=now))
    assert found == {key: right[key] for key in found}
    assert {key[0] for key in found} == {0, 1}


def test_kept_sums_of_two_writes_ago_are_not_read(changing: Changing) -> None:
    store, now = changing.store, START + timedelta(days=30)
    changing.change(now)
    asked = questions(store)
    engine.answers(store, asked, now=now, keeping=True)
    old = changing.change(now + timedelta(hours=1)).touched
    new = changing.change(now + timedelta(hours=2)).touched
    assert old is not None
    assert new is not None
    now += timedelta(hours=3)
    found = amounts(engine.answers(store, asked, now=now, touched=[*old, *new], keeping=True))
    right = amounts(engine.answers(store, asked, now=now))
    assert found == {key: right[key] for key in found}
    assert set(kept_of(store)) == {store.manifest().generation - 2}


def test_nothing_is_kept_while_a_fact_lies_ahead(changing: Changing) -> None:
    now = START + timedelta(days=30)
    changing.change(now)
    asked = questions(changing.store)
    engine.answers(changing.store, asked, now=START + timedelta(days=1), keeping=True)
    assert kept_of(changing.store) == []


def test_what_finds_no_room_is_not_kept_and_the_work_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "sums.kept"
    file.write_bytes(b"what was kept before")
    with connection(memory="20MB") as db:
        db.execute("CREATE VIEW state AS SELECT 7 AS generation")
        kept.put(db, file, "SELECT list(range) AS near FROM range(5_000_000)")
        assert list(tmp_path.iterdir()) == []
        kept.put(db, file, "SELECT 1 AS n")
        assert kept_in(file) == 7


KEEPING: Final = """
import sys
from datetime import datetime
from pathlib import Path
from milepost.metrics import engine
from milepost.tickets.store import Store
from tests.metrics.test_kept import questions
store, now = Store(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
asked = questions(store)
print("ready", flush=True)
while True:
    engine.answers(store, asked, now=now, keeping=True)
"""


def test_a_process_killed_while_it_keeps_leaves_right_sums_or_none(changing: Changing) -> None:
    store, now = changing.store, START + timedelta(days=30)
    random = Random("kills")  # noqa: S311 - the same moments each time
    changing.change(now)
    for _ in range(KILLS):
        kill_while_keeping(store, now, after=random.uniform(0.2, 2.0))
        now += timedelta(hours=7)
        written = changing.change(now)
        asked = questions(store)
        touched: tuple[Touched, ...] | None = written.touched
        assert touched is not None
        found = amounts(engine.answers(store, asked, now=now, touched=touched, keeping=True))
        right = amounts(engine.answers(store, asked, now=now))
        assert found == {key: right[key] for key in found}


def kill_while_keeping(store: Store, now: datetime, *, after: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEEPING, str(store.folder), now.astimezone(UTC).isoformat()],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
