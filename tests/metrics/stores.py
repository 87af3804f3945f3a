"""Fact stores of the random histories, and what engines answer over them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from milepost.metrics import engine
from milepost.metrics.question import Amount, Question
from milepost.tickets.events import ReplayRules, Tells
from milepost.tickets.facts import Fact
from milepost.tickets.store import Store
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store.manifest import Manifest, SourceFiles, TicketFiles
from milepost.tickets.store.reading import connection
from tests.metrics.histories import history
from tests.metrics.test_oracle import TenMinutes, facts_of, load

SOURCES: Final = ("mail", "chat")
Key = tuple[int, int, int]


def histories(seed: str, tickets: int) -> list[Fact]:
    """The facts of so many random histories."""
    random = Random(seed)  # noqa: S311 - the same ones each time
    return list(facts_of(history(random, ticket) for ticket in range(1, tickets + 1)))


def put(folder: Path, facts: Iterable[Fact], name: str = "first", address: str | None = None) -> Store:
    """Facts as the store keeps them, in files of this name, of two sources that tell everything."""
    folder.mkdir(exist_ok=True)
    generation = manifests.read(folder).generation
    months: dict[str, dict[str, TicketFiles]] = {}
    with connection() as db:
        load(db, folder, facts)
        for place, source in enumerate(SOURCES):
            file = f"{source}-2026-01-facts-{name}.parquet"
            db.execute(f"COPY (FROM facts WHERE ticket % 2 = {place}) TO '{folder / file}' (FORMAT parquet)")
            months[source] = {"2026-01": TicketFiles(file, file, file)}
    sources = {slug: SourceFiles(ReplayRules(), months=months[slug], tells=frozenset(Tells)) for slug in SOURCES}
    manifests.replace(folder, Manifest(generation=generation + 1, calendars=TenMinutes.calendars, sources=sources))
    return Store(folder, address)


def answered(store: Store, questions: Sequence[Question], now: int) -> Mapping[Key, Amount | None]:
    """What the engine of the store answers, by question, window and group."""
    return {leaf[:3]: leaf.amount for leaf in engine.answers(store, questions, now=datetime.fromtimestamp(now, UTC))}
