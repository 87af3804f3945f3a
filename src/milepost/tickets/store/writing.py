"""Writing: merge what was read into the events, replay the tickets it touches, put new files beside the old ones."""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, Final

import duckdb

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.tickets.clock import EVERY_HOUR, BusinessTime
from milepost.tickets.columns import FACT_COLUMNS, FIELD_PREFIX, Category
from milepost.tickets.events import TOLD_COLUMNS, Actor, Event, EventKind, Message, Removal
from milepost.tickets.replay import replay
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store import merging, placing
from milepost.tickets.store import touched as touching
from milepost.tickets.store.lock import writing
from milepost.tickets.store.manifest import FACTS, Changes, Manifest, SourceFiles, TicketFiles
from milepost.tickets.store.merging import Counts
from milepost.tickets.store.reading import PARQUET, TRIES, Store, connection, fact_columns
from milepost.tickets.store.staging import Staged, read_csv, rows_into
from milepost.tickets.store.touched import Touched

MEMORY: Final = "256MB"
BATCH: Final = 20_000
_row_of: Final = attrgetter(*(column.name for column in FACT_COLUMNS))


@dataclass(frozen=True)
class Written:
    """What a write changed, in tickets, and whose facts it touched; None stands for everybody's.

    The generations are those of the store before and after it.
    """

    new: int
    updated: int
    unchanged: int
    months: tuple[str, ...]
    touched: tuple[Touched, ...] | None = None
    before: int = 0
    after: int = 0


def update(store: Store, staged: Staged, *, now: int, business: BusinessTime = EVERY_HOUR) -> Written:
    """Merge a reading into the store. `now` is when it was read, in UTC seconds.

    Reading the same again changes no file. Promises that readers see the store before or after, never between, and
    that a process killed at any moment leaves it as it was before. Facts of an earlier version are made anew first.
    """
    upgraded = upgrade(store, business=business)
    with writing(store.folder) as scratch, connection(scratch / "scratch.duckdb", memory=MEMORY, spill=scratch) as db:
        manifest = store.manifest()
        held = _held(manifest, staged)
        told_before = manifest.sources[staged.source].tells if staged.source in manifest.sources else frozenset()
        merging.stage(db, store.folder, manifest, held, staged)
        counts = merging.merge(db, staged, now=now)
        after, months = held, _months(db)
        touched: tuple[Touched, ...] | None = ()
        if counts.changed:
            # The facts that are held are those that the held events replay to: cheaper than to look for them.
            _replay(db, scratch, held, business, events="held SEMI JOIN changed USING (ticket)", into="went")
            after = _write(db, store.folder, scratch, held, slug=staged.source, business=business)
            touched = touching.touched(db, now=now)
        if after != manifest.sources.get(staged.source):
            told = counts.changed and touched is not None
            changes = _changes(db, store.folder, scratch, slug=staged.source) if told else None
            _commit(db, store.folder, scratch, manifest, slug=staged.source, source=after, changes=changes)
        return Written(
            new=counts.new,
            updated=counts.updated,
            unchanged=counts.unchanged,
            months=months,
            before=manifest.generation,
            after=store.manifest().generation,
            touched=None if upgraded.months or held.tells != told_before else touched,
        )


def compare(store: Store, staged: Staged, *, now: int) -> Counts:
    """How many tickets a reading would change. Nothing is written."""
    for _ in range(TRIES - 1):
        # Files that two writes replaced meanwhile are gone.
        with suppress(duckdb.IOException):
            return _compare(store, staged, now=now)
    return _compare(store, staged, now=now)


def _compare(store: Store, staged: Staged, *, now: int) -> Counts:
    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        scratch = Path(folder)
        with connection(scratch / "scratch.duckdb", memory=MEMORY, spill=scratch) as db:
            manifest = store.manifest()
            merging.stage(db, store.folder, manifest, _held(manifest, staged), staged)
            return merging.merge(db, staged, now=now)


def forget(store: Store, slugs: Iterable[str]) -> None:
    """Take sources away, with all that is held of them. Twice is once.

    Readers see the store before or after; one that still reads what goes starts again. No number is given out anew to a
    ticket.
    """
    with writing(store.folder) as scratch:
        manifest = store.manifest()
        gone = manifest.sources.keys() & set(slugs)
        if not gone:
            return
        sources = {slug: held for slug, held in manifest.sources.items() if slug not in gone}
        names = _names_without(store.folder, scratch, manifest, gone) if sources else None
        after = replace(manifest, names=names, sources=sources, changes=None, generation=manifest.generation + 1)
        manifests.replace(store.folder, after)
        # It names the files that go.
        (store.folder / manifests.PREVIOUS).unlink(missing_ok=True)
        _sweep(store.folder)


def rebuild(store: Store, *, business: BusinessTime = EVERY_HOUR) -> Written:
    """Make all facts anew from the events that are kept."""
    return _rebuild(store, store.manifest().sources, business)


def upgrade(store: Store, *, business: BusinessTime = EVERY_HOUR) -> Written:
    """Make the facts anew that an earlier version made, or all of them where they were timed by other calendars."""
    manifest = store.manifest()
    if manifest.calendars != business.calendars:
        return _rebuild(store, manifest.sources, business)
    earlier = [slug for slug, held in manifest.sources.items() if held.version < FACTS]
    return _rebuild(store, earlier, business) if earlier else Written(new=0, updated=0, unchanged=0, months=())


def _rebuild(store: Store, slugs: Iterable[str], business: BusinessTime) -> Written:
    """All in one step, so that no reader sees facts of one calendar beside those of another."""
    tickets = 0
    rebuilt: set[str] = set()
    with writing(store.folder) as scratch:
        manifest = store.manifest()
        sources = dict(manifest.sources)
        for slug in slugs:
            held = sources[slug]
            with connection(scratch / f"{slug}.duckdb", memory=MEMORY, spill=scratch) as db:
                tickets += merging.load_all(db, store.folder, manifest, held)
                after = _write(db, store.folder, scratch, held, slug=slug, business=business, whole=True)
            rebuilt |= {f"{slug} {month}" for month, files in after.months.items() if files != held.months[month]}
            sources[slug] = replace(after, version=FACTS)
        _become(store.folder, manifest, replace(manifest, calendars=business.calendars, sources=sources, changes=None))
    return Written(new=0, updated=0, unchanged=tickets, months=tuple(sorted(rebuilt)))


def _held(manifest: Manifest, staged: Staged) -> SourceFiles:
    """What the store holds of the source, with the fields of this reading; refuses one that reads it otherwise."""
    held = manifest.sources.get(staged.source)
    if held is None:
        return SourceFiles(rules=staged.rules, fields=staged.fields, tells=staged.tells & staged.rules.able())
    if held.rules != staged.rules:
        raise Refused(
            gettext_noop(
                "“%(source)s” was imported before under another kind of mapping. Use the mapping of the first import, "
                "or give this file a source of its own with --source."
            ),
            source=staged.source,
        )
    for name, kind in staged.fields.items():
        if held.fields.get(name, kind) is not kind:
            raise Refused(
                gettext_noop("The field “%(field)s” was imported before as %(kind)s. Give the new one another name."),
                field=name,
                kind=held.fields[name].value,
            )
    tells = held.tells | staged.tells & staged.rules.able()
    return replace(held, fields=held.fields | staged.fields, tells=tells)


def _write(
    db: duckdb.DuckDBPyConnection,
    folder: Path,
    scratch: Path,
    held: SourceFiles,
    *,
    slug: str,
    business: BusinessTime,
    whole: bool = False,
) -> SourceFiles:
    """New files that hold the changed tickets as they are now; with `whole` none of them waits in the delta."""
    merging.mark_removed(db)
    _replay(db, scratch, held, business, events="merged", into="replayed")
    written = placing.place(db, folder, held, whole=whole)
    # One thread writes the same bytes each time; the files are small beside the work of making them.
    db.execute("SET threads = 1")

    def put(place: str) -> TicketFiles:
        files = {}
        for kind in placing.KINDS:
            query = placing.gather(db, folder, held, kind, place)
            files[kind] = _put(db, folder, scratch, f"{slug}-{place}-{kind}", query)
        return TicketFiles(**files)

    months = {month: put(month) for month in sorted(written)}
    delta = put(placing.DELTA) if placing.is_anything_left(db) else None
    return replace(held, months=held.months | months, delta=delta)


def _replay(
    db: duckdb.DuckDBPyConnection, scratch: Path, held: SourceFiles, business: BusinessTime, *, events: str, into: str
) -> None:
    """A table of the facts that come of events."""
    told = [column.name for column in TOLD_COLUMNS] + [FIELD_PREFIX + name for name in sorted(held.fields)]
    query = db.cursor().execute(
        f"SELECT ticket, {', '.join(told)} FROM {events} WHERE withdrawn_at IS NULL ORDER BY ticket, seq"
    )
    file = scratch / "facts.csv"
    without = (None,) * len(held.fields)
    with rows_into(file) as csv:
        for ticket, rows in groupby(_rows(query), key=itemgetter(0)):
            for fact in replay(ticket, map(_event, rows), held.rules, business):
                csv.writerow((*_row_of(fact), *(fact.fields or without)))
    types = fact_columns(held.fields)
    columns = ", ".join(f'"{name}"::{type_} AS "{name}"' for name, type_ in types.items())
    db.execute(f"CREATE TABLE {into} AS SELECT {columns} FROM {read_csv(file, types | {'tags': 'VARCHAR'}, null='')}")


def _rows(query: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := query.fetchmany(BATCH):
        yield from batch


# Looked up by value: making an enum member is slow, and there are several for each event.
_KINDS: Final = {kind.value: kind for kind in EventKind}
_MESSAGES: Final = {None: None} | {message.value: message for message in Message}
_ACTORS: Final = {None: Actor.UNKNOWN} | {actor.value: actor for actor in Actor}
_STATUSES: Final = {None: None} | {category.value: category for category in Category}
_REMOVALS: Final = {None: None} | {removal.value: removal for removal in Removal}


def _event(row: tuple[Any, ...]) -> Event:
    (_, at, kind, message, actor_kind, actor, status, agent, team, pipeline, priority, channel, tags, *others) = row
    removal, survivor, score, *fields = others
    return Event(
        at=at,
        kind=_KINDS[kind],
        message=_MESSAGES[message],
        actor_kind=_ACTORS[actor_kind],
        actor=actor,
        status=_STATUSES[status],
        agent=agent,
        team=team,
        pipeline=pipeline,
        priority=priority,
        channel=channel,
        tags=tags,
        removal=_REMOVALS[removal],
        survivor=survivor,
        score=score,
        fields=tuple(fields),
    )


def _put(db: duckdb.DuckDBPyConnection, folder: Path, scratch: Path, name: str, query: str) -> str:
    """Write a query to a file named after its content, so that equal content is the same file."""
    fresh = scratch / "new.parquet"
    db.execute(f"COPY ({query}) TO '{fresh}' ({PARQUET}, KV_METADATA {{version: '{FACTS}'}})")
    with fresh.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()[:16]
        os.fsync(handle.fileno())
    file = f"{name}-{digest}.parquet"
    fresh.replace(folder / file)
    return file


def _months(db: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The months of the changed tickets."""
    return tuple(month for (month,) in db.execute("SELECT DISTINCT month FROM changed ORDER BY month").fetchall())


def _changes(db: duckdb.DuckDBPyConnection, folder: Path, scratch: Path, *, slug: str) -> Changes:
    order = "weight, kind, ticket, happened_at, nth, counts_from, ended_at, agent, team"
    return Changes(slug, _put(db, folder, scratch, f"{slug}-changes", f"SELECT * FROM differing ORDER BY {order}"))


def _commit(
    db: duckdb.DuckDBPyConnection,
    folder: Path,
    scratch: Path,
    manifest: Manifest,
    *,
    slug: str,
    source: SourceFiles,
    changes: Changes | None,
) -> None:
    names = _put(db, folder, scratch, "names", "SELECT * FROM names ORDER BY kind, number")
    ((next_ticket,),) = db.execute(
        "SELECT greatest(?, coalesce(max(ticket), 0) + 1) FROM tickets", [manifest.next_ticket]
    ).fetchall()
    sources = manifest.sources | {slug: source}
    after = replace(manifest, next_ticket=next_ticket, names=names, sources=sources, changes=changes)
    _become(folder, manifest, after)


def _names_without(folder: Path, scratch: Path, manifest: Manifest, gone: Collection[str]) -> str | None:
    """The names of the sources that stay; their numbers are those that facts carry."""
    if manifest.names is None:
        return None
    with connection(scratch / "names.duckdb", memory=MEMORY, spill=scratch) as db:
        db.execute(f"CREATE TABLE names AS SELECT * FROM '{folder / manifest.names}'")
        db.execute("DELETE FROM names WHERE list_contains(?, source)", [sorted(gone)])
        return _put(db, folder, scratch, "names", "SELECT * FROM names ORDER BY kind, number")


def _become(folder: Path, manifest: Manifest, after: Manifest) -> None:
    """Put the next manifest into the place of this one, unless nothing changed."""
    if replace(after, changes=manifest.changes) == manifest:
        return
    manifests.replace(folder, replace(after, generation=manifest.generation + 1))
    _sweep(folder)


def _sweep(folder: Path) -> None:
    """Remove the files that neither the manifest nor the one before it names."""
    needed = set(manifests.read(folder).files()) | set(manifests.read(folder, manifests.PREVIOUS).files())
    for file in folder.glob("*.parquet"):
        if file.name not in needed:
            file.unlink()
