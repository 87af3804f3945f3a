"""Many questions answered at once say what each says when asked alone: no value differs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import duckdb
import pytest

from milepost.metrics import compiler, explain, rollup, working_time
from milepost.metrics.amounts import amount
from milepost.metrics.catalog import METRICS
from milepost.metrics.explain import Reason
from milepost.metrics.metric import Aggregate, Hours
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.metrics.rollup import cells, leaves
from milepost.metrics.rollup.plan import plan
from milepost.metrics.stints import Stint, united
from milepost.tickets.store.reading import connection
from tests.metrics.histories import OWN, SPAN, TEAMS, history
from tests.metrics.test_oracle import TenMinutes, facts_of, load, measures, since_until

TICKETS: Final = 150
DAY: Final = 86_400
Key = tuple[int, int, int]


def from_rollup(db: duckdb.DuckDBPyConnection, questions: Sequence[Question], now: int) -> dict[Key, Amount]:
    at = datetime.fromtimestamp(now, UTC)
    for (name,) in db.execute("SELECT table_name FROM duckdb_tables() WHERE table_name != 'facts'").fetchall():
        db.execute(f'DROP TABLE "{name}"')
    working_time.prepare(db, TenMinutes.calendars, until=now)
    leaves = rollup.answers(db, questions, now=at)
    return {leaf[:3]: leaf.amount for leaf in leaves if leaf.amount is not None}


def one_by_one(db: duckdb.DuckDBPyConnection, questions: Sequence[Question], now: int) -> dict[Key, Amount]:
    working_time.prepare(db, TenMinutes.calendars, until=now)
    found = {}
    for number, one in enumerate(questions):
        statement = compiler.statement(
            one.measure,
            one.windows,
            by=one.by,
            now=datetime.fromtimestamp(now, UTC),
            members=one.members,
            conditions=one.conditions,
            stints=one.stints,
        )
        if statement is not None:
            for row in db.execute(statement.sql, statement.parameters).fetchall():
                found[number, row[0], row[1]] = amount(one.measure.aggregate, row)
    return found


def questions(random: Random) -> list[Question]:
    """Every measure by agent and by group, of groups that share no number, and by membership; any windows."""
    agents = [ticket * OWN + agent for ticket in range(1, TICKETS + 1) for agent in (1, 2, 3)]
    teams = [ticket * OWN + team for ticket in range(1, TICKETS + 1) for team in TEAMS]
    asked = []
    for measure in measures():
        for by, numbers in ((By.AGENT, agents), (By.TEAM, teams)):
            members = {number: random.randrange(1, 9) for number in random.sample(numbers, 200)}
            asked.append(Question(measure, by, windows(random), members, conditions(random)))
        asked.append(Question(measure, By.AGENT, windows(random), {}, conditions(random), stints(random, agents)))
    return asked


def stints(random: Random, agents: Sequence[int]) -> tuple[Stint, ...]:
    """Some agents in some teams, for a while or always; several at once, or one after another."""
    stretches = [since_until(random) for _ in range(8)]
    some = random.sample(agents, 150)
    return united(Stint(one, random.randrange(1, 9), *random.choice(stretches)) for one in some for _ in "ab")


def windows(random: Random) -> tuple[Window, ...]:
    """Of hours; or of some days, or of more of them than steps of a second reach."""
    step = random.choice((1, 600, 4_000))
    edges = sorted(random.sample(range(0, 2 * SPAN + 1, step), 5))
    days = random.choice((0, 0, 3, 15)) * DAY
    if days:
        return Window(8, edges[0] - days, edges[2], later=True), Window(9, edges[2], edges[2] + days)
    apart = [Window(number, *edges[number : number + 2]) for number in range(4)]
    return (*apart, Window(8, edges[1], edges[3], later=True), Window(9, edges[0], edges[4]))


def conditions(random: Random) -> tuple[Condition, ...]:
    some = frozenset(random.sample(range(1, TICKETS + 1), TICKETS // 2))
    choices = (
        (),
        (),
        (Condition("priority", frozenset({1, 2})),),
        (Condition("priority"),),
        (Condition("pipeline", some), Condition("priority", frozenset({2, 3}))),
        (Condition("priority", frozenset()),),
    )
    return random.choice(choices)


@pytest.mark.parametrize("seed", range(2))
def test_many_questions_at_once_are_answered_as_each_alone(seed: int, tmp_path: Path) -> None:
    random = Random(f"rollup {seed}")  # noqa: S311 - the same ones each time
    told = [history(random, ticket) for ticket in range(1, TICKETS + 1)]
    with connection() as db:
        load(db, tmp_path, facts_of(told))
        asked = questions(random)
        assert any(one.measure.hours is Hours.BUSINESS for one in asked)
        compared = 0
        for now in (9_001, 24_000, 2 * SPAN):
            right = one_by_one(db, asked, now)
            found = from_rollup(db, asked, now)
            wrong = [key for key in right.keys() | found.keys() if right.get(key) != found.get(key)]
            compared += len(right)
            assert [(asked[key[0]], right.get(key), found.get(key)) for key in wrong[:3]] == []
        assert compared > 3_000


def test_a_grid_that_is_searched_is_filled_apart_from_others() -> None:
    stretches = [(0, 600), (0, 3 * DAY), (1, 15 * DAY), (0, 30 * DAY)]
    created = Measure.of(METRICS["tickets_created"])
    asked = [
        Question(created, By.AGENT, (Window(0, first, last), Window(1, last, 2 * last)), {1: 1})
        for first, last in stretches
    ]
    with connection() as db:
        grids = leaves.make(db, asked, now=datetime.fromtimestamp(SPAN, UTC))
    (reading,) = plan(asked, now=SPAN).readings
    assert [grids[scale].stepped for scale in reading.scales] == [True, True, False]
    assert cells.passes(reading, grids) == [[0, 1], [2]]


def test_the_list_is_as_long_as_the_number(tmp_path: Path) -> None:
    random = Random("explained")  # noqa: S311 - the same ones each time
    told = [history(random, ticket) for ticket in range(1, TICKETS + 1)]
    with connection() as db:
        load(db, tmp_path, facts_of(told))
        db.execute("CREATE TABLE tickets AS SELECT DISTINCT ticket, 'T' || ticket AS key, NULL AS survivor FROM facts")
        asked = [replace(one, windows=one.windows[-1:]) for one in random.sample(questions(random), 300)]
        for number, question in enumerate(asked):
            everybody = replace(
                question,
                members=dict.fromkeys(question.members, 1),
                stints=united(replace(one, group=1) for one in question.stints),
            )
            right = one_by_one(db, [everybody], 24_000).get((0, 9, 1))
            listed = explain.statement(everybody, now=datetime.fromtimestamp(24_000, UTC))
            rows = [] if listed is None else db.execute(listed.sql, listed.parameters).fetchall()
            counted = [row[5] for row in rows if row[4]]
            if question.measure.aggregate is Aggregate.RATIO:
                counted = [reason for reason in counted if reason == Reason.MISS]
            assert (number, len(counted)) == (number, 0 if right is None else right.sample), question
            if right is not None and question.measure.aggregate is Aggregate.SHARE:
                assert counted.count(Reason.HIT) == right.numerator
