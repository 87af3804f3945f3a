"""A question becomes one SQL statement over the facts. The as-of rule of docs/reference/facts.md is here, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.metrics.metric import QUANTILES, Aggregate, Hours
from milepost.metrics.question import By, Condition, Measure, Window

NO_CALENDAR: Final = gettext_noop("No calendar is set.")

GROUPS: Final = {By.ALL: "NULL::INTEGER", By.AGENT: "agent", By.TEAM: "team", By.PIPELINE: "pipeline"}


@dataclass(frozen=True)
class Statement:
    """SQL and its parameters. Its rows are window, group, value, sample."""

    sql: str
    parameters: list[object] = field(default_factory=list)


def statement(
    measure: Measure,
    windows: Sequence[Window],
    *,
    by: By,
    now: datetime,
    members: Mapping[int, int] | None = None,
    conditions: Sequence[Condition] = (),
) -> Statement | None:
    """The statement that answers for all windows that have begun; None where none has.

    A fact counts in the window that holds its moment, as of X = min(now, end): known to count at X, and, where the
    metric asks for it, not undone before X.
    """
    if measure.hours is Hours.BUSINESS:
        raise Refused(NO_CALENDAR)
    parameters = _begun(windows, now)
    if not parameters:
        return None
    group, joined = GROUPS[by], ""
    if members is not None:
        joined = f"JOIN (SELECT unnest(?) AS number, unnest(?) AS member) m ON m.number = {group}"
        group = "m.member"
        parameters += [list(members.keys()), list(members.values())]
    where = _where(measure, conditions, parameters)
    value, sample = _aggregate(measure)
    return Statement(
        f"""
        WITH w AS (SELECT unnest(?) AS "window", unnest(?) AS opens, unnest(?) AS as_of)
        SELECT "window", {group} AS "group", {value} AS "value", {sample} AS "sample"
        FROM facts
        JOIN w ON happened_at >= opens AND happened_at < as_of
        {joined}
        WHERE {where}
        GROUP BY ALL
        ORDER BY ALL
        """,
        parameters,
    )


def activity(windows: Sequence[Window], *, by: By, now: datetime, members: Mapping[int, int]) -> Statement | None:
    """The statement that finds who did anything at all in which window; its rows are window and group."""
    parameters = _begun(windows, now)
    if not parameters:
        return None
    parameters += [list(members.keys()), list(members.values())]
    return Statement(
        f"""
        WITH w AS (SELECT unnest(?) AS "window", unnest(?) AS opens, unnest(?) AS as_of)
        SELECT DISTINCT "window", m.member
        FROM facts
        JOIN w ON happened_at >= opens AND happened_at < as_of
        JOIN (SELECT unnest(?) AS number, unnest(?) AS member) m ON m.number = {GROUPS[by]}
        WHERE counts_from < as_of AND (counts_until IS NULL OR counts_until >= as_of)
        """,
        parameters,
    )


def _begun(windows: Sequence[Window], now: datetime) -> list[object]:
    """Numbers, starts and as-of moments of the windows that have begun; empty where none has."""
    moment = int(now.timestamp())
    begun = [(window.number, window.start, min(window.end, moment)) for window in windows if window.start < moment]
    return [list(column) for column in zip(*begun, strict=True)]


def _where(measure: Measure, conditions: Sequence[Condition], parameters: list[object]) -> str:
    metric = measure.metric
    clauses = ["kind = ?", "counts_from < as_of", "(counts_until IS NULL OR counts_until >= as_of)"]
    parameters.append(metric.kind.value)
    if metric.stands:
        clauses.append("(ended_at IS NULL OR ended_at >= as_of)")
    if metric.nth is not None:
        clauses.append("nth = ?")
        parameters.append(metric.nth)
    for condition in conditions:
        if condition.numbers is None:
            clauses.append(f'"{condition.column}" IS NOT NULL')
        else:
            clauses.append(f'"{condition.column}" IN (SELECT unnest(?::INTEGER[]))')
            parameters.append(sorted(condition.numbers))
    return " AND ".join(clauses)


def _aggregate(measure: Measure) -> tuple[str, str]:
    match measure.aggregate:
        case Aggregate.COUNT:
            return "count(*)", "count(*)"
        case Aggregate.SUM | Aggregate.AVERAGE:
            value = "sum(calendar_seconds)"
        case Aggregate.MINIMUM:
            value = "min(calendar_seconds)"
        case Aggregate.MAXIMUM:
            value = "max(calendar_seconds)"
        case quantile:
            value = f"quantile_cont(calendar_seconds, {QUANTILES[quantile] / 100})"
    return value, "count(calendar_seconds)"
