"""PostgreSQL answers as DuckDB does, over a copy that is never half one state of the store and half another."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import psycopg
import pytest

from milepost.base.errors import Misconfigured, SourceFailed
from milepost.metrics import engine, engines
from milepost.metrics.catalog import METRICS
from milepost.metrics.engines.postgresql import SCHEMA
from milepost.metrics.metric import Hours
from milepost.metrics.question import By, Measure, Question, Window
from milepost.metrics.stints import Stint
from milepost.tickets.events import NOBODY
from milepost.tickets.store import Store, Touched
from tests.engines import desk
from tests.metrics.changing import START, Changing, treat_as_large
from tests.metrics.histories import SPAN
from tests.metrics.stores import answered, histories, put
from tests.metrics.test_rollup import TICKETS, questions

PROGRAM: Final = Path(__file__).parents[2] / "tools" / "with-postgresql"
CREATED: Final = Measure.of(METRICS["tickets_created"])
EVER: Final = Window(0, 0, 2 * SPAN)
WAITING: Final = ("tickets_created", "tickets_closed", "backlog")
LATE: Final = datetime.fromtimestamp(2 * SPAN, UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL that is gone afterwards."""
    command = [str(PROGRAM), "sh", "-c", 'echo "$MILEPOST_DATABASE"; cat']
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        yield running.stdout.readline().strip()
        running.communicate(timeout=60)


@pytest.fixture
def address(server: str) -> str:
    """The same, with no facts in it."""
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())
    return server


def created(store: Store) -> int | None:
    (amount,) = engine.measure(store, CREATED, [EVER], by=By.ALL, now=LATE)
    return amount.numerator


def tables(address: str) -> set[str]:
    with psycopg.connect(address) as db:
        found = db.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'", [SCHEMA]
        )
        return {name for (name,) in found.fetchall()}


def test_every_metric_is_answered_as_by_duckdb(tmp_path: Path, address: str) -> None:
    """By agent, by group and by membership, over windows that have ended, run, or are asked with what came later."""
    store = desk.make(tmp_path, 5_000)
    asked = desk.some(desk.questions())
    right, found = desk.all_answers(store, asked), desk.all_answers(Store(tmp_path, address), asked)
    wrong = [key for key in right.keys() | found.keys() if right.get(key) != found.get(key)]
    assert [(asked[key[0]], right.get(key), found.get(key)) for key in wrong[:3]] == []
    told = {asked[key[0]].measure.metric.key for key, amount in right.items() if amount is not None}
    assert told == set(METRICS)


def test_random_histories_are_answered_as_by_duckdb(tmp_path: Path, address: str) -> None:
    store = put(tmp_path, histories("postgresql", TICKETS))
    asked = questions(Random("postgresql"))[::10]  # noqa: S311 - the same ones each time
    assert any(one.measure.hours is Hours.BUSINESS for one in asked)
    assert any(one.stints for one in asked)
    right, found = answered(store, asked, 24_000), answered(Store(tmp_path, address), asked, 24_000)
    wrong = [key for key in right.keys() | found.keys() if right.get(key) != found.get(key)]
    assert [(asked[key[0]], right.get(key), found.get(key)) for key in wrong[:3]] == []
    assert sum(amount is not None for amount in right.values()) > 200


def test_one_measure_and_who_was_active_are_answered_as_by_duckdb(tmp_path: Path, address: str) -> None:
    store, copied = put(tmp_path, histories("one", 60)), Store(tmp_path, address)
    members = {1001: 1, 2002: 2, 3003: 3}
    for by in By:
        right = engine.measure(store, CREATED, [EVER], by=by, now=LATE)
        assert sorted(map(repr, engine.measure(copied, CREATED, [EVER], by=by, now=LATE))) == sorted(map(repr, right))
    stints = (Stint(NOBODY, 4), Stint(4004, 4, 0, SPAN // 2), Stint(4004, 5, SPAN // 3))
    right = engine.measure(store, CREATED, [EVER], by=By.AGENT, now=LATE, stints=stints)
    assert right
    assert set(engine.measure(copied, CREATED, [EVER], by=By.AGENT, now=LATE, stints=stints)) == set(right)
    asked = [Question(CREATED, By.AGENT, (EVER,), members, stints=pooled) for pooled in ((), stints)]
    right_active = engine.active(store, asked, now=LATE)
    assert all(right_active)
    assert engine.active(copied, asked, now=LATE) == right_active


def test_only_what_was_touched_is_answered_again(tmp_path: Path, address: str) -> None:
    store = put(tmp_path, histories("touched", 60))
    asked = questions(Random("touched"))[::40]  # noqa: S311 - the same ones each time
    touched = [Touched(agent, None, 5_000, 20_000) for agent in list(asked[0].members)[:40]]
    right = engine.answers(store, asked, now=LATE, touched=touched)
    found = engine.answers(Store(tmp_path, address), asked, now=LATE, touched=touched)
    assert right
    assert set(found) == set(right)


def test_the_copy_follows_the_store_and_forgets_what_no_reader_needs(tmp_path: Path, address: str) -> None:
    facts = histories("follows", 60)
    for generation, tickets in enumerate((20, 40, 60), start=1):
        store = put(tmp_path, [fact for fact in facts if fact.ticket <= tickets], f"generation-{generation}", address)
        assert created(store) == created(Store(tmp_path))
    # Two files of this generation, and two of the one before, which others may still read.
    assert len(tables(address)) == 4


def test_tickets_that_wait_in_a_delta_are_read_from_there(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat_as_large(monkeypatch)
    changing = Changing(Store(tmp_path / "facts"), tmp_path / "changes.csv", "postgresql")
    waited = 0
    for month in range(1, 6):
        now = START + timedelta(days=30 * month)
        changing.change(now)
        waited += bool(changing.store.manifest().deltas())
        agents = {number: number for number in changing.store.numbers("agent")}
        window = Window(0, int(START.timestamp()), int(now.timestamp()))
        asked = [Question(Measure.of(METRICS[key]), By.AGENT, (window,), agents) for key in WAITING]
        right = answered(changing.store, asked, int(now.timestamp()))
        assert any(right.values())
        assert answered(Store(changing.store.folder, address), asked, int(now.timestamp())) == right
    assert waited


def test_a_copy_that_breaks_off_leaves_nothing(tmp_path: Path, address: str) -> None:
    store = put(tmp_path, histories("breaks off", 20), address=address)
    (tmp_path / "chat-2026-01-facts-first.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(Exception, match=r"(?i)parquet|file"):
        created(store)
    assert tables(address) == set()


def test_a_file_that_is_gone_is_looked_for_again(tmp_path: Path, address: str) -> None:
    store = put(tmp_path, histories("gone", 20), address=address)
    (tmp_path / "chat-2026-01-facts-first.parquet").unlink()
    with pytest.raises(SourceFailed, match="change faster than they can be read"):
        created(store)


def test_an_empty_store_has_no_answers_and_asks_nobody(tmp_path: Path) -> None:
    assert (
        engine.measure(Store(tmp_path, "postgresql://nobody@127.0.0.1:1/none"), CREATED, [EVER], by=By.ALL, now=LATE)
        == []
    )


def test_a_server_that_does_not_answer_is_named_with_what_to_do(tmp_path: Path) -> None:
    store = put(tmp_path, histories("away", 5), address="postgresql://anna:secret-word@127.0.0.1:1/facts")
    with pytest.raises(SourceFailed, match=r"MILEPOST_ENGINE=duckdb") as failed:
        created(store)
    assert "secret-word" not in str(failed.value)
    assert not failed.value.permanent


def test_an_address_of_no_engine_is_refused() -> None:
    with pytest.raises(Misconfigured, match="must read duckdb"):
        engines.at("mysql://localhost/facts")
