"""Asks the facts. The answers are exact: integers and fractions, never a rounded number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import duckdb

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics import amounts, compiler, engines, explain, rollup, working_time
from milepost.metrics.catalog import filters, tellers
from milepost.metrics.explain import Explained, Page, Reason
from milepost.metrics.metric import Hours
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.metrics.rollup import Leaf
from milepost.metrics.stints import Stint
from milepost.tickets.store import Store, Touched

KEPT: Final = ".kept"


def measure(
    store: Store,
    measure: Measure,
    windows: Sequence[Window],
    *,
    by: By,
    now: datetime,
    members: Mapping[int, int] | None = None,
    conditions: Sequence[Condition] = (),
    stints: Sequence[Stint] = (),
) -> list[Amount]:
    """One amount for every window that has begun and every group that has a fact in it.

    Windows may not overlap. With `members` (number of an agent or group in the facts → the caller's own number) only
    these are answered; several numbers may map to one group, whose facts are then pooled. `stints` are members for a
    while. Only sources that can tell
    the metric are asked. Refuses a metric that none can tell, a condition on a column that none has, and business hours
    without a calendar.
    """
    _ready(store, measure)
    narrowed = (*conditions, *where(store, measure))
    statement = compiler.statement(
        measure, windows, by=by, now=now, members=members, conditions=narrowed, stints=stints
    )
    if statement is None:
        return []

    def ask(db: duckdb.DuckDBPyConnection) -> list[amounts.Row]:
        _prepare(db, store, [measure], now)
        try:
            return db.execute(statement.sql, statement.parameters).fetchall()
        except duckdb.BinderException as error:
            raise Refused(gettext_noop("No source tells this: %(error)s"), error=error) from error

    sources = tellers(measure.metric, store.manifest().tells())
    if store.engine:
        business = measure.hours is Hours.BUSINESS
        rows = engines.read(store, lambda query: query(statement), sources, business=business, now=now)
    else:
        rows = store.read(ask, sources)
    return [amounts.amount(measure.aggregate, row) for row in rows]


def answers(
    store: Store,
    questions: Sequence[Question],
    *,
    now: datetime,
    touched: Collection[Touched] | None = None,
    keeping: bool = False,
) -> list[Leaf]:
    """The amounts of many questions at once, by question, window and group; of each, one whole state of the store.

    A question that no source can tell, or of business hours without a calendar, is not answered. With `touched` only
    what these may have changed is answered. `keeping` keeps sums beside the facts: what is asked of all facts writes
    them, what is asked after a write goes on from them. They change no answer.
    """
    if keeping and touched is None:
        forget(store)
    tells = store.manifest().tells()
    by_sources: dict[tuple[str, ...], dict[int, Question]] = defaultdict(dict)
    narrowing = {measure: where(store, measure) for measure in {question.measure for question in questions}}
    for number, question in enumerate(questions):
        sources = tuple(tellers(question.measure.metric, tells))
        narrowed = replace(question, conditions=(*question.conditions, *narrowing[question.measure]))
        if sources and _timed(store, question.measure):
            by_sources[sources][number] = narrowed
    return [
        leaf
        for sources, asked in by_sources.items()
        for leaf in _answered(store, sources, asked, now=now, touched=touched, keeping=keeping)
    ]


def forget(store: Store) -> None:
    """Throw kept sums away."""
    for file in store.folder.glob(f"*{KEPT}"):
        file.unlink(missing_ok=True)


def explained(store: Store, question: Question, *, now: datetime, first: int, size: int) -> Page:
    """What stands behind the answer to a question of one window, `size` rows from the one at `first` on.

    As many rows are counted as the sample of the amount says. Refuses what `measure` refuses.
    """
    _ready(store, question.measure)
    conditions = (*question.conditions, *where(store, question.measure))
    statement = explain.statement(replace(question, conditions=conditions), now=now)
    if statement is None or not (question.members or question.stints):
        return Page((), 0, 0)

    def ask(db: duckdb.DuckDBPyConnection) -> Page:
        _prepare(db, store, [question.measure], now)
        rows = db.execute(f"{statement.sql} LIMIT {size} OFFSET {first}", statement.parameters).fetchall()
        ((counted, near),) = db.execute(
            f"SELECT count(*) FILTER (counted), count(*) FROM ({statement.sql})", statement.parameters
        ).fetchall()
        return Page(tuple(_fact(row) for row in rows), counted, near - counted)

    return store.read(ask, tellers(question.measure.metric, store.manifest().tells()))


def _fact(row: tuple[Any, ...]) -> Explained:
    ticket, key, at, value, counted, reason, survivor = row
    return Explained(ticket, key, at, value, counted, Reason(reason), survivor)


def _ready(store: Store, measure: Measure) -> None:
    """Refuse business hours without a calendar, and what no source tells."""
    if not _timed(store, measure):
        raise Refused(compiler.NO_CALENDAR)
    if not told(store, measure):
        raise Refused(
            gettext_noop("No source tells “%(metric)s”. It needs: %(needs)s."),
            metric=measure.metric.name,
            needs=", ".join(sorted(measure.metric.needs)),
        )


def _answered(
    store: Store,
    sources: Collection[str],
    questions: Mapping[int, Question],
    *,
    now: datetime,
    touched: Collection[Touched] | None,
    keeping: bool,
) -> list[Leaf]:
    if store.engine:
        return engines.answers(store, sources, questions, now=now, touched=touched)
    file = store.folder / f"sums-{blake2b(' '.join(sources).encode(), digest_size=8).hexdigest()}{KEPT}"
    numbers, asked = list(questions), list(questions.values())

    def ask(db: duckdb.DuckDBPyConnection) -> list[Leaf]:
        _prepare(db, store, [question.measure for question in asked], now)
        leaves = rollup.answers(db, asked, now=now, touched=touched, file=file if keeping else None)
        return list(rollup.numbered(numbers, leaves))

    return store.read(ask, sources, spill=True)


def _timed(store: Store, measure: Measure) -> bool:
    """Whether the facts know the hours that the measure counts."""
    return measure.hours is Hours.CALENDAR or bool(store.manifest().calendars)


def _prepare(db: duckdb.DuckDBPyConnection, store: Store, measures: Iterable[Measure], now: datetime) -> None:
    """Let clocks of states that still run be read, where any of these measures reads one."""
    if any(measure.hours is Hours.BUSINESS for measure in measures):
        working_time.prepare(db, store.manifest().calendars, until=int(now.timestamp()))


def where(store: Store, measure: Measure) -> list[Condition]:
    """What narrows a measure, by numbers; refuses a column that no source has. A text that no ticket has fits none."""
    fields = store.manifest().fields()
    known = {one.column: one for one in filters(fields)}
    found = []
    for column, texts in measure.where:
        if column not in known:
            raise Refused(
                gettext_noop("No source has a field “%(field)s”. There are: %(fields)s."),
                field=column,
                fields=", ".join(sorted(known)),
            )
        found.append(Condition(column, frozenset(store.numbers(known[column].names or column, set(texts)))))
    return found


def told(store: Store, measure: Measure) -> bool:
    """Whether any source can tell the metric; where it cannot, there is no value, not 0."""
    sources = store.manifest().tells()
    return _timed(store, measure) and (not sources or bool(tellers(measure.metric, sources)))


def active(store: Store, questions: Sequence[Question], *, now: datetime) -> list[set[tuple[int, int]]]:
    """Of each question window and group of all who did anything at all in it; from one reading of the facts."""
    statement = compiler.activity(questions, now=now)
    found: list[set[tuple[int, int]]] = [set() for _ in questions]
    for number, window, group in [] if statement is None else _told(store, statement, now=now):
        found[number].add((window, group))
    return found


def _told(store: Store, statement: compiler.Statement, *, now: datetime) -> list[Any]:
    """The rows of a statement over the facts of all sources."""
    if store.engine:
        return engines.read(store, lambda query: query(statement), None, business=False, now=now)
    return store.read(lambda db: db.execute(statement.sql, statement.parameters).fetchall())
