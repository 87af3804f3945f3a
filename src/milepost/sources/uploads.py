"""Files that are uploaded: kept aside until somebody says what they mean, then read like those of a watched folder."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings
from django.db import transaction

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.connectors.files import reading
from milepost.connectors.files.reading import Reading
from milepost.connectors.table import mapping as mappings
from milepost.connectors.table.mapping import Mapping
from milepost.history import record
from milepost.people.models import User
from milepost.sources import apart, folders
from milepost.sources.models import Source
from milepost.sources.sync import staging_file

LARGEST: Final = 50_000_000
ENDINGS: Final = (".csv", ".xlsx", ".parquet")
# A letter may take four bytes, and a file system holds 255 of them.
LONGEST_NAME: Final = 50
MAPPING: Final = "mapping.yaml"

TOO_LARGE: Final = gettext_noop("This file is larger than 50 MB. Split it, or have a folder watched for larger files.")
WRONG_KIND: Final = gettext_noop("Upload a CSV, Excel or Parquet file (.csv, .xlsx, .parquet).")
NO_ROWS: Final = gettext_noop("This file has no rows.")


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded and not taken over yet. The token is known to who uploaded it only."""

    token: str
    name: str

    @property
    def file(self) -> Path:
        """Where it waits."""
        return _folder() / f"{self.token}{Path(self.name).suffix.lower()}"

    @property
    def rejects(self) -> Path:
        """The rows of it that could not be read when it was tried out last."""
        return _folder() / f"{self.token}.rejects"


def receive(name: str, chunks: Iterable[bytes]) -> Upload:
    """Put a file aside. Refuses what is too large or of a kind that is not read; then nothing is left of it."""
    upload = Upload(token=secrets.token_hex(16), name=Path(name).name[-LONGEST_NAME:])
    if upload.file.suffix not in ENDINGS:
        raise Refused(WRONG_KIND)
    _folder().mkdir(parents=True, exist_ok=True)
    try:
        size = _write(upload.file, chunks)
    except BaseException:
        upload.file.unlink(missing_ok=True)
        raise
    if size == 0:
        upload.file.unlink()
        raise Refused(NO_ROWS)
    return upload


def try_out(upload: Upload, meaning: Mapping, *, now: datetime) -> Reading:
    """Read all of a file as it would be imported, and keep nothing but the rows that cannot be read."""
    upload.rejects.unlink(missing_ok=True)
    with staging_file(now) as staging:
        return reading.read(upload.file, meaning, source="", staging=staging, rejects=upload.rejects)


def take_over(
    upload: Upload, document: dict[str, Any], *, slug: str, name: str, by: User | None, now: datetime
) -> Source:
    """Put a file with its mapping where the worker reads it, as a source of its own or a newer file of one.

    Files are read in the order in which they were uploaded.
    """
    mappings.parse(document)
    apart.check_no_demo(slug)
    folder = settings.DATA_FOLDER / "files" / slug
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        new = not Source.objects.filter(slug=slug).exists()
        _keep_mapping(folder / MAPPING, document)
        source = folders.watch(folder, folder / MAPPING, slug=slug, name=name, now=now)
        record.record("connected" if new else "changed", source, by=by, now=now, after={"file": upload.name})
        upload.file.rename(folder / f"{now:%Y%m%dT%H%M%S}-{upload.name}")
    upload.rejects.unlink(missing_ok=True)
    return source


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


def _write(file: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    with file.open("xb") as handle:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise Refused(TOO_LARGE)
            handle.write(chunk)
    return size


def _keep_mapping(file: Path, document: dict[str, Any]) -> None:
    """Keep a mapping in one step. One that says what it said keeps its time, so that nothing is read again."""
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return
    half = file.with_suffix(".half")
    half.write_text(text, encoding="utf-8")
    half.replace(file)
