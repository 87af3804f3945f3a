"""`milepost measure` on the log that ships with Milepost, for every metric that it tells, by agent, group and month."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

import milepost.connectors.demo
from milepost.account.queries import the_account
from milepost.connectors.files import reading
from milepost.connectors.table.mapping import load
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Aggregate
from milepost.tickets.store import Store, update
from tests.metrics import log
from tests.metrics.log import Period, Row, Value

DEMO: Final = Path(milepost.connectors.demo.__file__).parent
LOG: Final = DEMO / "incident_event_log.csv.zip"
WITHIN: Final = 4 * 3600
MONTHS: Final = [datetime(2016 + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(1, 16)]
TOTAL: Final = "(total)"

Line = Callable[[list[Row], Period], Iterable[Value]]


def resolution(states: set[str]) -> Line:
    return lambda rows, period: [
        value._replace(number=log.part(rows, i, states)) for i, value in log.resolved(rows, period, stands=True)
    ]


def act(places: Callable[[list[Row]], Iterable[int]]) -> Line:
    return lambda rows, period: [
        Value(rows[i].agent, rows[i].team, log.age(rows, rows[i].at))
        for i in places(rows)
        if period.start <= rows[i].at < period.x
    ]


def level(states: set[str] | None, *, unanswered: bool = False) -> Line:
    def line(rows: list[Row], period: Period) -> list[Value]:
        i = log.there(rows, period.x)
        if i is None:
            return []
        told = [row.state for row in rows[: i + 1] if row.state]
        if unanswered and told and not all(state == "new" for state in told):
            return []
        number = period.x - rows[0].at if states is None else log.so_far(rows, period.x, states)
        return [Value(rows[i].agent, rows[i].team, number)]

    return line


def replied(rows: list[Row]) -> list[int]:
    return [i for i in [log.left_new(rows)] if i is not None]


def response_within(rows: list[Row], period: Period) -> list[Value]:
    told = [row.state for row in rows if row.state]
    if told and told[0] != "new":
        # What did not begin as new owes a reply only until that is told.
        first = next(i for i, row in enumerate(rows) if row.state)
        return log.within(rows, period, first, [])
    return log.within(rows, period, log.left_new(rows), list(act(replied)(rows, period)))


def resolution_within(rows: list[Row], period: Period, *, work: bool) -> list[Value]:
    firsts = [(i, value) for i, value in log.resolved(rows, period, first=True)]
    values = [value._replace(number=log.part(rows, i, {"work"})) if work else value for i, value in firsts]
    turns = log.turns(rows)
    return log.within(rows, period, turns[0][0] if turns else None, values, work=work)


def reopens(rows: list[Row], period: Period) -> list[Value]:
    return [
        Value(rows[until - 1].agent, rows[until - 1].team)
        for _, until in log.turns(rows)
        if until is not None and period.start <= rows[until].at < period.x
    ]


def reopen_rate(rows: list[Row], period: Period) -> list[Value]:
    values = []
    for i, value in log.resolved(rows, period, first=True):
        until = log.turns(rows)[0][1]
        at = None if until is None else rows[until].at
        hit = at is not None and at < period.x and at <= rows[i].at + period.days * log.DAY
        values.append(value._replace(hit=hit))
    return values


LINES: Final[dict[str, Line]] = {
    "tickets_created": act(lambda _rows: [0]),
    "tickets_removed": lambda _rows, _period: [],
    "tickets_closed": lambda rows, period: [value for _, value in log.resolved(rows, period, stands=True)],
    "resolutions": lambda rows, period: [value for _, value in log.resolved(rows, period)],
    "reopens": reopens,
    "reassignments": act(lambda rows: log.changed(rows, "agent")[1:]),
    "group_changes": act(lambda rows: log.changed(rows, "team")[1:]),
    "first_response": act(replied),
    "time_to_assign": act(lambda rows: log.changed(rows, "agent")[:1]),
    "first_resolution": lambda rows, period: [value for _, value in log.resolved(rows, period, first=True)],
    "full_resolution": lambda rows, period: [value for _, value in log.resolved(rows, period, stands=True)],
    "net_resolution": resolution({"work"}),
    "requester_wait": resolution({"work", "hold"}),
    "agent_wait": resolution({"customer"}),
    "on_hold": resolution({"hold"}),
    "first_response_within": response_within,
    "first_resolution_within": lambda rows, period: resolution_within(rows, period, work=False),
    "net_resolution_within": lambda rows, period: resolution_within(rows, period, work=True),
    "reopen_rate": reopen_rate,
    "backlog": level(None),
    "awaiting_first_response": level(None, unanswered=True),
    "oldest_open": level(None),
    "oldest_awaiting_first_response": level(None, unanswered=True),
    "open_work": level({"work"}),
    "open_requester_wait": level({"work", "hold"}),
    "open_agent_wait": level({"customer"}),
    "open_on_hold": level({"hold"}),
}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log in a fact store."""
    folder = tmp_path_factory.mktemp("log")
    staging, rejects = folder / "staged.csv", folder / "rejects.csv"
    read = reading.read(LOG, load(DEMO / "mapping.yaml"), source="log", staging=staging, rejects=rejects)
    update(Store(folder / "facts"), read.staged, now=int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()))
    return folder / "facts"


@pytest.fixture
def account(db: None, settings: Any, facts: Path) -> None:
    """Reports are in UTC, as the log is."""
    settings.FACTS_FOLDER = facts
    account = the_account()
    account.zone = "UTC"
    account.save()


@cache
def tickets() -> list[list[Row]]:
    return log.tickets(LOG)


def measured(metric: str, by: str) -> list[dict[str, Any]]:
    """What the command prints."""
    out = StringIO()
    bound = {"within": WITHIN} if METRICS[metric].bounded else {}
    first, last = datetime(2016, 2, 1, tzinfo=UTC).date(), datetime(2017, 3, 31, tzinfo=UTC).date()
    call_command("measure", metric=metric, by=by, first=first, last=last, format="json", stdout=out, **bound)
    rows: list[dict[str, Any]] = json.loads(out.getvalue())
    return rows


def expected(metric: str) -> list[tuple[str, Value]]:
    """The values behind it, each with its month."""
    found = []
    line, days = LINES[metric], METRICS[metric].days
    for start, end in pairwise(MONTHS):
        period = Period(int(start.timestamp()), int(end.timestamp()), WITHIN, days)
        for rows in tickets():
            found += [(f"{start:%Y-%m}", value) for value in line(rows, period)]
    return found


def grouped(values: Iterable[tuple[str, Value]], by: str) -> dict[tuple[str, str], list[Value]]:
    """By month and name."""
    found: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for month, one in values:
        name = {"agent": one.agent, "team": one.team, "all": "all"}[by]
        found[month, name or "(unassigned)"].append(one)
    return found


def value(metric: str, values: list[Value]) -> Fraction | int | None:
    numbers = [one.number for one in values if one.number is not None]
    match METRICS[metric].aggregate:
        case Aggregate.COUNT:
            return len(values)
        case Aggregate.SHARE:
            return Fraction(sum(one.hit for one in values), len(values)) if values else None
        case Aggregate.MAXIMUM:
            return max(numbers, default=None)
        case _:
            return Fraction(sum(numbers), len(numbers)) if numbers else None


@pytest.mark.parametrize("metric", LINES)
def test_measure_prints_what_the_rows_of_the_log_say(metric: str, account: None) -> None:
    values = expected(metric)
    for by in ("all", "agent", "team"):
        right = grouped(values, by)
        printed = {(row["period"], row["group"]): row for row in measured(metric, by)}
        assert set(right) <= set(printed)
        wrong = {
            key: (row["numerator"], row["denominator"], value(metric, right.get(key, [])))
            for key, row in printed.items()
            if (None if row["numerator"] is None else Fraction(row["numerator"], row["denominator"]))
            != value(metric, right.get(key, []))
        }
        assert wrong == {}
        assert any(row["numerator"] for row in printed.values()) or metric == "tickets_removed"


@pytest.mark.parametrize("metric", sorted(set(METRICS) - set(LINES)))
def test_what_the_log_cannot_tell_is_refused_and_never_zero(metric: str, account: None) -> None:
    with pytest.raises(CommandError, match="No source tells"):
        measured(metric, "all")
