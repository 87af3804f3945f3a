"""ClickHouse's SQL, run by ClickHouse itself inside this process, answers as DuckDB does."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from chdb.session import Session

from milepost.calendars.slots import Slots
from milepost.metrics import compiler, working_time
from milepost.metrics.amounts import amount
from milepost.metrics.catalog import METRICS
from milepost.metrics.compiler import Statement
from milepost.metrics.engines.translation import Dialect, translated
from milepost.metrics.question import Amount, Question
from milepost.tickets.store import Store
from tests.engines import desk

TICKETS: Final = 20_000
# A moment outside the table of slots has no reading, as elsewhere.
SETTINGS: Final = "SETTINGS join_use_nulls = 1, output_format_json_quote_64bit_integers = 0"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return desk.make(tmp_path_factory.mktemp("desk"), TICKETS)


def statement(question: Question) -> Statement:
    found = compiler.statement(
        question.measure,
        question.windows,
        by=question.by,
        now=desk.NOW,
        members=question.members,
        conditions=question.conditions,
        stints=question.stints,
    )
    assert found is not None
    return found


def rows(session: Session, sql: str) -> list[Any]:
    return list(json.loads(session.query(f"{sql} {SETTINGS}", "JSONCompact").bytes())["data"])


def test_clickhouse_answers_as_duckdb(store: Store, tmp_path: Path) -> None:
    asked = desk.some(desk.questions())
    slots_file = tmp_path / "slots.parquet"

    def kept(db: Any) -> Slots:
        slots = working_time.slots(db, store.manifest().calendars, until=int(desk.NOW.timestamp()))
        db.execute(f"COPY {slots.table} TO '{slots_file}' (FORMAT parquet)")
        return slots

    slots = store.read(kept)
    right = desk.all_answers(store, asked)
    with Session(str(tmp_path / "clickhouse")) as session:
        session.query("CREATE DATABASE desk ENGINE = Atomic")
        session.query("USE desk")
        session.query(f"CREATE TABLE facts ENGINE = Memory AS SELECT * FROM file('{store.folder}/*.parquet', Parquet)")
        session.query(f"CREATE TABLE slots ENGINE = Memory AS SELECT * FROM file('{slots_file}', Parquet)")
        found: dict[tuple[int, int, int], Amount] = {}
        for number, question in enumerate(asked):
            for row in rows(session, translated(statement(question), Dialect.CLICKHOUSE, slots)):
                found[number, row[0], row[1]] = amount(question.measure.aggregate, row)
    told = {key: one for key, one in right.items() if one is not None}
    wrong = [key for key in told.keys() | found.keys() if told.get(key) != found.get(key)]
    assert {asked[key[0]].measure.metric.key for key in told} == set(METRICS)
    assert [(asked[key[0]].measure, told.get(key), found.get(key)) for key in wrong[:3]] == []
