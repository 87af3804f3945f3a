"""Files that are uploaded: kept aside until somebody says what they mean, then read like those of a watched folder."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import yaml
from django.conf import settings
from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files.reading import Joining, Reading
from milepost.connectors.table import mapping as mappings
from milepost.connectors.table.mapping import Mapping
from milepost.history import record
from milepost.people.models import User
from milepost.sources import apart, folders
from milepost.sources.models import Source
from milepost.sources.sync import staging_file, store
from milepost.tickets import store as tickets
from milepost.tickets.store import Counts

# Of all that is sent at once.
LARGEST: Final = 200_000_000
MEGABYTE: Final = 1_000_000
MOST: Final = 24
# So many rows are tried out before the import, of each file at least some: somebody waits for the page.
LOOKED_AT: Final = 100_000
LOOKED_AT_LEAST: Final = 1_000
ENDINGS: Final = (".csv", ".xlsx", ".parquet")
# A letter may take four bytes, and a file system holds 255 of them.
LONGEST_NAME: Final = 50
MAPPING: Final = "mapping.yaml"

TOO_LARGE: Final = gettext_noop("This file is %(size)s MB. Split it or connect the help desk instead.")
TOO_LARGE_TOGETHER: Final = gettext_noop("These files are %(size)s MB together. Send them in parts of at most 200 MB.")
TOO_MANY: Final = gettext_noop("These are %(count)s files. Send at most %(most)s at once.")
SAME_NAME: Final = gettext_noop("Two of these files are called %(file)s. Rename one of them.")
WRONG_KIND: Final = gettext_noop("Upload a CSV, Excel or Parquet file (.csv, .xlsx, .parquet).")
WRONG_KIND_AMONG: Final = gettext_noop("%(file)s is no CSV, Excel or Parquet file (.csv, .xlsx, .parquet).")
OTHER_RULES: Final = gettext_noop(
    "“%(source)s” was read before by other rules of what a first reply is. Upload these files as a source of their own."
)


@dataclass(frozen=True, order=True)
class Upload:
    """A file that was uploaded and not taken over yet. The token is known to who uploaded it only."""

    name: str
    token: str

    @property
    def file(self) -> Path:
        """Where it waits."""
        return _folder() / f"{self.token}{Path(self.name).suffix.lower()}"

    @property
    def rejects(self) -> Path:
        """The rows of it that could not be read when it was tried out last."""
        return _folder() / f"{self.token}.rejects"


class Sent(Protocol):
    """A file as a browser sends it."""

    name: Any
    size: Any

    def chunks(self) -> Iterable[bytes]: ...


def receive(sent: Sequence[Sent]) -> list[Upload]:
    """Put files aside, in the order of their names.

    Refuses what is too large or of a kind that is not read, and says of which file; then nothing is left of any.
    """
    uploads = sorted((Upload(token=secrets.token_hex(16), name=_short(one.name)), one) for one in sent)
    _check([upload for upload, _ in uploads], size=sum(one.size for one in sent))
    _folder().mkdir(parents=True, exist_ok=True)
    try:
        for upload, one in uploads:
            _write(upload.file, one.chunks())
    except BaseException:
        for upload, _ in uploads:
            upload.file.unlink(missing_ok=True)
        raise
    return [upload for upload, _ in uploads]


def _short(name: str) -> str:
    return Path(name).name[-LONGEST_NAME:]


def _check(uploads: Sequence[Upload], *, size: int) -> None:
    names = [upload.name for upload in uploads]
    if len(names) > MOST:
        raise Refused(TOO_MANY, count=len(names), most=MOST)
    if size > LARGEST:
        raise Refused(TOO_LARGE if len(names) == 1 else TOO_LARGE_TOGETHER, size=-(-size // MEGABYTE))
    if again := [name for name in names if names.count(name) > 1]:
        raise Refused(SAME_NAME, file=again[0])
    if wrong := [upload.name for upload in uploads if upload.file.suffix not in ENDINGS]:
        raise Refused(WRONG_KIND if len(names) == 1 else WRONG_KIND_AMONG, file=wrong[0])


class Trial:
    """Files that are read as they would be imported. Nothing is kept of it but the rows that cannot be read."""

    def __init__(self, meaning: Mapping, source: Source | None, staging: Path, *, now: datetime) -> None:
        self.source, self.now = source, now
        self.joining = Joining(meaning, source=source.slug if source else "", staging=staging)

    def read(self, upload: Upload) -> Reading:
        """Read one file, as far as somebody who waits for the page can wait."""
        upload.rejects.unlink(missing_ok=True)
        left = LOOKED_AT - sum(one.rows for one in self.joining.readings)
        return self.joining.add(upload.file, rejects=upload.rejects, most=max(left, LOOKED_AT_LEAST))

    def changes(self) -> Counts | None:
        """How many tickets of a source that is there would change; None for a new one, or where not all was read."""
        if not all(one.is_whole for one in self.joining.readings):
            return None
        if self.source is None or self.source.slug not in store().manifest().sources:
            return None
        return tickets.compare(store(), self.joining.staged(), now=int(self.now.timestamp()))


@contextmanager
def trial(meaning: Mapping, source: Source | None, *, now: datetime) -> Iterator[Trial]:
    """Try out how files would be read."""
    with staging_file(now) as staging:
        yield Trial(meaning, source, staging, now=now)


def take_over(
    uploads: Sequence[Upload], document: dict[str, Any], *, slug: str, name: str, by: User | None, now: datetime
) -> Source:
    """Put files with their mapping where the worker reads them, as a source of their own or newer files of one.

    Files are read in the order in which they were uploaded, those that came together by their names.
    """
    mappings.parse(document)
    apart.check_no_demo(slug)
    folder = settings.DATA_FOLDER / "files" / slug
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        new = not Source.objects.filter(slug=slug).exists()
        _keep_mapping(folder / MAPPING, document)
        source = folders.watch(folder, folder / MAPPING, slug=slug, name=name, now=now)
        told = {"file": ", ".join(upload.name for upload in uploads)}
        record.record("connected" if new else "changed", source, by=by, now=now, after=told)
        for upload in uploads:
            upload.file.rename(folder / f"{now:%Y%m%dT%H%M%S}-{upload.name}")
    for upload in uploads:
        upload.rejects.unlink(missing_ok=True)
    return source


def check_rules(source: Source, meaning: Mapping) -> None:
    """Refuses a mapping under which a source would be read in another way than what is held of it."""
    held = store().manifest().sources.get(source.slug)
    if held is not None and held.rules != meaning.rules:
        raise Refused(OTHER_RULES, source=source.name)


def is_kept(source: Source, document: dict[str, Any]) -> bool:
    """Whether the mapping of a source says this already."""
    return mapping_text(source) in {None, _written(document)}


def mapping_text(source: Source) -> str | None:
    """The mapping of a source whose files are uploaded, as YAML; None when a restored backup came without it."""
    file = folders.place(source, "mapping")
    return file.read_text(encoding="utf-8") if file.is_file() else None


def is_uploaded(source: Source) -> bool:
    """Whether the files of a source are uploaded; other folders belong to somebody else."""
    return (
        source.make == Source.Make.FOLDER
        and folders.place(source, "folder") == settings.DATA_FOLDER / "files" / source.slug
    )  # fmt: skip


def _folder() -> Path:
    folder: Path = settings.DATA_FOLDER / "uploads"
    return folder


def _write(file: Path, chunks: Iterable[bytes]) -> None:
    with file.open("xb") as handle:
        for chunk in chunks:
            handle.write(chunk)


def _keep_mapping(file: Path, document: dict[str, Any]) -> None:
    """Keep a mapping in one step. One that says what it said keeps its time, so that nothing is read again."""
    text = _written(document)
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return
    half = file.with_suffix(".half")
    half.write_text(text, encoding="utf-8")
    half.replace(file)


def _written(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
