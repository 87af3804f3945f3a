"""PostgreSQL and a Spark cluster answer as DuckDB does, at the size that MILEPOST_TICKETS says."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Final

import pytest

from milepost.base.errors import SourceFailed
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Aggregate, Anchor, Hours
from milepost.metrics.question import Measure, Question
from milepost.metrics.stints import overlapping
from milepost.tickets.columns import Kind
from milepost.tickets.store import Store
from tests.engines import desk

TICKETS: Final = int(os.environ.get("MILEPOST_TICKETS", "1000000"))
Answers = dict[tuple[int, int, int], object]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return desk.make(tmp_path_factory.mktemp("desk"), TICKETS)


@pytest.fixture(scope="module")
def asked() -> list[Question]:
    return desk.questions()


@pytest.fixture(scope="module")
def right(store: Store, asked: list[Question]) -> Answers:
    return timed("DuckDB", lambda: desk.all_answers(store, asked))


def timed(name: str, answer: Callable[[], Answers]) -> Answers:
    began = time.monotonic()
    found = answer()
    print(f"\n{name}: {len(found):,} values over {TICKETS:,} tickets in {time.monotonic() - began:.1f} s")
    return found


def differing(asked: list[Question], right: Answers, found: Answers) -> list[tuple[Measure, object, object]]:
    wrong = [key for key in right.keys() | found.keys() if right.get(key) != found.get(key)]
    print(f"{len(right):,} compared, {len(wrong):,} differ")
    return [(asked[key[0]].measure, right.get(key), found.get(key)) for key in wrong[:3]]


def test_the_desk_has_what_the_metrics_ask_for(asked: list[Question], right: Answers) -> None:
    """No metric is compared over nothing, and every aggregate, clock and way to divide is among the questions."""
    questions = [asked[key[0]] for key, one in right.items() if one is not None]
    told = {(one.measure.metric.key, bool(one.stints)) for one in questions}
    assert told == set(product(METRICS, (True, False)))
    measures = {one.measure for one in asked}
    assert measures == set(desk.measures())
    assert {one.hours for one in measures} == set(Hours)
    assert {one.aggregate for one in measures} == set(Aggregate)
    assert {one.metric.kind for one in measures} == set(Kind)


def test_the_desk_has_people_in_two_teams_and_things_that_were_undone_later(
    store: Store, asked: list[Question], right: Answers
) -> None:
    assert all(overlapping(one.stints) for one in asked if one.stints)
    ended = [replace(one, windows=tuple(replace(each, later=False) for each in one.windows)) for one in asked]
    differing = {key[0] for key, one in desk.all_answers(store, ended).items() if one != right[key]}
    assert {asked[number].measure.metric.anchor for number in differing} == set(Anchor)


def test_postgresql_answers_as_duckdb(store: Store, asked: list[Question], right: Answers) -> None:
    address = os.environ["MILEPOST_DATABASE"]
    copied = Store(store.folder, address)
    timed("PostgreSQL copies", lambda: desk.all_answers(copied, asked[:1]))
    found = timed("PostgreSQL", lambda: desk.all_answers(copied, asked))
    assert differing(asked, right, found) == []


def test_spark_answers_as_duckdb(store: Store, asked: list[Question]) -> None:
    """Of every metric something: a statement costs Spark a second before it reads a fact. EVERY=yes asks everything."""
    chosen = asked if os.environ.get("MILEPOST_EVERY") else desk.some(asked)
    assert {one.measure.metric.key for one in chosen if one.stints} == set(METRICS)
    spark = Store(store.folder, os.environ["MILEPOST_SPARK"])
    timed("Spark starts", lambda: desk.all_answers(spark, chosen[:1]))
    found = timed("Spark", lambda: desk.all_answers(spark, chosen))
    assert differing(chosen, desk.all_answers(store, chosen), found) == []


def test_a_master_that_does_not_answer_is_named_with_what_to_do(store: Store, asked: list[Question]) -> None:
    with pytest.raises(SourceFailed, match=r"127\.0\.0\.1:1: .* MILEPOST_ENGINE=duckdb"):
        desk.all_answers(Store(store.folder, "spark://127.0.0.1:1"), asked[:1])
