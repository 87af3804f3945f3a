"""A question becomes one SQL statement over the facts, whatever number of windows it asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import QUANTILES, Aggregate
from milepost.metrics.parts import COUNTS, HAPPENED, MEMBER_THEN, Part, parts
from milepost.metrics.question import By, Condition, Measure, Question, Window
from milepost.metrics.stints import Stint
from milepost.tickets.columns import ACTS
from milepost.tickets.events import NOBODY

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
    stints: Sequence[Stint] = (),
) -> Statement | None:
    """The statement that answers for all windows that have begun; None where none has.

    Everything is as of X = min(now, end), or now where later changes are asked for: known to count at X, and, where the
    metric asks for it, not undone before X.
    """
    begun = windowed(windows, now)
    if begun is None:
        return None
    numerator, denominator, sample = aggregated(measure.aggregate)
    group, joined = GROUPS[by], ""
    parameters = dict(begun)
    if members is not None or stints:
        group, joined = "m.member", pooled(by, members or {}, stints, parameters)
    clauses = [conditioned(one, place, parameters) for place, one in enumerate(conditions)]
    rows = [
        _rows(part, group, joined, [*clauses, part.during] if stints else clauses)
        for part in parts(measure, now=int(now.timestamp()))
    ]
    sql = f"""
    WITH {WINDOWS}
    SELECT "window", "group", {numerator}, {denominator}, {sample}
    FROM ({" UNION ALL ".join(rows)})
    GROUP BY ALL
    ORDER BY ALL
    """
    return Statement(sql, parameters)


def activity(questions: Sequence[Question], *, now: datetime) -> Statement | None:
    """The statement that finds who did anything at all; its rows are the place of the question, window and group.

    Only by whom, when and as of when is asked matters of a question.
    """
    moment = int(now.timestamp())
    spans = [
        (place, window.number, window.start, *window.as_of(moment))
        for place, question in enumerate(questions)
        for window in question.windows
        if window.start < moment
    ]
    owners = [
        (place, question.by.value, one.number, one.group, one.since, one.until)
        for place, question in enumerate(questions)
        for one in question.pooled
    ]
    if not spans or not owners:
        return None
    acts = ", ".join(f"'{kind}'" for kind in ACTS)
    parameters: dict[str, object] = {}
    each = " UNION ".join(
        f"""
        SELECT place, "window", member
        FROM facts JOIN owners ON owners."by" = '{by.value}' AND owners.number = {GROUPS[by]}
        JOIN spans USING (place) WHERE {HAPPENED} AND {MEMBER_THEN} AND kind IN ({acts}) AND {COUNTS}
        """
        for by in sorted({question.by for question in questions})
    )
    columns = 'place BIGINT, "window" BIGINT, opens BIGINT, closes BIGINT, as_of BIGINT'
    spanned = _table("spans", columns, spans, parameters)
    columns = 'place BIGINT, "by" VARCHAR, number INTEGER, member BIGINT, since BIGINT, until BIGINT'
    owned = _table("owners", columns, owners, parameters)
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
           unnest({UNLISTED.format("$closes", "BIGINT")}) AS closes,
           unnest({UNLISTED.format("$as_of", "BIGINT")}) AS as_of
)"""
MEMBERS: Final = f"""(
    SELECT unnest({UNLISTED.format("$numbers", "INTEGER")}) AS number,
           unnest({UNLISTED.format("$members", "BIGINT")}) AS member
) m"""
STINTS: Final = f"""(
    SELECT unnest({UNLISTED.format("$numbers", "INTEGER")}) AS number,
           unnest({UNLISTED.format("$members", "BIGINT")}) AS member,
           unnest({UNLISTED.format("$sinces", "BIGINT")}) AS since,
           unnest({UNLISTED.format("$untils", "BIGINT")}) AS until
) m"""


def windowed(windows: Sequence[Window], now: datetime) -> dict[str, object] | None:
    """Numbers, starts, closes and as-of moments of the windows that have begun."""
    moment = int(now.timestamp())
    begun = [(window.number, window.start, *window.as_of(moment)) for window in windows if window.start < moment]
    if not begun:
        return None
    columns = (listed(column) for column in zip(*begun, strict=True))
    return dict(zip(("windows", "opens", "closes", "as_of"), columns, strict=True))


def pooled(by: By, members: Mapping[int, int], stints: Sequence[Stint], parameters: dict[str, object]) -> str:
    """The join that brings the group that a fact is pooled in; with stints also since and until."""
    if not stints:
        # No number is 0: where nobody is asked, nobody is found.
        parameters |= {"numbers": listed(members or [0]), "members": listed(members.values() or [0])}
        return f"JOIN {MEMBERS} ON m.number = {GROUPS[by]}"
    each = [*(Stint(number, group) for number, group in members.items()), *stints]
    columns = zip(*((one.number, one.group, one.since, one.until) for one in each), strict=True)
    parameters |= dict(zip(("numbers", "members", "sinces", "untils"), map(listed, columns), strict=True))
    return f"JOIN {STINTS} ON m.number = coalesce({GROUPS[by]}, {NOBODY})"


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
