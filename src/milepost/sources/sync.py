"""Read a source, put what it tells into the fact store, and keep who is who in step with it."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files import reading
from milepost.connectors.files.reading import Progress, Reading
from milepost.connectors.table.mapping import Mapping
from milepost.sources import apart, identities, timing
from milepost.sources.models import Source, Sync
from milepost.tickets import store as tickets
from milepost.tickets.events import Response
from milepost.tickets.notes import Note
from milepost.tickets.store import Store, Written

LEFT_OVER: Final = timedelta(days=1)
# Of what was read, in a row of the readings.
LONGEST: Final = 300


@dataclass(frozen=True)
class Span:
    """The days a file covers, as its owner states them; what is not stated follows from the file."""

    complete_from: datetime | None = None
    complete_until: datetime | None = None


@dataclass(frozen=True)
class Imported:
    """What an import brought."""

    source: Source
    reading: Reading
    written: Written
    rejects: Path


def store() -> Store:
    """The fact store of this installation."""
    return Store(settings.FACTS_FOLDER, settings.ENGINE, settings.MEMORY)


def retime() -> Written:
    """Make the facts anew that an earlier version made, or that were timed by other working hours than are set now."""
    return tickets.upgrade(store(), business=timing.business())


def import_file(
    file: Path,
    mapping: Mapping,
    *,
    slug: str,
    name: str,
    make: Source.Make,
    zone: ZoneInfo,
    now: datetime,
    span: Span | None = None,
    progress: Progress | None = None,
    then: Callable[[Source], object] = lambda _source: None,
) -> Imported:
    """Read a file into the store under the source `slug`.

    A mapping that does not fit is refused before anything is written. The store changes in one step; a process that
    is killed before or after it is put right by the next import of the same file. Readers see all of the source or
    none of it, and of what `then` does after it in the same transaction.
    """
    if make is not Source.Make.DEMO:
        apart.check_no_demo(slug)
    _check_not_sent(slug)
    rejects = _rejects(slug, file, now)
    with staging_file(now) as staging:
        read = reading.read(file, mapping, source=slug, staging=staging, rejects=rejects, progress=progress)
        written = tickets.update(store(), read.staged, now=int(now.timestamp()), business=timing.business())
    with transaction.atomic():
        source = _source(slug, name=name, make=make, mapping=mapping, now=now)
        _keep(source, read, written, span=span or Span(), zone=zone, now=now, what=file.name)
        then(source)
    # A group that is new here may be one of a team with working hours of its own.
    retime()
    return Imported(source=source, reading=read, written=written, rejects=rejects)


def import_anew(
    source: Source, files: Sequence[Path], mapping: Mapping, *, zone: ZoneInfo, now: datetime
) -> tuple[Written | None, dict[Path, Refused | OSError]]:
    """Read all files of a log as one, because they are understood in another way than before.

    What they are no longer understood to tell is withdrawn. Says which files could not be read; without any that could,
    nothing changes.
    """
    with staging_file(now) as staging:
        anew = reading.read_anew(
            files,
            mapping,
            source=source.slug,
            staging=staging,
            rejects=lambda file: _rejects(source.slug, file, now),
        )
        if anew.reading is None:
            return None, anew.refused
        written = tickets.update(store(), anew.reading.staged, now=int(now.timestamp()), business=timing.business())
    names = ", ".join(file.name for file in files if file not in anew.refused)
    with transaction.atomic():
        _keep(source, anew.reading, written, span=Span(), zone=zone, now=now, what=names[:LONGEST])
    retime()
    return written, anew.refused


def _rejects(slug: str, file: Path, now: datetime) -> Path:
    folder: Path = settings.DATA_FOLDER / "rejects"
    return folder / f"{slug}-{now:%Y%m%dT%H%M%S}-{file.name[:100]}.csv"


def _keep(
    source: Source, read: Reading, written: Written, *, span: Span, zone: ZoneInfo, now: datetime, what: str
) -> None:
    """What a reading says of its source."""
    cover(source, span, oldest_created=read.oldest_created, newest=read.newest, zone=zone)
    identities.match(source, store().names(source.slug))
    Sync.objects.create(source=source, started_at=now, finished_at=now, what=what, counts=_counts(read, written))


def _check_not_sent(slug: str) -> None:
    """What is sent tells tickets anew by what events say; it would take away what only a file can tell."""
    if Source.objects.filter(slug=slug, make=Source.Make.INBOUND).exists():
        raise Refused(
            gettext_noop("“%(source)s” is a source to which others send. Choose another name with --source."),
            source=slug,
        )


@contextmanager
def staging_file(now: datetime) -> Iterator[Path]:
    """A file on the disk of the data, gone with the import; leftovers of killed imports go after a day."""
    folder = settings.DATA_FOLDER / "staging"
    folder.mkdir(parents=True, exist_ok=True)
    remove_older(folder, now - LEFT_OVER)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".csv") as file:
        yield Path(file.name)


def remove_older(folder: Path, moment: datetime) -> int:
    """Remove the files of a folder that nobody changed since; how many they were."""
    removed = 0
    for old in folder.iterdir() if folder.is_dir() else ():
        if old.stat().st_mtime < moment.timestamp():
            old.unlink(missing_ok=True)
            removed += 1
    return removed


def _source(slug: str, *, name: str, make: Source.Make, mapping: Mapping, now: datetime) -> Source:
    notes = []
    if mapping.rules.response is Response.LEAVES_NEW:
        notes.append(Note.RESPONSE_APPROXIMATED)
    if mapping.whole:
        notes.append(Note.NO_HISTORY)
    if make is Source.Make.DEMO:
        notes.append(Note.MOVED_IN_TIME)
    source, _ = Source.objects.update_or_create(
        slug=slug,
        defaults={"notes": [note.value for note in notes], "disconnected_at": None},
        create_defaults={
            "name": name,
            "make": make,
            "connected_at": now,
            "notes": [note.value for note in notes],
        },
    )
    return source


def cover(source: Source, span: Span, *, oldest_created: int | None, newest: int | None, zone: ZoneInfo) -> None:
    """The span that the source covers: as stated, else from the oldest creation's day to the newest event."""
    start, until = span.complete_from, span.complete_until
    if start is None and oldest_created is not None:
        oldest = datetime.fromtimestamp(oldest_created, zone)
        day = oldest.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
        start = day if source.complete_from is None else min(source.complete_from, day)
    if until is None and newest is not None:
        end = datetime.fromtimestamp(newest, UTC)
        until = end if source.complete_until is None else max(source.complete_until, end)
    source.complete_from = start or source.complete_from
    source.complete_until = until or source.complete_until
    source.save(update_fields=["complete_from", "complete_until"])


def _counts(read: Reading, written: Written) -> dict[str, object]:
    return {
        "rows": read.rows,
        "new": written.new,
        "updated": written.updated,
        "unchanged": written.unchanged,
        "rejected": [
            {"reason": one.reason, "column": one.column, "count": one.count, "lines": one.lines, "example": one.example}
            for one in read.reasons.values()
        ],
    }
