"""Every line of the metric table, from the facts and straight from the events: no value differs.

MILEPOST_HISTORIES says over how many random histories; the full proof is made over 10,000 with `make test-oracle`.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import duckdb
import pytest

from milepost.calendars.working_hours import BEGINNING, Calendar, Calendars, Schedule, Version
from milepost.calendars.working_hours import Hours as Open
from milepost.metrics import compiler, working_time
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import QUANTILES, Aggregate, Hours, Reading
from milepost.metrics.question import By, Measure, Window
from milepost.metrics.stints import ALWAYS, FOREVER, Stint, rest, united
from milepost.tickets.clock import WorkingTime
from milepost.tickets.columns import AUTOMATION, FACT_COLUMNS, FIELD_PREFIX
from milepost.tickets.events import NOBODY, ReplayRules
from milepost.tickets.facts import Fact
from milepost.tickets.replay import replay
from milepost.tickets.store.reading import connection, fact_columns
from milepost.tickets.store.staging import read_csv, rows_into
from tests.metrics import oracle
from tests.metrics.histories import OWN, SPAN, History, history
from tests.metrics.oracle import Question, Value

HISTORIES: Final = int(os.environ.get("MILEPOST_HISTORIES", "500"))
BATCH: Final = 500
WITHIN: Final = 3_000
# What was known when, asked as of when: late events come in between, and all are in at the end.
MOMENTS: Final = ((9_001, 9_001), (30_000, 24_000), (2 * SPAN, 24_000), (2 * SPAN, 2 * SPAN))
SPANS: Final = ((0, 2 * SPAN), (6_000, 18_000), (18_000, 24_000), (12_345, 30_600))

# Window, group, value, sample.
Key = tuple[int, int | None, Fraction | None, int]


def every_other_ten_minutes(first: int) -> Calendar:
    return Calendar(ZoneInfo("UTC"), (tuple(Open(at, at + 10) for at in range(first, 1440, 20)),) * 7)


class TenMinutes:
    """Teams whose number ends in 7 work every other ten minutes, from an edit on the others; not as in the oracle."""

    calendars = Calendars(
        {
            70: Schedule(
                (
                    Version(BEGINNING, every_other_ten_minutes(0)),
                    Version(oracle.EDITED, every_other_ten_minutes(10)),
                )
            )
        }
    )

    def __init__(self) -> None:
        self._time = WorkingTime(self.calendars)

    def calendar(self, team: int | None, /) -> int | None:
        return 70 if team is not None and team % 10 == 7 else None

    def seconds(self, calendar: int, start: int, end: int, /) -> int:
        return self._time.seconds(calendar, start, end)


def facts_of(histories: Iterable[History]) -> Iterator[Fact]:
    business = TenMinutes()
    for one in histories:
        yield from replay(one.ticket, one.events, ReplayRules(), business)


def load(db: duckdb.DuckDBPyConnection, folder: Path, facts: Iterable[Fact]) -> None:
    """The facts as the store would hold them."""
    columns = attrgetter(*(column.name for column in FACT_COLUMNS))
    with rows_into(folder / "facts.csv") as writer:
        for fact in facts:
            writer.writerow(columns(fact))
    types = fact_columns({})
    assert not any(name.startswith(FIELD_PREFIX) for name in types)
    table = read_csv(folder / "facts.csv", types | {"tags": "VARCHAR"}, null="")
    db.execute(f"CREATE OR REPLACE TABLE facts AS SELECT * FROM {table}")


def measures() -> list[Measure]:
    """Every metric under every aggregate, in calendar and in business hours, and with windows of days."""
    found = []
    for metric in METRICS.values():
        usual = Measure.of(metric, within=WITHIN if metric.bounded else None)
        # A history lasts half a day, so a reopen window of a day shows all that can be shown of one.
        days = {0, 1} if metric.takes_days else {0}
        kinds = [replace(usual, aggregate=aggregate, days=day) for aggregate in metric.aggregates for day in days]
        is_clocked = metric.reading not in {None, Reading.SCORE}
        business = [replace(one, hours=Hours.BUSINESS) for one in kinds if is_clocked]
        found += kinds + business
    return found


def from_facts(
    db: duckdb.DuckDBPyConnection, measure: Measure, by: By, now: int, stints: Sequence[Stint] = ()
) -> Counter[Key]:
    windows = [Window(number, *span) for number, span in enumerate(SPANS)]
    statement = compiler.statement(measure, windows, by=by, now=datetime.fromtimestamp(now, UTC), stints=stints)
    assert statement is not None
    answer: Counter[Key] = Counter()
    for window, group, numerator, denominator, sample in db.execute(statement.sql, statement.parameters).fetchall():
        value = None if numerator is None or denominator == 0 else Fraction(numerator) / denominator
        answer[window, group, value, sample] += 1
    return answer


def from_events(
    values: Sequence[tuple[int, Value]], measure: Measure, groups: Callable[[Value], Iterable[int | None]]
) -> Counter[Key]:
    grouped: dict[tuple[int, int | None], list[Value]] = {}
    for window, value in values:
        for group in groups(value):
            grouped.setdefault((window, group), []).append(value)
    return Counter((window, group, *aggregated(measure, found)) for (window, group), found in grouped.items())


def aggregated(measure: Measure, values: Sequence[Value]) -> tuple[Fraction | None, int]:
    """The value and its sample."""
    hits, numbers = sum(value.hit for value in values), sorted(v.number for v in values if v.number is not None)
    others = len(values) - hits
    if measure.aggregate in QUANTILES:
        return type_7(numbers, QUANTILES[measure.aggregate]), len(numbers)
    if measure.aggregate in {Aggregate.SHARE, Aggregate.RATIO}:
        among = len(values) if measure.aggregate is Aggregate.SHARE else others
        return (Fraction(hits, among) if among else None), among
    if measure.aggregate is Aggregate.COUNT:
        return Fraction(len(values)), len(values)
    number = {
        Aggregate.SUM: Fraction(sum(numbers)),
        Aggregate.AVERAGE: Fraction(sum(numbers), len(numbers)),
        Aggregate.MINIMUM: Fraction(numbers[0]),
        Aggregate.MAXIMUM: Fraction(numbers[-1]),
    }
    return number[measure.aggregate], len(numbers)


def type_7(numbers: Sequence[int], percent: int) -> Fraction:
    """By the definition: linear between the two order statistics around (n - 1) p."""
    place = Fraction((len(numbers) - 1) * percent, 100)
    low = place.numerator // place.denominator
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (place - low) * (numbers[high] - numbers[low])


def expected(histories: Sequence[History], measure: Measure, now: int) -> list[tuple[int, Value]]:
    """The values behind a measure by window, whatever the aggregate."""
    line = oracle.LINES[measure.metric.key]
    question = Question(0, 0, now, measure.within or 0, measure.days, measure.hours is Hours.BUSINESS)
    return [
        (window, value)
        for window, (start, end) in enumerate(SPANS)
        if start < now
        for one in histories
        for value in oracle.ask(one.events, line, replace(question, start=start, end=end))
    ]


def memberships(random: Random, histories: Sequence[History]) -> tuple[Stint, ...]:
    """Every agent in up to three teams of the ticket, for a while or always; whoever is in none is in team 0."""
    agents = [one.ticket * OWN + agent for one in histories for agent in (1, 2, 3)]
    stints = united(
        Stint(agent, agent // OWN * OWN + random.randrange(1, 4), *since_until(random))
        for agent in agents
        for _ in range(random.randrange(4))
    )
    return (*stints, *rest(stints, [NOBODY, AUTOMATION, *agents], group=0))


def since_until(random: Random) -> tuple[int, int]:
    """Many edges lie where events lie too, or where windows end."""
    edges = [edge for span in SPANS for edge in span]
    since, until = sorted(random.choice((random.randrange(SPAN), random.randrange(0, SPAN, 600), *edges)) for _ in "ab")
    return random.choice((since, ALWAYS)), random.choice((until + 1, FOREVER))


def teams_of(stints: Iterable[Stint]) -> Callable[[Value], list[int | None]]:
    """The teams that a value counts in."""
    of_agent: dict[int, list[Stint]] = {}
    for one in stints:
        of_agent.setdefault(one.number, []).append(one)
    return lambda value: [
        one.group for one in of_agent.get(value.agent or NOBODY, ()) if one.since <= value.at < one.until
    ]


def rounded(answer: Counter[Key]) -> Counter[Key]:
    """DuckDB answers a percentile as a float, which the engine puts back onto its twentieth."""
    found: Counter[Key] = Counter()
    for (window, group, value, sample), times in answer.items():
        found[window, group, None if value is None else Fraction(round(value * 20), 20), sample] += times
    return found


def test_every_declared_metric_has_a_line() -> None:
    assert set(oracle.LINES) == set(METRICS)


@pytest.mark.parametrize("batch", range((HISTORIES + BATCH - 1) // BATCH))
def test_no_value_differs_from_what_the_events_say(batch: int, tmp_path: Path) -> None:
    random = Random(f"histories {batch}")  # noqa: S311 - the same ones each time
    first = batch * BATCH + 1
    told = [history(random, ticket) for ticket in range(first, min(first + BATCH, HISTORIES + 1))]
    differing, compared = [], 0
    with connection() as db:
        # Late events: what was known early, and at the end what is known of it now.
        for known, now in ((9_001, 9_001), (30_000, 24_000), (2 * SPAN, 24_000), (2 * SPAN, 2 * SPAN)):
            histories = [one.known(known) for one in told]
            load(db, tmp_path, facts_of(histories))
            working_time.prepare(db, TenMinutes.calendars, until=now)
            stints = memberships(random, told)
            ways: dict[str, tuple[By, Sequence[Stint], Callable[[Value], Iterable[int | None]]]] = {
                "agent": (By.AGENT, (), lambda value: [value.agent]),
                "group": (By.TEAM, (), lambda value: [value.team]),
                "membership": (By.AGENT, stints, teams_of(stints)),
            }
            behind: dict[object, list[tuple[int, Value]]] = {}
            for measure in measures():
                key = measure.metric.key, measure.days, measure.hours
                if key not in behind:
                    behind[key] = expected(histories, measure, now)
                values = behind[key]
                for way, (by, pooled, groups) in ways.items():
                    answer = from_facts(db, measure, by, now, pooled)
                    right = from_events(values, measure, groups)
                    if measure.aggregate in QUANTILES:
                        answer, right = rounded(answer), rounded(right)
                    compared += len(right)
                    if answer != right:
                        differing.append((measure.metric.key, measure, way, now, answer - right, right - answer))
    assert compared > 1_000
    assert differing == [], differing[0]
