"""A question becomes one SQL statement over the facts. The as-of rule of docs/reference/facts.md is here, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from milepost.base.marks import gettext_noop
from milepost.metrics.metric import QUANTILES, Aggregate, Anchor, Hit, Hours, Nth, Reading
from milepost.metrics.question import By, Condition, Measure, Window
from milepost.tickets.columns import Kind

NO_CALENDAR: Final = gettext_noop("No calendar is set.")

GROUPS: Final = {By.ALL: "NULL::INTEGER", By.AGENT: "agent", By.TEAM: "team", By.PIPELINE: "pipeline"}
DAY: Final = 86_400

# At X a fact counts if `counts_from < X <= counts_until`, and stands if `ended_at >= X`; null is never.
COUNTS: Final = "counts_from < as_of AND (counts_until IS NULL OR counts_until >= as_of)"
STANDS: Final = "(ended_at IS NULL OR ended_at >= as_of)"
# An act belongs to the window that holds its moment, a state to every X at which it stands.
HAPPENED: Final = "happened_at >= opens AND happened_at < as_of"
STOOD: Final = f"happened_at < as_of AND {STANDS}"
# Some of the stretch lies in the window.
LASTED: Final = "happened_at < as_of AND coalesce(ended_at, as_of) > greatest(happened_at, opens)"
# A creation that does not count, and does not count again after a restore.
REMOVED: Final = f"""
    counts_from = happened_at AND NOT ({COUNTS}) AND NOT EXISTS (
        SELECT 1 FROM facts again WHERE again.kind = 'created' AND again.ticket = facts.ticket
        AND again.counts_from < as_of AND (again.counts_until IS NULL OR again.counts_until >= as_of))
"""

NTH: Final = {Nth.FIRST: "nth = 1", Nth.LATER: "nth > 1"}
HITS: Final = {
    Hit.ONE_TOUCH: "nth = 1 AND replies = 1",
    Hit.NO_TOUCH: "replies = 0",
    Hit.POSITIVE: "score >= 75",
    Hit.REOPENED: f"ended_at < as_of AND ended_at <= happened_at + $days * {DAY}",
}
# The parts of a clock that make up a reading, and the statuses in which it runs.
PARTS: Final = {
    Reading.SECONDS: ("seconds",),
    Reading.WORK: ("work",),
    Reading.HOLD: ("hold",),
    Reading.CUSTOMER: ("customer",),
    Reading.REQUESTER: ("work", "hold"),
}
RUNS: Final = {
    Reading.SECONDS: "true",
    Reading.WORK: "status IN ('new', 'open')",
    Reading.HOLD: "status = 'on_hold'",
    Reading.CUSTOMER: "status = 'waiting_customer'",
    Reading.REQUESTER: "status IN ('new', 'open', 'on_hold')",
}
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
    begun = _begun(windows, now)
    if begun is None:
        return None
    return _Compiler(measure, begun, by=by, now=now, members=members, conditions=conditions).statement()


def activity(windows: Sequence[Window], *, by: By, now: datetime, members: Mapping[int, int]) -> Statement | None:
    """The statement that finds who did anything at all in which window; its rows are window and group."""
    begun = _begun(windows, now)
    if begun is None:
        return None
    acts = ", ".join(f"'{kind}'" for kind in Kind if kind not in {Kind.OPEN, Kind.AWAITING, Kind.WAITING})
    return Statement(
        f"""
        WITH {WINDOWS}
        SELECT DISTINCT "window", m.member
        FROM facts JOIN w ON {HAPPENED} JOIN {MEMBERS} ON m.number = {GROUPS[by]}
        WHERE kind IN ({acts}) AND {COUNTS}
        """,
        begun | _members(members),
    )


WINDOWS: Final = 'w AS (SELECT unnest($windows) AS "window", unnest($opens) AS opens, unnest($as_of) AS as_of)'
MEMBERS: Final = "(SELECT unnest($numbers) AS number, unnest($members) AS member) m"


def _begun(windows: Sequence[Window], now: datetime) -> dict[str, object] | None:
    """Numbers, starts and as-of moments of the windows that have begun."""
    moment = int(now.timestamp())
    begun = [(window.number, window.start, min(window.end, moment)) for window in windows if window.start < moment]
    if not begun:
        return None
    columns = (list(column) for column in zip(*begun, strict=True))
    return dict(zip(("windows", "opens", "as_of"), columns, strict=True))


def _members(members: Mapping[int, int]) -> dict[str, object]:
    return {"numbers": list(members.keys()), "members": list(members.values())}


class _Compiler:
    """One measure on its way to SQL, with the parameters it needs so far."""

    def __init__(
        self,
        measure: Measure,
        begun: dict[str, object],
        *,
        by: By,
        now: datetime,
        members: Mapping[int, int] | None,
        conditions: Sequence[Condition],
    ) -> None:
        self.measure = measure
        self.metric = measure.metric
        self.now = int(now.timestamp())
        self.parameters = dict(begun)
        self.group, self.joined = GROUPS[by], ""
        if members is not None:
            self.joined = f"JOIN {MEMBERS} ON m.number = {self.group}"
            self.group = "m.member"
            self.parameters |= _members(members)
        self.conditions = [self._condition(one, place) for place, one in enumerate(conditions)]

    def statement(self) -> Statement:
        numerator, denominator, sample = self._aggregate()
        sql = f"""
        WITH {WINDOWS}
        SELECT "window", "group", {numerator}, {denominator}, {sample}
        FROM ({" UNION ALL ".join(self._parts())})
        GROUP BY ALL
        ORDER BY ALL
        """
        return Statement(sql, self.parameters)

    def _parts(self) -> list[str]:
        """The facts that are aggregated, each with its value and whether it is a hit."""
        metric = self.metric
        if metric.owed is not None:
            return [self._met(), self._broken(metric.owed)]
        if metric.per is not None:
            per = self._rows(HAPPENED, [self._is("per", metric.per), COUNTS], hit="false")
            return [self._rows(HAPPENED, [self._is("kind", metric.kind), COUNTS]), per]
        match metric.anchor:
            case Anchor.ACT:
                return [self._rows(HAPPENED, self._acts(), value=self._reading(), hit=self._hit())]
            case Anchor.LEVEL:
                stretches = [self._is("kind", metric.kind), COUNTS, *self._nth()]
                return [self._rows(STOOD, stretches, value=self._reading_at("as_of"))]
            case Anchor.REMOVAL:
                # A ticket has several rows that fit where it was taken out and brought back within a second.
                return [
                    self._rows(HAPPENED, [self._is("kind", metric.kind), REMOVED], select="SELECT DISTINCT ticket,")
                ]

    def _rows(
        self,
        place: str,
        clauses: Sequence[str],
        *,
        value: str = "NULL::BIGINT",
        hit: str = "true",
        select: str = "SELECT",
    ) -> str:
        return (
            f'{select} "window", {self.group} AS "group", {value} AS value, {hit} AS hit '
            f"FROM facts JOIN w ON {place} {self.joined} WHERE {' AND '.join([*clauses, *self.conditions])}"
        )

    def _acts(self) -> list[str]:
        clauses = [self._is("kind", self.metric.kind), COUNTS, *self._nth()]
        if self.metric.stands:
            clauses.append(self._stands())
        if self.metric.kind is Kind.REPLY:
            # A reply that ended no wait has no clock.
            clauses.append("calendar_seconds IS NOT NULL")
        return clauses

    def _met(self) -> str:
        """Acts within the bound. One that came later is no act here: its breach is in the state before it."""
        return self._rows(HAPPENED, [*self._acts(), f"{self._reading()} <= $within"])

    def _broken(self, owed: Kind) -> str:
        """States whose clock passed the bound in the window, at the last instant within it."""
        self.parameters["within"] = self.measure.within
        before = self._reading_at("greatest(happened_at, opens)")
        after = self._reading_at("least(coalesce(ended_at, as_of), as_of)")
        clauses = [self._is("owed", owed), COUNTS, *self._nth(), f"{before} <= $within", f"$within < {after}"]
        return self._rows(LASTED, clauses, hit="false")

    def _is(self, name: str, kind: Kind) -> str:
        self.parameters[name] = kind.value
        return f"kind = ${name}"

    def _nth(self) -> list[str]:
        return [] if self.metric.nth is None else [NTH[self.metric.nth]]

    def _stands(self) -> str:
        """Not undone as of X; with days, not within so many days of the act either, as far as is known now."""
        if not self.measure.days:
            return STANDS
        self.parameters |= {"days": self.measure.days, "now": self.now}
        late = f"ended_at >= greatest(as_of, least(happened_at + $days * {DAY}, $now))"
        return f"(ended_at IS NULL OR {late})"

    def _hit(self) -> str:
        if self.metric.hit is None:
            return "true"
        if self.metric.hit is Hit.REOPENED:
            self.parameters["days"] = self.measure.days
        return f"coalesce({HITS[self.metric.hit]}, false)"

    def _reading(self) -> str:
        """The number of an act."""
        reading = self.metric.reading
        if reading is None:
            return "NULL::BIGINT"
        if reading is Reading.SCORE:
            return "score::BIGINT"
        return "(" + " + ".join(f"{self.measure.hours.value}_{part}" for part in PARTS[reading]) + ")"

    def _reading_at(self, moment: str) -> str:
        """The clock of a running state at a moment: as read at its start, and what has passed since while it runs."""
        reading = self.metric.reading
        if reading is None:
            return "NULL::BIGINT"
        return f"({self._reading()} + CASE WHEN {RUNS[reading]} THEN {self._passed(moment)} ELSE 0 END)"

    def _passed(self, moment: str) -> str:
        """Seconds from the start of a state to a moment. Where no calendar is set, business time is calendar time."""
        passed = f"{moment} - happened_at"
        if self.measure.hours is Hours.CALENDAR:
            return passed
        return f"CASE WHEN calendar IS NULL THEN {passed} END"

    def _condition(self, condition: Condition, place: int) -> str:
        if condition.numbers is None:
            return f'"{condition.column}" IS NOT NULL'
        self.parameters[f"condition_{place}"] = sorted(condition.numbers)
        return f'"{condition.column}" IN (SELECT unnest($condition_{place}::INTEGER[]))'

    def _aggregate(self) -> tuple[str, str, str]:
        """Numerator, denominator and sample."""
        aggregate = self.measure.aggregate
        if aggregate in QUANTILES:
            return f"quantile_cont(value, {QUANTILES[aggregate] / 100})", "1", "count(value)"
        return AGGREGATES[aggregate]
