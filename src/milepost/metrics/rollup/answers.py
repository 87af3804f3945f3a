"""The answers to many questions, from one reading of the facts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

import duckdb

from milepost.metrics import compiler
from milepost.metrics.amounts import amount, of_sums
from milepost.metrics.question import Amount, Question
from milepost.metrics.rollup import cells, leaves, sums
from milepost.metrics.rollup.cells import chosen
from milepost.metrics.rollup.leaves import fill
from milepost.metrics.rollup.plan import Plan, Use, Way, plan
from milepost.tickets.store import Touched

# Rows are fetched so many at a time.
BATCH: Final = 50_000


class Leaf(NamedTuple):
    """One group in one window of a question, and its amount; None where no fact is behind it."""

    question: int
    window: int
    group: int
    amount: Amount | None


def answers(
    db: duckdb.DuckDBPyConnection,
    questions: Sequence[Question],
    *,
    now: datetime,
    touched: Iterable[Touched] | None = None,
) -> Iterator[Leaf]:
    """Every question's amounts, one for each group and window that has begun. `db` has the view `facts`.

    With `touched` only those that these may have changed.
    """
    moment = int(now.timestamp())
    planned = plan(questions, now=moment)
    grid = leaves.make(db, questions, now=now, touched=touched)
    if grid is None:
        return
    cells.make(db, planned, grid, now=moment, narrow=touched is not None)
    sums.make(db, planned)
    yield from _summed(db, planned)
    for number in planned.going(Way.FACTS):
        yield from _ranked(db, planned, number)
    for number in planned.going(Way.ALONE):
        yield from _alone(db, questions[number], number, now=now)


def _summed(db: duckdb.DuckDBPyConnection, planned: Plan) -> Iterator[Leaf]:
    fill(db, "use(question INTEGER)", ((number,) for number in planned.going(Way.CELLS)))
    query = db.execute(
        """
        SELECT question, "window", grp, sum(n)::BIGINT, coalesce(sum(hits), 0)::BIGINT, coalesce(sum(c), 0)::BIGINT,
               sum(s)::BIGINT, min(lo), max(hi)
        FROM (SELECT DISTINCT question, "window", grp FROM leaf SEMI JOIN use USING (question))
        LEFT JOIN sums USING (question, "window", grp)
        GROUP BY ALL ORDER BY question
        """
    )
    aggregates = [question.measure.aggregate for question in planned.questions]
    while batch := query.fetchmany(BATCH):
        for question, window, group, n, *rest in batch:
            found = of_sums(aggregates[question], window, group, (n, *rest)) if n else None
            yield Leaf(question, window, group, found)


def _ranked(db: duckdb.DuckDBPyConnection, planned: Plan, number: int) -> Iterator[Leaf]:
    """A percentile needs the facts themselves."""
    question = planned.questions[number]
    uses = [use for use in planned.uses if use.question == number]
    each = " UNION ALL ".join(_single(db, planned, use) for use in uses)
    numerator, denominator, sample = compiler.aggregated(question.measure.aggregate)
    rows = db.execute(f'SELECT "window", grp, {numerator}, {denominator}, {sample} FROM ({each}) GROUP BY ALL')
    found = {(row[0], row[1]): amount(question.measure.aggregate, row) for row in rows.fetchall()}
    yield from _leaves(db, number, found)


def _single(db: duckdb.DuckDBPyConnection, planned: Plan, use: Use) -> str:
    """The values of one part of a question, from the table of its source and from the pool."""
    choices = chosen(planned)
    table = next(table for table in planned.tables if use in table.uses)
    choice = choices[use.choice]
    fill(db, "use(question INTEGER, choice INTEGER)", [(use.question, choice)])
    return f"""
        SELECT leaf."window", leaf.grp, v{table.values.index(use.value)} AS value
        FROM {table.name} AS facts
        JOIN (SELECT * FROM leaf JOIN cover USING (span) WHERE question = {use.question}) leaf
             ON leaf.owner = facts.{use.by.value} AND leaf.cell = facts.cell
        JOIN reads ON reads."table" = {table.number} AND reads.choice = {choice}
             AND reads.bits = facts.bits AND reads.conds = facts.conds
        UNION ALL SELECT "window", grp, value FROM ({sums.pooled(use.by, use)})
    """


def _alone(db: duckdb.DuckDBPyConnection, question: Question, number: int, *, now: datetime) -> Iterator[Leaf]:
    """What neither cells nor single facts of a kind can tell, for no more windows and groups than are asked."""
    asked = db.execute('SELECT DISTINCT "window", grp FROM leaf WHERE question = ?', [number]).fetchall()
    windows, groups = {window for window, _ in asked}, {group for _, group in asked}
    narrowed = replace(
        question.of(groups), windows=tuple(window for window in question.windows if window.number in windows)
    )
    statement = compiler.statement(
        narrowed.measure,
        narrowed.windows,
        by=narrowed.by,
        now=now,
        members=narrowed.members,
        conditions=narrowed.conditions,
        stints=narrowed.stints,
    )
    rows = [] if statement is None else db.execute(statement.sql, statement.parameters).fetchall()
    yield from _leaves(db, number, {(row[0], row[1]): amount(question.measure.aggregate, row) for row in rows})


def _leaves(db: duckdb.DuckDBPyConnection, number: int, found: dict[tuple[int, int], Amount]) -> Iterator[Leaf]:
    asked = db.execute('SELECT DISTINCT "window", grp FROM leaf WHERE question = ?', [number]).fetchall()
    for window, group in asked:
        yield Leaf(number, window, group, found.get((window, group)))
