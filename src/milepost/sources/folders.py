"""A watched folder: a series of files that is one source. What is new, has grown or was replaced is read again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from milepost.base.errors import Refused, SourceFailed
from milepost.base.marks import gettext_noop
from milepost.connectors.table import mapping
from milepost.connectors.table.mapping import Mapping
from milepost.sources import apart, sync
from milepost.sources.models import Source, WatchedFile
from milepost.tickets.store import Busy

# A file that looks the same for so long is whole.
QUIET: Final = timedelta(seconds=10)
MOST: Final = 2_000
WHOLE: Final = 100
ENDINGS: Final = (".csv", ".csv.gz", ".csv.zip", ".gz", ".zip", ".xlsx", ".parquet")

# In the settings of a source: its files are to be read as one, because its mapping has changed.
ANEW: Final = "anew"

NO_FOLDER: Final = gettext_noop("The folder %(folder)s cannot be read: %(error)s.")
CANNOT_BE_READ: Final = gettext_noop("The file cannot be read: %(error)s.")


@dataclass(frozen=True)
class Look:
    """What one look at a folder brought. `waits` says that a file is there which may not be whole yet."""

    changed: int
    waits: bool
    refused: list[WatchedFile]


def watch(folder: Path, mapping_file: Path, *, slug: str, name: str, now: datetime) -> Source:
    """Have a folder watched under the source `slug`; asked again, it changes folder and mapping.

    Refuses a folder that is not there, a mapping that says nothing, and a source that is read in another way.
    """
    if not folder.is_dir():
        raise Refused(gettext_noop("There is no folder %(folder)s."), folder=folder)
    mapping.load(mapping_file)
    apart.check_no_demo(slug)
    source, _ = Source.objects.get_or_create(
        slug=slug, defaults={"name": name, "make": Source.Make.FOLDER, "connected_at": now}
    )
    if source.make not in {Source.Make.FOLDER, Source.Make.FILE}:
        raise Refused(
            gettext_noop("“%(source)s” is a source of another kind. Choose another name with --source."), source=slug
        )
    source.make = Source.Make.FOLDER
    watched = {"folder": _kept(folder), "mapping": _kept(mapping_file)}
    if not watched.items() <= source.settings.items():
        source.settings = watched
    source.disconnected_at = None
    source.save(update_fields=["make", "settings", "disconnected_at"])
    return source


def place(source: Source, what: Literal["folder", "mapping"]) -> Path:
    """Where the files of a source lie, or the mapping that says what they mean."""
    found: Path = settings.DATA_FOLDER / source.settings[what]
    return found


def _kept(path: Path) -> str:
    """A path below the data folder is kept without it, so that a backup may be restored elsewhere."""
    return str(path.relative_to(settings.DATA_FOLDER) if path.is_relative_to(settings.DATA_FOLDER) else path)


def read(source: Source, *, clock: Callable[[], datetime], zone: ZoneInfo, stopped: Callable[[], bool]) -> Look:
    """Read the files of the folder that changed, in the order of their names; half-written ones are waited for.

    A file that cannot be read is set aside with its reason until it changes, or the mapping does; the others are read.
    """
    folder, mapping_file = place(source, "folder"), place(source, "mapping")
    meaning = mapping.load(mapping_file)
    _forget_on_change(source, mapping_file, is_log=not meaning.whole)
    # Only one process reads a source at a time; another was killed over what still seems to be read.
    source.files.filter(percent__isnull=False).update(percent=None)
    files = list(_look(source, folder, now=clock()))
    changed = 0
    if source.settings.get(ANEW):
        changed += _read_anew(source, files, folder, meaning, now=clock(), zone=zone)
    for file in files:
        if not file.is_read and clock() - file.looks_so_since >= QUIET:
            changed += _read(source, file, folder, meaning, now=clock(), zone=zone)
        if stopped():
            break
    Source.objects.filter(pk=source.pk).update(answered_at=clock())
    waits = any(not file.is_read for file in files)
    return Look(changed, waits, [file for file in files if file.is_read and file.error])


def _forget_on_change(source: Source, mapping_file: Path, *, is_log: bool) -> None:
    """Under another mapping every file says something else: all are read again, those of a log as one."""
    modified = mapping_file.stat().st_mtime_ns
    if source.settings.get("mapping_modified_ns") == modified:
        return
    was_read = source.files.filter(read_size__isnull=False).exists()
    anew = is_log and (was_read or source.settings.get(ANEW, False))
    with transaction.atomic():
        source.files.update(read_size=None, read_modified_ns=None)
        source.settings = source.settings | {"mapping_modified_ns": modified, ANEW: anew}
        source.save(update_fields=["settings"])


def _read_anew(
    source: Source, files: list[WatchedFile], folder: Path, meaning: Mapping, *, now: datetime, zone: ZoneInfo
) -> int:
    """Read the files of a log as one, so that what they say no longer is gone; how many tickets that changed.

    Where a file is gone that was read before, the events of it would be gone too: then each is read by itself.
    """
    quiet = [file for file in files if not file.is_read and now - file.looks_so_since >= QUIET]
    changed = 0
    if quiet and source.files.count() == len(files):
        written, refused = sync.import_anew(source, [folder / file.name for file in quiet], meaning, zone=zone, now=now)
        changed = written.new + written.updated if written else 0
        for file in quiet:
            _keep(file, refused.get(folder / file.name))
    source.settings = source.settings | {ANEW: False}
    source.save(update_fields=["settings"])
    return changed


def _look(source: Source, folder: Path, *, now: datetime) -> Iterator[WatchedFile]:
    """The files that are there, each as it looks now; one that looks otherwise than before begins to wait."""
    known = {file.name: file for file in source.files.all()}
    for name, (size, modified) in _listed(folder).items():
        file = known.get(name) or WatchedFile(source=source, name=name, looks_so_since=now)
        if (file.size, file.modified_ns) != (size, modified):
            file.size, file.modified_ns, file.looks_so_since = size, modified, now
            file.save()
        yield file


def _listed(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every table in the folder, by name; hidden files are somebody's scratch."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if _is_table(entry))
        if len(names) > MOST:
            raise SourceFailed(
                gettext_noop("%(folder)s holds more than %(most)s files. Move the old ones elsewhere."),
                permanent=False,
                folder=folder,
                most=MOST,
            )
        return {name: _looks(folder / name) for name in names}
    except OSError as error:
        raise SourceFailed(NO_FOLDER, permanent=False, folder=folder, error=error.strerror) from error


def _is_table(entry: Path) -> bool:
    return not entry.name.startswith(".") and entry.name.lower().endswith(ENDINGS) and entry.is_file()


def _looks(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def _read(source: Source, file: WatchedFile, folder: Path, meaning: Mapping, *, now: datetime, zone: ZoneInfo) -> int:
    """Read one file; how many tickets it changed. One that changed while it was read is read again later."""
    changed, failed = 0, None
    WatchedFile.objects.filter(pk=file.pk).update(percent=0)
    try:
        imported = sync.import_file(
            folder / file.name,
            meaning,
            slug=source.slug,
            name=source.name,
            make=Source.Make.FOLDER,
            zone=zone,
            now=now,
            progress=partial(note, file),
        )
        changed = imported.written.new + imported.written.updated
        if _looks(folder / file.name) != (file.size, file.modified_ns):
            return changed
    except Busy:
        raise
    except (Refused, OSError) as error:
        failed = error
    finally:
        WatchedFile.objects.filter(pk=file.pk).update(percent=None)
    _keep(file, failed)
    return changed


def note(file: WatchedFile, read: float) -> None:
    """How much of a file was read, from 0 to 1, for those who look on."""
    percent = int(read * WHOLE)
    WatchedFile.objects.filter(pk=file.pk, percent__lt=percent).update(percent=percent)


def _keep(file: WatchedFile, failed: Refused | OSError | None) -> None:
    """A file was read as it looks, or could not be."""
    file.error, file.error_values = "", {}
    match failed:
        case Refused():
            file.error, file.error_values = failed.message, {name: str(one) for name, one in failed.values.items()}
        case OSError():
            file.error, file.error_values = CANNOT_BE_READ, {"error": str(failed.strerror)}
    file.read_size, file.read_modified_ns = file.size, file.modified_ns
    file.save()
