"""Asks the facts. The answers are exact: integers and fractions, never a rounded number."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import duckdb

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics import amounts, compiler, rollup
from milepost.metrics.catalog import filters, tellers
from milepost.metrics.metric import Hours
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.metrics.rollup import Leaf
from milepost.tickets.store import Store, Touched


def measure(
    store: Store,
    measure: Measure,
    windows: Sequence[Window],
    *,
    by: By,
    now: datetime,
    members: Mapping[int, int] | None = None,
    conditions: Sequence[Condition] = (),
) -> list[Amount]:
    """One amount for every window that has begun and every group that has a fact in it.

    Windows may not overlap. With `members` (number of an agent or group in the facts → the caller's own number) only
    these are answered; several numbers may map to one group, whose facts are then pooled. Only sources that can tell
    the metric are asked. Refuses a metric that none can tell, a condition on a column that none has, and business hours
    without a calendar.
    """
    _refuse_business(measure)
    if not told(store, measure):
        raise Refused(
            gettext_noop("No source tells “%(metric)s”. It needs: %(needs)s."),
            metric=measure.metric.name,
            needs=", ".join(sorted(measure.metric.needs)),
        )
    narrowed = (*conditions, *where(store, measure))
    statement = compiler.statement(measure, windows, by=by, now=now, members=members, conditions=narrowed)
    if statement is None:
        return []

    def ask(db: duckdb.DuckDBPyConnection) -> list[amounts.Row]:
        try:
            return db.execute(statement.sql, statement.parameters).fetchall()
        except duckdb.BinderException as error:
            raise Refused(gettext_noop("No source tells this: %(error)s"), error=error) from error

    sources = tellers(measure.metric, store.manifest().tells())
    return [amounts.amount(measure.aggregate, row) for row in store.read(ask, sources)]


def answers(
    store: Store, questions: Sequence[Question], *, now: datetime, touched: Collection[Touched] | None = None
) -> list[Leaf]:
    """The amounts of many questions at once, by question, window and group; of each, one whole state of the store.

    A question that no source can tell is not answered. With `touched` only what these may have changed is answered.
    """
    tells = store.manifest().tells()
    by_sources: dict[tuple[str, ...], dict[int, Question]] = defaultdict(dict)
    narrowing = {measure: where(store, measure) for measure in {question.measure for question in questions}}
    for number, question in enumerate(questions):
        sources = tuple(tellers(question.measure.metric, tells))
        _refuse_business(question.measure)
        narrowed = replace(question, conditions=(*question.conditions, *narrowing[question.measure]))
        if sources:
            by_sources[sources][number] = narrowed
    return [
        leaf
        for sources, asked in by_sources.items()
        for leaf in _answered(store, sources, asked, now=now, touched=touched)
    ]


def _answered(
    store: Store,
    sources: Collection[str],
    questions: Mapping[int, Question],
    *,
    now: datetime,
    touched: Collection[Touched] | None,
) -> list[Leaf]:
    numbers, asked = list(questions), list(questions.values())

    def ask(db: duckdb.DuckDBPyConnection) -> list[Leaf]:
        leaves = rollup.answers(db, asked, now=now, touched=touched)
        return [leaf._replace(question=numbers[leaf.question]) for leaf in leaves]

    return store.read(ask, sources, spill=True)


def _refuse_business(measure: Measure) -> None:
    if measure.hours is Hours.BUSINESS:
        raise Refused(compiler.NO_CALENDAR)


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
    return not sources or bool(tellers(measure.metric, sources))


def active(
    store: Store, windows: Sequence[Window], *, by: By, now: datetime, members: Mapping[int, int]
) -> set[tuple[int, int]]:
    """Window and group of all who did anything at all in it."""
    statement = compiler.activity(windows, by=by, now=now, members=members)
    if statement is None:
        return set()
    return set(store.read(lambda db: db.execute(statement.sql, statement.parameters).fetchall()))
