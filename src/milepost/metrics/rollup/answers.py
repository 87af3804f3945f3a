"""The answers to many questions, from one reading of the facts."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from milepost.metrics import compiler
from milepost.metrics.amounts import amount, of_sums
from milepost.metrics.question import Amount, Question
from milepost.metrics.rollup import cells, kept, leaves, nearby, singles, sums
from milepost.metrics.rollup.grid import Grid
from milepost.metrics.rollup.leaves import fill
from milepost.metrics.rollup.nearby import Place
from milepost.metrics.rollup.plan import Plan, Reading, Way, plan
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
    file: Path | None = None,
) -> Iterator[Leaf]:
    """Every question's amounts, one for each group and window that has begun. `db` has the view `facts`.

    With `touched` only those that these may have changed. With `file` sums are kept there, and taken from there.
    """
    if file is None or touched is None:
        yield from _from_facts(db, questions, now=now, touched=touched, file=file)
        return
    moment = int(now.timestamp())
    planned = plan(questions, now=moment)
    summed = sorted(kept.held(db, file, planned, now=moment))
    ranked = sorted(nearby.held(db, nearby.beside(file), planned, now=moment))
    others = sorted(set(range(len(questions))).difference(summed, ranked))
    yield from numbered(
        ranked, _from_near(db, _those(questions, ranked), nearby.beside(file), now=now, touched=touched)
    )
    if others:
        yield from numbered(others, _from_facts(db, _those(questions, others), now=now, touched=touched))
    if summed:
        yield from numbered(summed, _from_kept(db, _those(questions, summed), file, now=now, touched=touched))


def _those(questions: Sequence[Question], numbers: Iterable[int]) -> list[Question]:
    return [questions[number] for number in numbers]


def numbered(numbers: Sequence[int], leaves: Iterable[Leaf]) -> Iterator[Leaf]:
    """The leaves of some questions, by the numbers that these have among all."""
    return (Leaf(numbers[question], window, group, found) for question, window, group, found in leaves)


def _from_facts(
    db: duckdb.DuckDBPyConnection,
    questions: Sequence[Question],
    *,
    now: datetime,
    touched: Iterable[Touched] | None = None,
    file: Path | None = None,
) -> Iterator[Leaf]:
    moment = int(now.timestamp())
    planned = plan(questions, now=moment)
    grids = leaves.make(db, questions, now=now)
    leaves.reach(db, touched)
    planned = planned.on(grids)
    nearby.make(db)
    yield from _summing(db, planned, grids, now=moment, taking=singles.ranked if file is None else nearby.gather)
    if file is not None:
        kept.name(db, planned, planned.steady, now=moment)
        kept.write(db, file, now=moment)
        kept.name(db, planned, planned.steadily_ranked, now=moment)
        nearby.write(db, nearby.beside(file), now=moment)
    yield from _summed(db, planned)
    for number in planned.going(Way.ALONE):
        yield from _alone(db, questions[number], number, now=now)


def _from_kept(
    db: duckdb.DuckDBPyConnection,
    questions: Sequence[Question],
    file: Path,
    *,
    now: datetime,
    touched: Iterable[Touched],
) -> Iterator[Leaf]:
    """What was kept and what the last write changed."""
    moment = int(now.timestamp())
    planned = plan(questions, now=moment, weighted=True)
    with kept.apart(db, "sums"), kept.in_small(db):
        grids = leaves.make(db, questions, now=now)
        planned = planned.on(grids)
        behind = kept.behind(db, file)
        if behind:
            db.execute("CREATE VIEW facts AS SELECT * FROM main.changes")
            leaves.occupy(db, grids, {use.by for use in planned.uses})
            deque(_summing(db, planned, grids, now=moment), maxlen=0)
            db.execute("ALTER TABLE sums RENAME TO changed")
        kept.name(db, planned, planned.steady, now=moment)
        kept.renew(db, file, changed=behind)
        if behind:
            kept.write(db, file, now=moment)
            kept.narrow(db)
        else:
            leaves.reach(db, touched)
        yield from _summed(db, planned)


def _from_near(
    db: duckdb.DuckDBPyConnection,
    questions: Sequence[Question],
    file: Path,
    *,
    now: datetime,
    touched: Iterable[Touched],
) -> Iterator[Leaf]:
    """What is near the ranks, moved by what the last write changed. What moved too far is asked of the facts again."""
    if not questions:
        return
    moment = int(now.timestamp())
    planned = plan(questions, now=moment, weighted=True)
    behind = kept.behind(db, file)
    with kept.apart(db, "ranks"):
        with kept.in_small(db):
            grids = leaves.make(db, questions, now=now)
            planned = planned.on(grids)
            nearby.make(db)
            if behind:
                db.execute("CREATE VIEW facts AS SELECT * FROM main.changes")
                leaves.occupy(db, grids, {use.by for use in planned.uses})
                nearby.watch(db)
                deque(_summing(db, planned, grids, now=moment, taking=nearby.note), maxlen=0)
            else:
                leaves.reach(db, touched)
            kept.name(db, planned, planned.steadily_ranked, now=moment)
            found, lost = nearby.moved(db, file, planned, changed=behind)
        yield from (Leaf(*place, near.amount(place, planned)) for place, near in found.items())
        if lost:
            db.execute("CREATE OR REPLACE VIEW facts AS SELECT * FROM main.facts")
            yield from _lost(db, questions, lost, now=now)
        if behind:
            nearby.write(db, file, found, now=moment)


def _lost(
    db: duckdb.DuckDBPyConnection, questions: Sequence[Question], places: Iterable[Place], *, now: datetime
) -> Iterator[Leaf]:
    """What lies at these places, from the facts."""
    moment = int(now.timestamp())
    grids = leaves.make(db, questions, now=now)
    leaves.choose(db, places)
    planned = plan(questions, now=moment).on(grids)
    yield from _summing(db, planned, grids, now=moment, taking=nearby.gather)


def _summing(
    db: duckdb.DuckDBPyConnection,
    planned: Plan,
    grids: Mapping[int, Grid],
    *,
    now: int,
    taking: singles.Take = singles.ranked,
) -> Iterator[Leaf]:
    """Make `sums`; what needs single facts is answered on the way."""
    cells.prepare(db, planned, now=now)
    sums.make(db)
    sums.lay_out(db, planned)
    for reading in planned.readings:
        yield from _read(db, planned, reading, grids, now=now, taking=taking)
    sums.from_pool(db, planned, grids)


def _read(
    db: duckdb.DuckDBPyConnection,
    planned: Plan,
    reading: Reading,
    grids: Mapping[int, Grid],
    *,
    now: int,
    taking: singles.Take,
) -> Iterator[Leaf]:
    """Sum one kind of fact, and answer what needs its single facts while they are at hand."""
    cells.read(db, planned, reading, grids, now=now)
    for scales in cells.passes(reading, grids):
        cells.gather(db, planned, reading, grids, scales)
        cells.tags(db, planned, reading, "cells")
        for scale in scales:
            sums.from_cells(db, reading, scale)
    for question, rows in singles.asked(db, planned, reading, grids, taking):
        aggregate = planned.questions[question].measure.aggregate
        yield from _leaves(db, question, {(row[0], row[1]): amount(aggregate, row) for row in rows})
    cells.forget(db, reading, grids)


def _summed(db: duckdb.DuckDBPyConnection, planned: Plan) -> Iterator[Leaf]:
    fill(db, "use(question INTEGER)", ((number,) for number in planned.going(Way.CELLS)))
    query = db.execute(
        """
        SELECT question, "window", grp, sum(n)::BIGINT, coalesce(sum(hits), 0)::BIGINT, coalesce(sum(c), 0)::BIGINT,
               CASE WHEN sum(c) > 0 THEN sum(s)::BIGINT END, min(lo), max(hi)
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
