"""A desk with facts of every kind: the tickets of the benchmark, and what happened to them besides, by seed.

The further facts need not make sense as the story of a ticket. They must be such that no clause of any metric is true
of all of them or of none: undone and standing, in time and late, of every status, with and without a calendar.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from milepost.calendars.working_hours import BEGINNING, Calendar, Calendars, Hours, Schedule, Version
from milepost.metrics import engine
from milepost.metrics.catalog import METRICS
from milepost.metrics.metric import Hours as Clock
from milepost.metrics.question import By, Condition, Measure, Question, Window
from milepost.metrics.stints import ALWAYS, FOREVER, Stint, united
from milepost.tickets.columns import STATES, Kind
from milepost.tickets.store import Store
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store.manifest import TicketFiles
from milepost.tickets.store.reading import PARQUET, connection, parquet
from tools import bench_engine

NOW: Final = bench_engine.NOW
WEEK: Final = (Hours(540, 1020),)
EDITED: Final = int(datetime(2025, 6, 2, tzinfo=UTC).timestamp())
CALENDARS: Final = Calendars(
    {
        1: Schedule(
            (
                Version(BEGINNING, Calendar(ZoneInfo("Europe/Warsaw"), (WEEK,) * 5 + ((),) * 2)),
                Version(EDITED, Calendar(ZoneInfo("Europe/Warsaw"), ((Hours(420, 1260),),) * 6 + ((),))),
            )
        ),
        2: Schedule.of(Calendar(ZoneInfo("America/New_York"), ((Hours(500, 725), Hours(755, 1055)),) * 6 + ((),))),
    }
)
DAY: Final = 86_400
AGENTS: Final = range(1, bench_engine.AGENTS + 1)


def make(folder: Path, tickets: int) -> Store:
    """The store; its files are named after the number of tickets."""
    bench_engine.make(folder / "plain", tickets)
    manifest = manifests.read(folder / "plain")
    ((slug, source),) = manifest.sources.items()
    months = {}
    with connection(memory="1GB", spill=folder) as db:
        for month, files in source.months.items():
            name = f"desk-{month}-facts-{tickets}.parquet"
            facts = parquet(folder / "plain", files.facts)
            query = f"SELECT * FROM ({_all(facts)}) ORDER BY kind, ticket, happened_at"
            db.execute(f"COPY ({query}) TO '{folder / name}' ({PARQUET})")
            months[month] = TicketFiles(name, name, name)
    manifests.replace(folder, replace(manifest, calendars=CALENDARS, sources={slug: replace(source, months=months)}))
    return Store(folder)


def _all(facts: str) -> str:
    """What the benchmark has, some acts of a team that has a calendar, and the other kinds."""
    every = " UNION ALL ".join(_kind(*one) for one in KINDS)
    return f"""
        WITH told AS (SELECT * REPLACE (
            nth + (hash(ticket, 30) % 4 = 0)::INTEGER AS nth, calendar_seconds // 3 AS business_seconds,
            calendar_seconds // 2 AS calendar_work, calendar_seconds // 5 AS business_work,
            calendar_seconds // 7 AS calendar_hold, calendar_seconds // 9 AS business_hold,
            calendar_seconds // 11 AS calendar_customer, calendar_seconds // 13 AS business_customer,
            CASE hash(ticket, 37) % 20 WHEN 0 THEN happened_at + 4000 WHEN 1 THEN happened_at + {40 * DAY}
                ELSE counts_until END AS counts_until,
            (hash(ticket, 31) % 4)::INTEGER AS replies, (hash(ticket, 32) % 3 + 1)::INTEGER AS channel
        ) FROM {facts}),
        made AS (SELECT * FROM told WHERE kind = 'created')
        SELECT * FROM told UNION ALL {every}
    """


# Kind, salt, one of how many tickets, and the columns that differ from those of the creation.
KINDS: Final[tuple[tuple[str, int, int, dict[str, str]], ...]] = (
    # Of those that were taken out, some were brought back.
    (
        "created",
        11,
        3,
        {"happened_at": "happened_at", "counts_from": "happened_at + 90000", "counts_until": "NULL"},
    ),
    ("assignment", 1, 1, {"nth": "1"}),
    ("assignment", 2, 3, {"nth": "2"}),
    ("transfer", 3, 3, {"nth": "1 + (hash(ticket, 33) % 3)::INTEGER"}),
    ("reply", 4, 1, {"calendar_seconds": "CASE WHEN hash(ticket, 34) % 3 > 0 THEN calendar_seconds END"}),
    ("reopen", 5, 10, {}),
    (
        "rating",
        6,
        4,
        {
            "score": "(hash(ticket, 35) % 101)::INTEGER",
            "ended_at": "CASE WHEN hash(ticket, 36) % 9 = 0 THEN began + 9000 END",
        },
    ),
    ("open", 7, 1, {}),
    ("open", 8, 3, {"nth": "2"}),
    ("awaiting", 9, 1, {}),
    ("waiting", 10, 2, {}),
)
STATUSES: Final = "['new', 'open', 'waiting_customer', 'on_hold']"


def _one_in(count: int, *salt: int) -> str:
    """A number from 0 up to the count, by the ticket."""
    # A hash is too great for a BIGINT where it is not cut first.
    return f"(hash(ticket, {', '.join(map(str, salt))}) % {count})::BIGINT"


def _kind(kind: str, salt: int, one_of: int, columns: dict[str, str]) -> str:
    usual = {
        "kind": f"'{kind}'",
        "nth": "1",
        "happened_at": "began",
        "counts_from": "began",
        "calendar_seconds": _one_in(40_000, salt, 5),
        "business_seconds": _one_in(20_000, salt, 6),
        "agent": f"CASE WHEN {_one_in(20, salt, 7)} > 0 THEN agent END",
    }
    if Kind(kind) in STATES:
        usual |= {
            "ended_at": f"CASE WHEN {_one_in(50, salt, 1)} > 0 THEN began + 60 + {_one_in(6 * DAY, salt, 2)} END",
            "status": f"{STATUSES}[1 + {_one_in(4, salt, 3)}]",
            "calendar": f"CASE {_one_in(3, salt, 4)} WHEN 0 THEN 1 WHEN 1 THEN 2 END::INTEGER",
        }
    each = ", ".join(f"{sql} AS {name}" for name, sql in (usual | columns).items())
    return f"""
        SELECT * EXCLUDE (began) REPLACE ({each})
        FROM (SELECT *, happened_at + {_one_in(9 * DAY, salt)} AS began FROM made WHERE {_one_in(one_of, salt, 8)} = 0)
    """


def measures() -> Iterator[Measure]:
    """Every metric under every aggregate, on either clock, and with a window of days where it takes one."""
    for metric in METRICS.values():
        usual = Measure.of(metric, within=7_200 if metric.bounded else None)
        for aggregate in metric.aggregates:
            yield replace(usual, aggregate=aggregate)
            if metric.is_clocked:
                yield replace(usual, aggregate=aggregate, hours=Clock.BUSINESS)
        if metric.takes_days:
            yield replace(usual, days=7)


def questions() -> list[Question]:
    """Every metric as usual by agent, by group and by membership, every other measure in one of these ways."""
    random = Random(bench_engine.SEED)  # noqa: S311 - the same ones each time
    ways = (_by_agent, _by_group, _by_membership)
    return [
        way(random, measure)
        for number, measure in enumerate(measures())
        for way in (ways if _is_usual(measure) else (ways[number % len(ways)],))
    ]


def _is_usual(measure: Measure) -> bool:
    return measure == Measure.of(measure.metric, within=measure.within)


def some(asked: list[Question]) -> list[Question]:
    """One question of every metric on either clock and one by membership, and more for every aggregate."""
    told: set[object] = set()
    chosen = []
    for question in Random(bench_engine.SEED).sample(asked, len(asked)):  # noqa: S311 - as above
        measure = question.measure
        tells = {(measure.metric.key, measure.hours), (measure.metric.key, bool(question.stints)), measure.aggregate}
        if not tells <= told:
            chosen.append(question)
        told |= tells
    return chosen


def _by_agent(random: Random, measure: Measure) -> Question:
    members = {agent: random.randrange(60) for agent in random.sample(AGENTS, 90)}
    return Question(measure, By.AGENT, _windows(random), members, _conditions(random))


def _by_group(random: Random, measure: Measure) -> Question:
    members = {team: team % 4 for team in range(1, bench_engine.TEAMS + 1)}
    return Question(measure, By.TEAM, _windows(random), members, _conditions(random))


def _by_membership(random: Random, measure: Measure) -> Question:
    """Some people besides teams with members for a while or always; many are in several teams at once."""
    windows = _windows(random)
    edges = [windows[0].start, windows[1].start, windows[1].start + 5 * DAY + 4_321, windows[-1].end, FOREVER]
    stints = united(
        Stint(agent, random.randrange(5), random.choice((ALWAYS, *edges[:2])), random.choice(edges[2:]))
        for agent in [*random.sample(AGENTS, 300)]
        for _ in "ab"
    )
    members = {agent: 100 + agent for agent in random.sample(AGENTS, 20)}
    return Question(measure, By.AGENT, windows, members, _conditions(random), stints)


def _windows(random: Random) -> tuple[Window, ...]:
    """Months, an odd stretch, all of them, the first one with what came later, and one that has not ended."""
    month = random.randrange(24, 34)
    months = [date(2023 + one // 12, one % 12 + 1, 1) for one in range(month, month + 4)]
    starts = [int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp()) - 3_600 for day in months]
    odd = random.choice((DAY, 7 * DAY, 1)) * random.randrange(1, 4)
    tiles = [Window(number, start, end) for number, (start, end) in enumerate(pairwise(starts))]
    final = Window(7, starts[0], starts[1], later=True)
    running = Window(10, int(NOW.timestamp()) - 9 * DAY, int(NOW.timestamp()) + DAY)
    whole = Window(9, starts[0], starts[-1])
    return (*tiles, final, Window(8, starts[0] + 12_345, starts[0] + 12_345 + odd), running, whole)


def _conditions(random: Random) -> tuple[Condition, ...]:
    choices = (
        (),
        (Condition("priority", frozenset({1, 3})),),
        (Condition("pipeline", frozenset({2})), Condition("channel", frozenset({1, 2}))),
        (Condition("agent"),),
    )
    return random.choice(choices)


def all_answers(store: Store, asked: list[Question]) -> dict[tuple[int, int, int], object]:
    """What the engine of the store answers, by question, window and group."""
    return {leaf[:3]: leaf.amount for leaf in engine.answers(store, asked, now=NOW)}
