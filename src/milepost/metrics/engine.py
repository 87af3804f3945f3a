"""Asks the facts. The answers are exact: integers and fractions, never a rounded number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import duckdb

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics import compiler
from milepost.metrics.catalog import filters, tellers
from milepost.metrics.metric import QUANTILES, Aggregate, Hours
from milepost.metrics.question import Amount, By, Condition, Measure, Window
from milepost.tickets.store import Store

# Between two whole seconds, a 50th, 75th, 90th or 95th percentile lies on one of twenty steps:
# type 7, lo + k/20 · (hi − lo).
STEPS: Final = 20
# Window, group, numerator, denominator, sample.
Row = tuple[int, int | None, float | int | None, int, int]


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
    if measure.hours is Hours.BUSINESS:
        raise Refused(compiler.NO_CALENDAR)
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

    def ask(db: duckdb.DuckDBPyConnection) -> list[Row]:
        try:
            return db.execute(statement.sql, statement.parameters).fetchall()
        except duckdb.BinderException as error:
            raise Refused(gettext_noop("No source tells this: %(error)s"), error=error) from error

    sources = tellers(measure.metric, store.manifest().tells())
    return [_amount(measure.aggregate, row) for row in store.read(ask, sources)]


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


def _amount(aggregate: Aggregate, row: Row) -> Amount:
    window, group, numerator, denominator, sample = row
    if numerator is None or denominator == 0:
        return Amount(window, group, None, None, sample)
    if aggregate in QUANTILES:
        return Amount(window, group, round(numerator * STEPS), STEPS, sample)
    return Amount(window, group, int(numerator), denominator, sample)
