"""Measures the engine on synthetic tickets, made by seed straight into the layout of the fact store.

Prints the bars of docs/run/engine.md that this machine can measure, as ratios within one run. `make bench` calls it
with a million tickets; `tools/bench_engine.py --tickets 10000000` is the size that the bars name.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from milepost.calendars.periods import Duration, midnight, tile
from milepost.metrics import compiler, engine
from milepost.metrics.amounts import amount
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Amount, By, Condition, Measure, Question, Window
from milepost.metrics.rollup import Leaf
from milepost.tickets.columns import Kind
from milepost.tickets.events import ReplayRules, Tells
from milepost.tickets.store import Store, Touched
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store.manifest import Manifest, Month, SourceFiles
from milepost.tickets.store.reading import connection, fact_columns

SEED: Final = 2026
FIRST, AFTER = date(2023, 1, 1), date(2026, 1, 1)
NOW: Final = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
AGENTS, TEAMS, PIPELINES, PRIORITIES = 1_000, 10, 5, 4
GOALS, PERCENTILES, PEOPLE = 300, 30, 90
ZONES: Final = ("UTC", "Europe/Warsaw", "America/New_York")
CHANGED: Final = 10_000
MONTH: Final = 30 * 86_400
NEEDED: Final = "happened_at, ended_at, counts_until, agent, team, pipeline, priority, calendar_seconds"
MEGABYTE: Final = 1024


@dataclass(frozen=True)
class Bar:
    """A measured ratio beside what it must and should be."""

    name: str
    found: float
    must: float
    aim: float
    more_is_better: bool = False

    def __str__(self) -> str:
        held = self.found >= self.must if self.more_is_better else self.found <= self.must
        verdict = "held" if held else "MISSED"
        return f"{self.name:58} {self.found:10.3f}  must {self.must:<8g} aim {self.aim:<8g} {verdict}"


def make(folder: Path, tickets: int) -> Store:
    """Three years of tickets: created, first reply and resolution; some reopened, merged, without agent or answer."""
    folder.mkdir(parents=True, exist_ok=True)
    starts = [date(2023 + month // 12, month % 12 + 1, 1) for month in range(37)]
    edges = [int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp()) for day in starts]
    each = tickets // 36
    months = {}
    with connection(memory="800MB", spill=folder) as db:
        for place, (start, end) in enumerate(pairwise(edges)):
            name = f"{starts[place]:%Y-%m}"
            file = f"bench-{name}-facts.parquet"
            if not (folder / file).exists():
                query = _facts(first=place * each + 1, count=each, start=start, end=end)
                fresh = folder / "new.parquet"
                db.execute(f"COPY ({query}) TO '{fresh}' (FORMAT parquet, COMPRESSION zstd)")
                fresh.replace(folder / file)
            months[name] = Month(file, file, file)
    kept = SourceFiles(ReplayRules(), months=months, tells=frozenset(Tells))
    manifests.replace(folder, Manifest(next_ticket=tickets + 1, sources={"bench": kept}))
    return Store(folder)


def _facts(*, first: int, count: int, start: int, end: int) -> str:
    """The facts of a month by the hash of ticket and seed."""

    def chance(salt: int) -> str:
        return f"(hash(ticket, {salt}, {SEED}) % 1000000 / 1000000.0)"

    normal = f"({chance(1)} + {chance(2)} + {chance(3)} + {chance(4)} - 2) * 1.7"
    normal_too = f"({chance(5)} + {chance(6)} + {chance(7)} + {chance(8)} - 2) * 1.7"
    columns = ", ".join(f'{COLUMNS.get(name, "NULL")}::{type_} AS "{name}"' for name, type_ in fact_columns({}).items())
    return f"""
        WITH ticket AS (
            SELECT range AS ticket, ({start} + {chance(9)} * {end - start})::BIGINT AS created_at,
                   CASE WHEN {chance(10)} < 0.97
                        THEN (1 + floor({AGENTS} * pow({chance(11)}, 2)))::INTEGER END AS agent,
                   (1 + floor({PIPELINES} * {chance(12)}))::INTEGER AS pipeline,
                   (1 + floor({PRIORITIES} * {chance(13)}))::INTEGER AS priority,
                   (exp(8.5 + 1.3 * {normal}))::BIGINT AS replied,
                   (exp(11 + 1.4 * {normal_too}))::BIGINT AS resolved,
                   {chance(14)} AS answered, {chance(15)} AS closed, {chance(16)} AS reopened, {chance(17)} AS merged
            FROM range({first}, {first + count})
        ), fact AS (
            SELECT *, 'created' AS kind, created_at AS happened_at, NULL::BIGINT AS ended_at, 0 AS clock FROM ticket
            UNION ALL
            SELECT *, 'first_reply', created_at + replied, NULL, replied FROM ticket WHERE answered < 0.94
            UNION ALL
            SELECT *, 'resolution', created_at + resolved,
                   CASE WHEN reopened < 0.013 THEN created_at + resolved + 86400 END, resolved
            FROM ticket WHERE closed < 0.95
        )
        SELECT {columns} FROM fact ORDER BY kind, ticket
    """


COLUMNS: Final = {
    "ticket": "ticket",
    "kind": "kind",
    "nth": "1",
    "happened_at": "happened_at",
    "ended_at": "ended_at",
    "counts_from": "happened_at",
    "counts_until": "CASE WHEN merged < 0.005 THEN happened_at + 3600 END",
    "agent": "agent",
    "team": f"agent % {TEAMS} + 1",
    "pipeline": "pipeline",
    "priority": "priority",
    "calendar_seconds": "clock",
    "business_seconds": "clock",
}


def questions() -> list[Question]:
    """300 goals of 90 agents and 10 teams over 12 milestones: 360,000 values, 36,000 of them medians and p90."""
    chance = random.Random(SEED)  # noqa: S311 - the same goals each time
    asked = []
    for goal in range(GOALS):
        zone = ZoneInfo(ZONES[goal % len(ZONES)])
        windows = _windows(chance, zone, weekly=goal % 10 == 0)
        measure = _ranked(goal) if goal % (GOALS // PERCENTILES) == 1 else _added(goal)
        conditions = _conditions(chance)
        people = chance.sample(range(1, AGENTS + 1), PEOPLE)
        asked.append(Question(measure, By.AGENT, windows, {one: one for one in people}, conditions))
        asked.append(
            Question(measure, By.TEAM, windows, {one: AGENTS + one for one in range(1, TEAMS + 1)}, conditions)
        )
    return asked


def _windows(chance: random.Random, zone: ZoneInfo, *, weekly: bool) -> tuple[Window, ...]:
    if weekly:
        monday = date(2023, 1, 2) + timedelta(weeks=chance.randrange(140))
        days = [monday + timedelta(weeks=week) for week in range(13)]
        edges = [int(midnight(day, zone).timestamp()) for day in days]
        return tuple(Window(number, *edge) for number, edge in enumerate(pairwise(edges)))
    year = chance.choice((2023, 2024, 2025))
    periods = tile(Duration.MONTHLY, date(year, 1, 1), date(year + 1, 1, 1), zone=zone)
    moments = [(int(one.start.timestamp()), int(one.end.timestamp())) for one in periods]
    return tuple(Window(number, *moment) for number, moment in enumerate(moments))


def _added(goal: int) -> Measure:
    keys = ("tickets_closed", "full_resolution", "first_response", "tickets_created", "resolutions")
    return Measure.of(METRICS[keys[goal % len(keys)]])


def _ranked(goal: int) -> Measure:
    metric = METRICS[("full_resolution", "first_response")[goal // 10 % 2]]
    return Measure(metric, (Aggregate.MEDIAN, Aggregate.P90)[goal // 20 % 2])


def _conditions(chance: random.Random) -> tuple[Condition, ...]:
    """No filter, some pipelines, some priorities, or both: some sixty different ones."""
    pipelines = frozenset(chance.sample(range(1, PIPELINES + 1), chance.randrange(1, 3)))
    priorities = frozenset(chance.sample(range(1, PRIORITIES + 1), chance.randrange(1, 3)))
    choices = (), (Condition("pipeline", pipelines),), (Condition("priority", priorities),)
    return chance.choice((*choices, (Condition("pipeline", pipelines), Condition("priority", priorities))))


def is_ranked(question: Question) -> bool:
    """Whether it needs the facts one by one."""
    return question.measure.aggregate in {Aggregate.MEDIAN, Aggregate.P90}


def timed(work: Callable[[], object], times: int) -> float:
    """The median of so many runs, in seconds."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        work()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def amounts(leaves: Iterable[Leaf]) -> dict[tuple[int, int, int], Amount]:
    """What is there, by question, window and group."""
    return {(leaf.question, leaf.window, leaf.group): leaf.amount for leaf in leaves if leaf.amount is not None}


def alone(db: Any, question: Question, number: int) -> Iterator[tuple[tuple[int, int, int], Amount]]:
    """The same by a statement of its own."""
    statement = compiler.statement(
        question.measure,
        question.windows,
        by=question.by,
        now=NOW,
        members=question.members,
        conditions=question.conditions,
    )
    if statement is not None:
        for row in db.execute(statement.sql, statement.parameters).fetchall():
            yield (number, row[0], row[1]), amount(question.measure.aggregate, row)


def differing(store: Store, asked: Sequence[Question], found: dict[tuple[int, int, int], Amount]) -> tuple[int, int]:
    """How many values of these questions were compared with a statement of their own, and how many differ."""
    chosen = random.Random(SEED).sample(range(len(asked)), 40)  # noqa: S311 - the same ones each time
    right = store.read(lambda db: {key: one for number in chosen for key, one in alone(db, asked[number], number)})
    mine = {key: one for key, one in found.items() if key[0] in set(chosen)}
    keys = right.keys() | mine.keys()
    return len(keys), sum(right.get(key) != mine.get(key) for key in keys)


def one_value(db: Any, chance: random.Random, asked: Sequence[Question]) -> None:
    """One value as a business intelligence tool would ask for it."""
    question = chance.choice(asked)
    owner = chance.choice(list(question.members))
    one = replace(question, windows=(chance.choice(question.windows),), members={owner: owner})
    list(alone(db, one, 0))


def looped(db: Any, question: Question) -> None:
    """One goal as a program does that loads its tickets and loops over them."""
    kind = Kind(question.measure.metric.kind).value
    begun = [(window.start, window.end, window.number) for window in question.windows]
    query = db.execute(f"SELECT happened_at, agent, calendar_seconds FROM facts WHERE kind = '{kind}'")
    totals: dict[tuple[int, int], list[int]] = {}
    while batch := query.fetchmany(100_000):
        for happened_at, agent, seconds in batch:
            if agent in question.members:
                for start, end, number in begun:
                    if start <= happened_at < end:
                        total = totals.setdefault((number, agent), [0, 0])
                        total[0] += 1
                        total[1] += seconds


def changed(db: Any, tickets: int) -> list[Touched]:
    """What ten thousand changed tickets touch: nine in ten created in the last thirty days."""
    newest = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) - MONTH
    share = min(CHANGED, tickets // 10)
    rows = db.execute(
        f"""
        WITH one AS (
            (SELECT ticket FROM facts WHERE kind = 'created' AND happened_at >= {newest}
             ORDER BY hash(ticket) LIMIT {share * 9 // 10})
            UNION ALL
            (SELECT ticket FROM facts WHERE kind = 'created' AND happened_at < {newest}
             ORDER BY hash(ticket) LIMIT {share // 10})
        )
        SELECT DISTINCT happened_at, agent, team FROM facts SEMI JOIN one USING (ticket) WHERE agent IS NOT NULL
        """
    ).fetchall()
    return [Touched(agent, team, at, at) for at, agent, team in rows]


def report(store: Store, tickets: int, times: int) -> bool:
    """Measure and print; whether nothing differs."""
    asked = questions()
    added, ranked = [one for one in asked if not is_ranked(one)], [one for one in asked if is_ranked(one)]
    with connection(store.folder / "scan.duckdb", memory="1GB", spill=store.folder) as db:
        files = ", ".join(f"'{store.folder / file}'" for file in store.manifest().facts())
        db.execute(f"CREATE OR REPLACE TABLE facts AS SELECT * FROM read_parquet([{files}])")
        sums = ", ".join(f"sum({name})" for name in NEEDED.split(", "))
        kinds = "kind IN ('created', 'first_reply', 'resolution')"
        scan_of = f"SELECT {sums} FROM facts WHERE {kinds}"
        db.execute(scan_of).fetchall()
        scan = timed(lambda: db.execute(scan_of).fetchall(), 7)
        touched = changed(db, tickets)
        chance = random.Random(SEED)  # noqa: S311 - the same values each time
        single = timed(lambda: one_value(db, chance, asked), 60)
        loop = timed(lambda: looped(db, added[0]), 1)
    found = amounts(engine.answers(store, asked, now=NOW))
    full = timed(lambda: engine.answers(store, asked, now=NOW), times)
    additive = timed(lambda: engine.answers(store, added, now=NOW), times)
    percentiles = timed(lambda: engine.answers(store, ranked, now=NOW), times)
    partly = timed(lambda: engine.answers(store, added, now=NOW, touched=touched), times)
    values = sum(len(one.windows) * len(set(one.members.values())) for one in asked)
    compared, wrong = differing(store, asked, found)
    peak = _peak(store)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{tickets:,} tickets, {values:,} values of which {len(found):,} have a fact; load average {load}")
    print(f"scan {scan:.3f} s, full {full:.2f} s, additive {additive:.2f} s, percentiles {percentiles:.2f} s,")
    print(f"after {len(touched):,} touched {partly:.2f} s; medians of {times}; one value alone {single:.4f} s (of 60),")
    print(f"one goal by loading and looping {loop:.2f} s, all goals {loop * GOALS / full:,.0f} × a full refresh")
    for bar in (
        Bar("full refresh, in scans", full / scan, 80, 20),
        Bar("additive values alone, in scans", additive / scan, 80, 20),
        Bar("percentiles alone, in scans", percentiles / scan, 25, 8),
        Bar("full refresh against one query per value", single * values / full, 300, 1500, more_is_better=True),
        Bar("additive after changed tickets against all", partly / additive, 0.10, 0.02),
        Bar("values differing from their own statement", wrong, 0, 0),
        Bar("peak memory of the refresh, MB", peak, 700, 500),
    ):
        print(bar)
    print(f"{compared:,} values compared")
    return wrong == 0


def _peak(store: Store) -> float:
    """Peak megabytes of a refresh in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--peak", str(store.folder)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def main() -> int:
    """Make the tickets, or take those that are there, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the facts here, and take them from here")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--peak", type=Path, help="only print the peak memory of a refresh of this folder")
    options = parser.parse_args()
    if options.peak is not None:
        engine.answers(Store(options.peak), questions(), now=NOW)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE)
        return 0
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as scratch:
        folder = options.folder or Path(scratch)
        return 0 if report(make(folder, options.tickets), options.tickets, options.times) else 1


if __name__ == "__main__":
    sys.exit(main())
