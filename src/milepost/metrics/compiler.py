"""A question becomes one SQL statement over the facts, whatever number of windows it asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import QUANTILES, Aggregate
from milepost.metrics.parts import COUNTS, HAPPENED, Part, parts
from milepost.metrics.question import By, Condition, Measure, Window
from milepost.tickets.columns import ACTS

NO_CALENDAR: Final = gettext_noop("No calendar is set.")

GROUPS: Final = {By.ALL: "NULL::INTEGER", By.AGENT: "agent", By.TEAM: "team", By.PIPELINE: "pipeline"}
# Numerator, denominator and sample.
AGGREGATES: Final = {
    Aggregate.COUNT: ("count(*)", "1", "count(*)"),
    Aggregate.SUM: ("sum(value)", "1", "count(value)"),
    Aggregate.AVERAGE: ("sum(value)", "count(value)", "count(value)"),
    Aggregate.MINIMUM: ("min(value)", "1", "count(value)"),
    Aggregate.MAXIMUM: ("max(value)", "1", "count(value)"),
    Aggregate.SHARE: ("count(*) FILTER (hit)", "count(*)", "count(*)"),
    Aggregate.RATIO: ("count(*) FILTER (hit)", "count(*) FILTER (NOT hit)", "count(*) FILTER (NOT hit)"),
}


@dataclass(frozen=True)
class Statement:
    """SQL and its parameters by name. Its rows are window, group, numerator, denominator, sample."""

    sql: str
    parameters: dict[str, object] = field(default_factory=dict)


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

    Everything is as of X = min(now, end): known to count at X, and, where the metric asks for it, not undone before X.
    """
    begun = windowed(windows, now)
    if begun is None:
        return None
    numerator, denominator, sample = aggregated(measure.aggregate)
    group, joined = GROUPS[by], ""
    parameters = dict(begun)
    if members is not None:
        group, joined = "m.member", f"JOIN {MEMBERS} ON m.number = {group}"
        parameters |= _members(members)
    clauses = [conditioned(one, place, parameters) for place, one in enumerate(conditions)]
    rows = [_rows(part, group, joined, clauses) for part in parts(measure, now=int(now.timestamp()))]
    sql = f"""
    WITH {WINDOWS}
    SELECT "window", "group", {numerator}, {denominator}, {sample}
    FROM ({" UNION ALL ".join(rows)})
    GROUP BY ALL
    ORDER BY ALL
    """
    return Statement(sql, parameters)


def activity(asked: Sequence[tuple[By, Sequence[Window], Mapping[int, int]]], *, now: datetime) -> Statement | None:
    """The statement that finds who did anything at all; its rows are the place in `asked`, window and group."""
    moment = int(now.timestamp())
    spans = [
        (place, window.number, window.start, min(window.end, moment))
        for place, (_, windows, _) in enumerate(asked)
        for window in windows
        if window.start < moment
    ]
    owners = [
        (place, by.value, owner, member)
        for place, (by, _, members) in enumerate(asked)
        for owner, member in members.items()
    ]
    if not spans or not owners:
        return None
    acts = ", ".join(f"'{kind}'" for kind in ACTS)
    parameters: dict[str, object] = {}
    each = " UNION ".join(
        f"""
        SELECT place, "window", member
        FROM facts JOIN owners ON owners."by" = '{by.value}' AND owners.number = {GROUPS[by]}
        JOIN spans USING (place) WHERE {HAPPENED} AND kind IN ({acts}) AND {COUNTS}
        """
        for by in sorted({by for by, _, _ in asked})
    )
    spanned = _table("spans", 'place BIGINT, "window" BIGINT, opens BIGINT, as_of BIGINT', spans, parameters)
    owned = _table("owners", 'place BIGINT, "by" VARCHAR, number INTEGER, member BIGINT', owners, parameters)
    return Statement(f"WITH {spanned}, {owned} {each}", parameters)


def _table(name: str, columns: str, rows: Sequence[tuple[object, ...]], parameters: dict[str, object]) -> str:
    """A common table of words and integers."""
    each = []
    for place, (column, values) in enumerate(zip(columns.split(", "), zip(*rows, strict=True), strict=True)):
        parameters[f"{name}_{place}"] = listed(values)
        title, _, type_ = column.rpartition(" ")
        each.append(f"unnest({UNLISTED.format(f'${name}_{place}', type_)}) AS {title}")
    return f"{name} AS (SELECT {', '.join(each)})"


def aggregated(aggregate: Aggregate) -> tuple[str, str, str]:
    """Numerator, denominator and sample over the columns value and hit."""
    if aggregate in QUANTILES:
        return f"quantile_cont(value, {QUANTILES[aggregate] / 100})", "1", "count(value)"
    return AGGREGATES[aggregate]


# DuckDB looks for other libraries at every value of a list that it is given; a text is one value.
UNLISTED: Final = "string_split({}, ',')::{}[]"


def listed(values: Iterable[object]) -> str:
    """Words, integers or truths as one text, for `UNLISTED` to read."""
    return ",".join(map(str, values))


WINDOWS: Final = f"""w AS (
    SELECT unnest({UNLISTED.format("$windows", "BIGINT")}) AS "window",
           unnest({UNLISTED.format("$opens", "BIGINT")}) AS opens,
           unnest({UNLISTED.format("$as_of", "BIGINT")}) AS as_of
)"""
MEMBERS: Final = f"""(
    SELECT unnest({UNLISTED.format("$numbers", "INTEGER")}) AS number,
           unnest({UNLISTED.format("$members", "BIGINT")}) AS member
) m"""


def windowed(windows: Sequence[Window], now: datetime) -> dict[str, object] | None:
    """Numbers, starts and as-of moments of the windows that have begun."""
    moment = int(now.timestamp())
    begun = [(window.number, window.start, min(window.end, moment)) for window in windows if window.start < moment]
    if not begun:
        return None
    columns = (listed(column) for column in zip(*begun, strict=True))
    return dict(zip(("windows", "opens", "as_of"), columns, strict=True))


def _members(members: Mapping[int, int]) -> dict[str, object]:
    # No number is 0: where nobody is asked, nobody is found.
    return {"numbers": listed(members or [0]), "members": listed(members.values() or [0])}


def _rows(part: Part, group: str, joined: str, conditions: Sequence[str]) -> str:
    select = "SELECT DISTINCT ticket," if part.once else "SELECT"
    return (
        f'{select} "window", {group} AS "group", {part.value} AS value, {part.hit} AS hit '
        f"FROM facts JOIN w ON {part.place} {joined} WHERE {' AND '.join([*part.clauses, *conditions])}"
    )


def conditioned(condition: Condition, place: int, parameters: dict[str, object]) -> str:
    if condition.numbers is None:
        return f'"{condition.column}" IS NOT NULL'
    if not condition.numbers:
        return "false"
    parameters[f"condition_{place}"] = listed(sorted(condition.numbers))
    return f'"{condition.column}" IN (SELECT unnest({UNLISTED.format(f"$condition_{place}", "INTEGER")}))'
