"""Measures the whole way of a sync into the numbers: the store's own write, and the refresh of what it touched.

Ten thousand tickets, nine in ten of them created in the last thirty days, are reopened, handed to another agent,
answered and resolved again. `make bench` calls it with a million tickets; the bar is of ten million.
"""

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb

from milepost.metrics import engine
from milepost.metrics.question import Amount, Question
from milepost.metrics.rollup import Leaf
from milepost.tickets.events import ReplayRules
from milepost.tickets.store import Staged, Store, Touched, Written, merging, update
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store.manifest import Manifest, TicketFiles
from milepost.tickets.store.reading import NAMES_COLUMNS, PARQUET, connection, quote, whole
from milepost.tickets.store.staging import rows_into, staged_row, told
from tools.bench_engine import (
    AGENTS,
    ASKED,
    BARRED,
    CHANGED,
    MONTH,
    NOW,
    PIPELINES,
    PRIORITIES,
    SEED,
    TEAMS,
    Bar,
    amounts,
    make,
    questions,
)

NAMES: Final = {"agent": AGENTS, "team": TEAMS, "pipeline": PIPELINES, "priority": PRIORITIES}
# How long before now the tickets were handed over, answered and resolved again.
AGO: Final = (7_200, 5_400, 3_600)
# Syncs one after another: long enough for months to be written anew among them.
SYNCS: Final = 12
Key = tuple[int, int, int]


def with_events(store: Store) -> None:
    """Give the tickets of the bench the events that a help desk would have told, and the names of its people."""
    manifest = store.manifest()
    months = {name: _month(store.folder, name, month.facts) for name, month in manifest.sources["bench"].months.items()}
    with connection() as db:
        each = (
            f"SELECT 'bench', '{kind}', range, '{kind} ' || range FROM range(1, {many + 1})"
            for kind, many in NAMES.items()
        )
        db.execute(f"CREATE TABLE names ({NAMES_COLUMNS})")
        db.execute(f"INSERT INTO names {' UNION ALL '.join(each)}")
        db.execute(f"COPY names TO {quote(store.folder, 'bench-names.parquet')} (FORMAT parquet)")
    source = replace(manifest.sources["bench"], months=months)
    manifests.replace(store.folder, replace(manifest, names="bench-names.parquet", sources={"bench": source}))


def _month(folder: Path, name: str, facts: str) -> TicketFiles:
    files = TicketFiles(f"bench-{name}-tickets.parquet", f"bench-{name}-events.parquet", facts)
    if (folder / files.events).exists():
        return files
    with connection(memory="800MB", spill=folder) as db:
        db.execute(f"CREATE VIEW facts AS SELECT * FROM {quote(folder, facts)}")
        columns = "ticket, 'T' || ticket AS key, happened_at AS created_at, NULL AS removal, NULL AS survivor"
        tickets = f"SELECT {columns} FROM facts WHERE kind = 'created' ORDER BY ticket"
        _copy(db, folder / files.tickets, tickets)
        _copy(db, folder / files.events, _events())
    return files


def _copy(db: duckdb.DuckDBPyConnection, file: Path, query: str) -> None:
    db.execute(f"COPY ({query}) TO '{file}' ({PARQUET})")


def _events() -> str:
    """Created, answered, resolved, reopened and merged, in the order of time."""
    columns = merging.event_columns({})
    told = {
        "created": {
            "kind": "'created'",
            "agent": "coalesce(agent, 0)",
            "team": "team",
            "pipeline": "pipeline",
            "priority": "priority",
        },
        "first_reply": {"message": "'reply'", "actor_kind": "'agent'", "actor": "agent"},
        "resolution": {"status": "'resolved'"},
        "reopened": {"status": "'open'", "happened_at": "ended_at"},
        "merged": {"removal": "'merged'", "happened_at": "counts_until"},
    }
    of = {
        "reopened": "kind = 'resolution' AND ended_at IS NOT NULL",
        "merged": "kind = 'created' AND counts_until IS NOT NULL",
    }
    always = {
        "ticket": "ticket",
        "kind": "'update'",
        "happened_at": "happened_at",
        "seen_at": "happened_at",
        "inferred": "false",
    }
    each = []
    for kind, own in told.items():
        values = always | own
        where = of.get(kind, f"kind = '{kind}'")
        chosen = ", ".join(f'{values.get(name, "NULL")}::{type_} AS "{name}"' for name, type_ in columns.items())
        each.append(f"SELECT {chosen} FROM facts WHERE {where}")
    order = "row_number() OVER (PARTITION BY ticket ORDER BY kind != 'created', happened_at)"
    return f"SELECT * REPLACE ({order}::INTEGER AS seq) FROM ({' UNION ALL '.join(each)}) ORDER BY ticket, seq"


def changes(store: Store, file: Path, share: int, place: int = 0) -> Staged:
    """What a sync tells of so many tickets: each reopened by a customer, handed on, answered and resolved again.

    Of several syncs one after another, the one at this place.
    """
    newest = ASKED - MONTH
    with connection() as db:
        db.execute(f"CREATE VIEW tickets AS {whole(store.folder, store.manifest().held(), 'tickets')}")
        picked, lot = "SELECT key, created_at FROM tickets WHERE created_at", f"ORDER BY hash(ticket, {place}) LIMIT"
        rows = db.execute(
            f"({picked} >= {newest} AND created_at < {ASKED - AGO[0]} {lot} {share * 9 // 10}) "
            f"UNION ALL ({picked} < {newest} {lot} {share // 10})"
        ).fetchall()
    chance = random.Random(SEED + place)  # noqa: S311 - the same changes each time
    line = 0
    with rows_into(file) as csv:
        for key, created_at in rows:
            agent = f"agent {chance.randint(1, AGENTS)}"
            events: tuple[dict[str, object], ...] = (
                {"message": "customer", "status": "open", "agent": agent},
                {"message": "reply", "actor_kind": "agent", "actor": agent},
                {"status": "resolved"},
            )
            for ago, columns in zip(AGO, events, strict=True):
                line += 1
                csv.writerow(told(staged_row(line, key, created_at, ASKED - ago + 60 * place, **columns)))
    return Staged("bench", file, ReplayRules())


def commit(file: Path, leaves: Iterable[Leaf]) -> None:
    """Put the values into a database, as the refresh does with measurements."""
    found = ((one[:3], one.amount) for one in leaves if one.amount is not None)
    rows = ((*key, one.numerator, one.denominator, one.sample) for key, one in found)
    with sqlite3.connect(file) as db:
        key = "PRIMARY KEY (question, window, grp)"
        db.execute(f"CREATE TABLE IF NOT EXISTS measured(question, window, grp, numerator, denominator, sample, {key})")
        db.executemany("INSERT OR REPLACE INTO measured VALUES (?, ?, ?, ?, ?, ?)", rows)


def timed(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    began = time.process_time()
    work()
    return time.process_time() - began


def report(store: Store, scratch: Path, tickets: int, times: int) -> bool:
    """Measure and print; whether nothing differs."""
    asked, share = questions(), min(CHANGED, tickets // 10)
    before, known = store.manifest(), amounts(engine.answers(store, asked, now=NOW))
    full = statistics.median(timed(lambda: _full(store, asked, scratch, keeping=False)) for _ in range(times))
    keeping = statistics.median(timed(lambda: _full(store, asked, scratch, keeping=True)) for _ in range(times))
    kept = {file: file.read_bytes() for file in store.folder.glob(f"*{engine.KEPT}")}
    synced = _Synced(store, asked, scratch, known)
    for _ in range(times):
        _back(store.folder, before, kept)
        synced.known = dict(known)
        synced.sync(share, 0)
    write, again = (statistics.median(column) for column in zip(*synced.taken, strict=True))
    differ = synced.differing()
    synced.taken.clear()
    for place in range(1, SYNCS + 1):
        synced.sync(share, place)
    mean = sum(map(sum, synced.taken)) / SYNCS
    differ += synced.differing()
    print(
        f"{tickets:,} tickets, {share:,} changed in {len(synced.months)} months; medians of {times}, in seconds of the"
    )
    print(f"processor: full refresh {full:.2f}, {keeping:.2f} with all that is kept for later; write {write:.2f},")
    print(f"refresh after it {again:.2f}; a sync of {SYNCS} one after another {mean:.2f} in the mean")
    for bar in (
        Bar("the whole of a sync, against the full refresh", (write + again) / full, 0.6, 0.1),
        Bar(f"the same, mean of {SYNCS} one after another", mean / full, 0.6, 0.1),
        Bar("values differing from a full refresh", differ, 0, 0),
    ):
        print(bar.told(judged=tickets >= BARRED))
    return differ == 0


def _full(store: Store, asked: Sequence[Question], scratch: Path, *, keeping: bool) -> None:
    commit(scratch / "full.sqlite3", engine.answers(store, asked, now=NOW, keeping=keeping))


class _Synced:
    """Syncs one after another, what each took to write and to refresh, and what is known after them."""

    def __init__(self, store: Store, asked: Sequence[Question], scratch: Path, known: dict[Key, Amount]) -> None:
        self.store, self.asked, self.scratch, self.known = store, asked, scratch, known
        self.taken: list[tuple[float, float]] = []
        self.months: tuple[str, ...] = ()

    def sync(self, share: int, place: int) -> None:
        """Write what changed, and ask again what that touched."""
        staged = changes(self.store, self.scratch / "staged.csv", share, place)
        written: list[Written] = []
        found: list[Leaf] = []
        write = timed(lambda: written.append(update(self.store, staged, now=int(NOW.timestamp()))))
        again = timed(lambda: self._again(written[0].touched, found))
        self.taken.append((write, again))
        self.months = written[0].months
        anew = {leaf[:3] for leaf in found}
        self.known = {key: one for key, one in self.known.items() if key not in anew} | amounts(found)

    def _again(self, touched: Sequence[Touched] | None, found: list[Leaf]) -> None:
        found += engine.answers(self.store, self.asked, now=NOW, touched=touched, keeping=True)
        commit(self.scratch / "partly.sqlite3", found)

    def differing(self) -> int:
        """How many values differ from those of a full refresh."""
        right = amounts(engine.answers(self.store, self.asked, now=NOW))
        return sum(right.get(key) != self.known.get(key) for key in right.keys() | self.known.keys())


def _back(folder: Path, manifest: Manifest, kept: dict[Path, bytes]) -> None:
    """The store and its kept sums as they were before the sync."""
    manifests.replace(folder, manifest)
    for file, content in kept.items():
        file.write_bytes(content)


def main() -> int:
    """Make the tickets, or take those that are there, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the tickets here, and take them from here")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as scratch:
        store = make(options.folder or Path(scratch) / "store", options.tickets)
        with_events(store)
        return 0 if report(store, Path(scratch), options.tickets, options.times) else 1


if __name__ == "__main__":
    sys.exit(main())
