"""Measures the engine on synthetic tickets, made by seed straight into the layout of the fact store.

Prints the bars that this machine can measure, as ratios within one run; docs/reference/engine.md says what they mean.
`make bench` calls it with a million tickets; `make bench TICKETS=10000000` is the size that the bars name.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
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
from milepost.tickets.store.manifest import Changes, Manifest, SourceFiles, TicketFiles
from milepost.tickets.store.placing import ORDER
from milepost.tickets.store.reading import MEMORY, PARQUET, connection, fact_columns, parquet

SEED: Final = 2026
FIRST, AFTER = date(2023, 1, 1), date(2026, 1, 1)
NOW: Final = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
AGENTS, TEAMS, PIPELINES, PRIORITIES = 1_000, 10, 5, 4
GOALS, PERCENTILES, PEOPLE = 300, 30, 90
ZONES: Final = ("UTC", "Europe/Warsaw", "America/New_York")
ASKED: Final = int(NOW.timestamp())
CHANGED: Final = 10_000
MONTH: Final = 30 * 86_400
# The size that the bars name; below it ratios are printed without them.
BARRED: Final = 10_000_000
NEEDED: Final = "happened_at, ended_at, counts_until, agent, team, pipeline, priority, calendar_seconds"
SCAN: Final = (
    f"SELECT {', '.join(f'sum({name})' for name in NEEDED.split(', '))} FROM facts "
    "WHERE kind IN ('created', 'first_reply', 'resolution')"
)
HUNDRED: Final = 100_000_000
MEGABYTE: Final = 1024
# So many single values are asked, each by a query of its own, of agents and of teams as often as goals ask for them.
SINGLES: Final = 200
CHANGES: Final = "changes.parquet"


@dataclass(frozen=True)
class Bar:
    """A measured ratio beside what it must and should be; None where this run does not measure it, and who does."""

    name: str
    found: float | None
    must: float
    aim: float
    more_is_better: bool = False
    elsewhere: str = ""

    def told(self, *, judged: bool) -> str:
        """A line of the table."""
        bars = f"{'>=' if self.more_is_better else '<='} {self.must:<7g} aim {self.aim:<7g}"
        if self.found is None:
            return f"{self.name:58} {'-':>10}  must {bars} {self.elsewhere}"
        held = self.found >= self.must if self.more_is_better else self.found <= self.must
        verdict = ("held" if held else "MISSED") if judged else ""
        return f"{self.name:58} {self.found:10.3f}  must {bars} {verdict}".rstrip()


def make(folder: Path, tickets: int, memory: str = MEMORY) -> Store:
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
                db.execute(f"COPY ({query}) TO '{fresh}' ({PARQUET})")
                fresh.replace(folder / file)
            months[name] = TicketFiles(file, file, file)
    kept = SourceFiles(ReplayRules(), months=months, tells=frozenset(Tells))
    manifests.replace(folder, Manifest(next_ticket=tickets + 1, sources={"bench": kept}))
    return Store(folder, memory=memory)


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
        ), placed AS (
            SELECT *, created_at + greatest(replied, resolved) + 90000 AS merged_at FROM ticket
        ), fact AS (
            SELECT *, 'created' AS kind, created_at AS happened_at, NULL::BIGINT AS ended_at, 0 AS clock FROM placed
            UNION ALL
            SELECT *, 'first_reply', created_at + replied, NULL, replied FROM placed WHERE answered < 0.94
            UNION ALL
            SELECT *, 'resolution', created_at + resolved,
                   CASE WHEN reopened < 0.013 THEN created_at + resolved + 86400 END, resolved
            FROM placed WHERE closed < 0.95
        )
        SELECT {columns} FROM fact WHERE happened_at < {ASKED} ORDER BY {ORDER["facts"]}
    """


COLUMNS: Final = {
    "ticket": "ticket",
    "kind": "kind",
    "nth": "1",
    "happened_at": "happened_at",
    "ended_at": f"CASE WHEN ended_at < {ASKED} THEN ended_at END",
    "counts_from": "happened_at",
    # A day after all else that was done to it.
    "counts_until": f"CASE WHEN merged < 0.005 AND merged_at < {ASKED} THEN merged_at END",
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


def timed(
    name: str,
    work: Callable[[], object],
    times: int,
    *,
    of: Callable[[Sequence[float]], float] = statistics.median,
) -> float:
    """The median (or another mean) of so many runs, in seconds of the processor: what else runs counts less.

    It is told at once on standard error, for a run of ten million tickets takes its time.
    """
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    print(f"{name}: {of(taken):.3f} s, {of.__name__} of {times}", file=sys.stderr, flush=True)
    return of(taken)


def in_turns(times: int, **works: Callable[[], object]) -> dict[str, list[float]]:
    """Seconds of the processor that each of these took, in so many rounds of all of them one after another.

    A machine that others use too is slower at one hour than at another. What is compared is of one round.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for place in range(times):
        for name, work in works.items():
            began = time.process_time()
            work()
            taken[name].append(time.process_time() - began)
        told = ", ".join(f"{name} {seconds[-1]:.3f}" for name, seconds in taken.items())
        print(f"round {place + 1} of {times}: {told}", file=sys.stderr, flush=True)
    return taken


def ratio(these: Sequence[float], those: Sequence[float]) -> float:
    """The median of what one is of the other in the same round."""
    return statistics.median(one / other for one, other in zip(these, those, strict=True))


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


def differing(
    store: Store, asked: Sequence[Question], found: dict[tuple[int, int, int], Amount], many: int
) -> tuple[int, int]:
    """How many values of so many questions were compared with a statement of their own, and how many differ."""
    chosen = random.Random(SEED).sample(range(len(asked)), many)  # noqa: S311 - the same ones each time
    right = store.read(lambda db: {key: one for number in chosen for key, one in alone(db, asked[number], number)})
    mine = {key: one for key, one in found.items() if key[0] in set(chosen)}
    keys = right.keys() | mine.keys()
    return len(keys), sum(right.get(key) != mine.get(key) for key in keys)


def one_value(db: Any, chance: random.Random, asked: Sequence[Question]) -> None:
    """One value as a business intelligence tool would ask for it."""
    (question,) = chance.choices(asked, [len(one.windows) * len(one.members) for one in asked])
    owner = chance.choice(list(question.members))
    one = replace(question, windows=(chance.choice(question.windows),), members={owner: owner})
    list(alone(db, one, 0))


def looped(db: Any, question: Question, file: Path) -> None:
    """One goal over the tickets of one month, as a program does that loads them and loops over them."""
    kind = Kind(question.measure.metric.kind).value
    begun = [(window.start, window.end, window.number) for window in question.windows]
    query = db.execute(f"SELECT happened_at, agent, calendar_seconds FROM '{file}' WHERE kind = '{kind}'")
    totals: dict[tuple[int, int], list[int]] = {}
    while batch := query.fetchmany(100_000):
        for happened_at, agent, seconds in batch:
            if agent in question.members:
                for start, end, number in begun:
                    if start <= happened_at < end:
                        total = totals.setdefault((number, agent), [0, 0])
                        total[0] += 1
                        total[1] += seconds


def change(store: Store, tickets: int) -> list[Touched]:
    """Ten thousand tickets go to another agent, nine in ten of them created in the last thirty days.

    The store becomes its next generation, with the changed facts in new files; what that touches.
    """
    manifest, share = store.manifest(), min(CHANGED, tickets // 10)
    newest = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) - MONTH
    months = {}
    with connection(memory="800MB", spill=store.folder) as db:
        db.execute(f"CREATE VIEW facts AS SELECT * FROM {parquet(store.folder, *manifest.facts())}")
        created = "SELECT ticket FROM facts WHERE kind = 'created' AND happened_at"
        db.execute(
            f"""
            CREATE TABLE changed AS
            (({created} >= {newest} ORDER BY hash(ticket) LIMIT {share * 9 // 10})
             UNION ALL ({created} < {newest} ORDER BY hash(ticket) LIMIT {share // 10}))
            """
        )
        agent = f"CASE WHEN agent IS NOT NULL THEN agent % {AGENTS} + 1 END"
        db.execute(
            f"""
            CREATE TABLE moved AS
            SELECT * REPLACE ({agent} AS agent, ({agent}) % {TEAMS} + 1 AS team)
            FROM facts SEMI JOIN changed USING (ticket)
            """
        )
        signed = "SELECT -1 AS weight, * FROM facts SEMI JOIN changed USING (ticket) UNION ALL SELECT 1, * FROM moved"
        db.execute(f"COPY ({signed}) TO '{store.folder / CHANGES}' ({PARQUET})")
        for name, month in manifest.sources["bench"].months.items():
            file, old = f"changed-{name}-facts.parquet", f"'{store.folder / month.facts}'"
            mine = f"SELECT moved.* FROM moved SEMI JOIN {old} USING (ticket)"
            rows = f"SELECT * FROM {old} ANTI JOIN changed USING (ticket) UNION ALL {mine} ORDER BY {ORDER['facts']}"
            db.execute(f"COPY ({rows}) TO '{store.folder / file}' ({PARQUET})")
            months[name] = TicketFiles(file, file, file)
        found = db.execute(
            f"SELECT DISTINCT happened_at, agent, team FROM '{store.folder / CHANGES}' WHERE agent IS NOT NULL"
        ).fetchall()
    source = replace(manifest.sources["bench"], months=months)
    after = replace(manifest, generation=1, sources={"bench": source}, changes=Changes("bench", CHANGES))
    manifests.replace(store.folder, after)
    return [Touched(agent, team, at, at) for at, agent, team in found]


def report(store: Store, tickets: int, times: int, many: int) -> bool:
    """Measure and print; whether nothing differs."""
    asked = questions()
    added, ranked = [one for one in asked if not is_ranked(one)], [one for one in asked if is_ranked(one)]
    with _table(store) as db:
        single, sorted_, loop = _of_others(db, store, asked, added[0])
        found = amounts(engine.answers(store, asked, now=NOW))
        rounds = in_turns(
            times,
            scan=lambda: db.execute(SCAN).fetchall(),
            full=lambda: engine.answers(store, asked, now=NOW, keeping=True),
            additive=lambda: engine.answers(store, added, now=NOW),
            percentiles=lambda: engine.answers(store, ranked, now=NOW),
        )
    scan, full, additive, percentiles = (statistics.median(seconds) for seconds in rounds.values())
    full_scans, additive_scans, percentile_scans = (
        ratio(rounds[name], rounds["scan"]) for name in ("full", "additive", "percentiles")
    )
    values = sum(len(one.windows) * len(set(one.members.values())) for one in asked)
    compared, wrong = differing(store, asked, found, many)
    peak = _peak(store)
    known = amounts(engine.answers(store, added, now=NOW, keeping=True))
    touched = change(store, tickets)
    after, drifted = _after(store, added, known, touched, times)
    partly, seconds_after = ratio(after["partly"], after["additive"]), statistics.median(after["partly"])
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{tickets:,} tickets, {values:,} values of which {len(found):,} have a fact; load average {load}")
    print(f"seconds of the processor, medians of {times}: scan {scan:.3f}, full {full:.2f}, additive {additive:.2f},")
    print(f"percentiles {percentiles:.2f}, additive after {len(touched):,} touched {seconds_after:.2f}")
    print(f"one query per value {single:.4f}, mean of {SINGLES} by lot; all {single * values:,.0f} (extrapolated);")
    print(f"the same of our sorted facts {sorted_:.4f}, which is {sorted_ * values / full:,.0f} times a full refresh;")
    looping = loop * len(store.manifest().facts()) * GOALS
    print(f"load and loop in Python {loop:.2f} for a goal and a month; all {looping:,.0f} (extrapolated from one),")
    print(f"which is {looping / full:,.0f} times a full refresh")
    hundred = tickets >= HUNDRED
    for bar in (
        Bar("full refresh, in scans", None if hundred else full_scans, 80, 20),
        Bar(
            "additive values at 100M, in scans",
            additive_scans if hundred else None,
            15,
            5,
            elsewhere="TICKETS=100000000",
        ),
        Bar("full refresh against one query per value", single * values / full, 300, 1500, more_is_better=True),
        Bar("additive after 10,000 changed tickets, against all", partly, 0.10, 0.02),
        Bar("the whole of it, against the full refresh", None, 0.6, 0.1, elsewhere="tools/bench_sync.py"),
        Bar("percentiles alone, in scans", percentile_scans, 25, 8),
        Bar("business seconds, against a plain sum", None, 35, 8, elsewhere="tools/bench_business_time.py"),
        Bar("values differing from the oracle", wrong + drifted, 0, 0),
        Bar("peak memory of the refresh, MB", peak, 700, 500),
        Bar("overview, 5,000 targets against 200", None, 1.5, 1.1, elsewhere="tools/bench_overview.py"),
        Bar("overview against an empty page", None, 25, 10, elsewhere="tools/bench_overview.py"),
        Bar(
            "first page from a fresh environment, s", None, 30, 10, elsewhere="tools/bench.py, without the environment"
        ),
    ):
        print(bar.told(judged=tickets >= BARRED))
    print(f"additive values alone: {additive_scans:.1f} scans; {compared:,} values compared with their own statement")
    return wrong + drifted == 0


@contextmanager
def _table(store: Store) -> Iterator[Any]:
    """A database that holds the facts in a table."""
    file = store.folder / "scan.duckdb"
    file.unlink(missing_ok=True)
    with connection(file, memory="1GB", spill=store.folder) as db:
        db.execute(f"CREATE TABLE facts AS SELECT * FROM {parquet(store.folder, *store.manifest().facts())}")
        db.execute(SCAN).fetchall()
        yield db
    file.unlink()


def _of_others(db: Any, store: Store, asked: Sequence[Question], added: Question) -> tuple[float, float, float]:
    """Seconds of one value by a query of its own, twice, and of one goal and month by a loop.

    One value is asked of all that happened to each ticket, ticket by ticket, as help desks keep it; and of the facts
    as we keep them, sorted by month, kind and agent, which is kinder to others than they are.
    """
    sorted_ = _single(db, asked)
    db.execute("CREATE SCHEMA desk; CREATE TABLE desk.facts AS FROM facts LIMIT 0")
    for facts in store.manifest().facts():
        db.execute(f"INSERT INTO desk.facts FROM {parquet(store.folder, facts)} ORDER BY ticket, happened_at")
    db.execute("SET schema = 'desk'")
    single = _single(db, asked)
    db.execute("SET schema = 'main'; DROP SCHEMA desk CASCADE")
    loop = timed("loop", lambda: looped(db, added, store.folder / store.manifest().facts()[0]), 3)
    return single, sorted_, loop


def _single(db: Any, asked: Sequence[Question]) -> float:
    chance = random.Random(SEED)  # noqa: S311 - the same values each time
    return timed("one value", lambda: one_value(db, chance, asked), SINGLES, of=statistics.mean)


def _after(
    store: Store,
    asked: Sequence[Question],
    known: dict[tuple[int, int, int], Amount],
    touched: Sequence[Touched],
    times: int,
) -> tuple[dict[str, list[float]], int]:
    """Seconds to go on from kept sums after the change, each time from those before it, and to sum all anew.

    And how many values then differ.
    """
    kept = {file: file.read_bytes() for file in store.folder.glob(f"*{engine.KEPT}")}

    def partly() -> list[Leaf]:
        for file, content in kept.items():
            file.write_bytes(content)
        return engine.answers(store, asked, now=NOW, touched=touched, keeping=True)

    taken = in_turns(times, partly=partly, additive=lambda: engine.answers(store, asked, now=NOW))
    leaves = partly()
    asked_anew = {leaf[:3] for leaf in leaves}
    renewed = {key: one for key, one in known.items() if key not in asked_anew} | amounts(leaves)
    right = amounts(engine.answers(store, asked, now=NOW))
    return taken, sum(right.get(key) != renewed.get(key) for key in right.keys() | renewed.keys())


def _peak(store: Store) -> float:
    """Peak megabytes of a refresh in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--memory", store.memory, "--peak", str(store.folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _high_water() -> int:
    """The most kilobytes this process held. What getrusage tells begins with those of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def main() -> int:
    """Make the tickets, or take those that are there, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the facts here, and take them from here")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--compared", type=int, default=40, help=f"how many of the {GOALS} goals the oracle is asked")
    parser.add_argument("--memory", default=MEMORY, help="what a refresh may use before it goes to temporary files")
    parser.add_argument("--peak", type=Path, help="only print the peak memory of a refresh of this folder")
    options = parser.parse_args()
    if options.peak is not None:
        engine.answers(Store(options.peak, memory=options.memory), questions(), now=NOW, keeping=True)
        print(_high_water() / MEGABYTE)
        return 0
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as scratch:
        folder = options.folder or Path(scratch)
        return (
            0
            if report(make(folder, options.tickets, options.memory), options.tickets, options.times, options.compared)
            else 1
        )


if __name__ == "__main__":
    sys.exit(main())
