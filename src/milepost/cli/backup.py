"""One file that holds an installation: its database, facts, uploaded files, key. Restoring it needs nothing else."""

import json
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from milepost import __version__
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.tickets.store import manifest as manifests
from milepost.tickets.store.lock import writing

FORMAT: Final = 1
META: Final = "backup.json"
SQLITE: Final = "database.sqlite3"
POSTGRESQL: Final = "database.dump"
KEY: Final = "secret_key"
FACTS: Final = "facts/"
# Files that were uploaded, each source's in a folder of its own. Backups of earlier versions have none.
FILES: Final = "files/"
HOUR: Final = 3600
# What the programs of PostgreSQL are told, by our settings and by the options of the driver.
TOLD: Final = {
    "PGHOST": "HOST",
    "PGPORT": "PORT",
    "PGUSER": "USER",
    "PGPASSWORD": "PASSWORD",
    "PGDATABASE": "NAME",
    "PGPASSFILE": "passfile",
    "PGSSLCERT": "sslcert",
    "PGSSLKEY": "sslkey",
    "PGSSLMODE": "sslmode",
    "PGSSLROOTCERT": "sslrootcert",
}


def backup(file: Path) -> None:
    """Write a backup; `file` appears when it is whole. Refuses to write over another file.

    Readers go on; an import that wants to write meanwhile is told to start again.
    """
    if file.exists():
        raise Refused(gettext_noop("%(file)s is there already. Name a new file."), file=file)
    if not file.parent.is_dir():
        raise Refused(gettext_noop("There is no folder %(folder)s."), folder=file.parent)
    fresh = file.with_name(f"{file.name}.part")
    fresh.touch(mode=0o600)
    try:
        with writing(settings.FACTS_FOLDER) as scratch, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            meta = {"format": FORMAT, "version": __version__, "vendor": connection.vendor, "files": True}
            archive.writestr(META, json.dumps(meta))
            _put_facts(archive)
            _put_files(archive)
            _put_database(archive, scratch)
            key = settings.DATA_FOLDER / KEY
            if key.exists():
                archive.write(key, KEY)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def restore(file: Path, *, replace: bool) -> str:
    """Put a backup into place and bring it up to this version; the version it was made by.

    Refuses to write over an installation unless `replace` says so, and a backup of the other kind of database.
    """
    with _opened(file) as archive:
        meta = _meta(archive, file)
        if not replace and _in_use():
            raise Refused(
                gettext_noop("There is an installation in %(folder)s. Use --replace to put the backup in its place."),
                folder=settings.DATA_FOLDER,
            )
        settings.DATA_FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.DATA_FOLDER, prefix="restore-") as folder:
            archive.extractall(folder)
            # The database first: it is the step that may fail, and what fails there changes nothing.
            _take_database(Path(folder))
            _swap(settings.FACTS_FOLDER, Path(folder) / FACTS)
            if meta.get("files"):
                _swap(settings.DATA_FOLDER / FILES, Path(folder) / FILES)
            if (Path(folder) / KEY).exists():
                (Path(folder) / KEY).replace(settings.DATA_FOLDER / KEY)
                (settings.DATA_FOLDER / KEY).chmod(0o600)
    call_command("migrate", verbosity=0)
    return str(meta["version"])


def _put_facts(archive: zipfile.ZipFile) -> None:
    folder = settings.FACTS_FOLDER
    if not (folder / manifests.NAME).exists():
        return
    for name in {manifests.NAME, *manifests.read(folder).files()}:
        # Parquet is packed already.
        archive.write(folder / name, FACTS + name, compress_type=zipfile.ZIP_STORED)


def _put_files(archive: zipfile.ZipFile) -> None:
    folder = settings.DATA_FOLDER / FILES
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            archive.write(file, FILES + file.relative_to(folder).as_posix())


def _put_database(archive: zipfile.ZipFile, scratch: Path) -> None:
    if connection.vendor == "sqlite":
        copy = scratch / SQLITE
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
        archive.write(copy, SQLITE)
    else:
        dump = scratch / POSTGRESQL
        _run(["pg_dump", "--format=custom", "--no-owner", f"--file={dump}"])
        archive.write(dump, POSTGRESQL, compress_type=zipfile.ZIP_STORED)


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile) as error:
        raise Refused(gettext_noop("%(file)s is not a backup: %(error)s"), file=file, error=error) from error


def _meta(archive: zipfile.ZipFile, file: Path) -> Mapping[str, Any]:
    try:
        meta = json.loads(archive.read(META))
    except (KeyError, ValueError) as error:
        raise Refused(gettext_noop("%(file)s is not a backup of Milepost."), file=file) from error
    if meta["format"] != FORMAT:
        raise Refused(gettext_noop("%(file)s was made by a newer version of Milepost. Upgrade first."), file=file)
    if meta["vendor"] != connection.vendor:
        raise Refused(
            gettext_noop("The backup is of a %(vendor)s database. Set MILEPOST_DATABASE to one of that kind."),
            vendor=meta["vendor"],
        )
    return dict(meta)


def _in_use() -> bool:
    if (settings.FACTS_FOLDER / manifests.NAME).exists():
        return True
    return bool(connection.introspection.table_names())


def _swap(place: Path, restored: Path) -> None:
    """Put a restored folder into its place; what was there goes with the folder it was restored in."""
    restored.mkdir(exist_ok=True)
    if place.exists():
        place.rename(restored.with_name(f"{restored.name}-before"))
    restored.rename(place)


def _take_database(folder: Path) -> None:
    connections.close_all()
    if connection.vendor == "sqlite":
        _check_whole(folder / SQLITE)
        database = Path(str(connection.settings_dict["NAME"]))
        for leftover in (database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.move(folder / SQLITE, database)
    else:
        name = str(connection.settings_dict["NAME"])
        _run(
            [
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                "-d",
                name,
                str(folder / POSTGRESQL),
            ]
        )


def _check_whole(copy: Path) -> None:
    """PostgreSQL checks what it restores; a file of SQLite would be taken as it is."""
    try:
        with closing(sqlite3.connect(copy)) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise Refused(gettext_noop("The database in the backup is damaged: %(found)s. Take another one."), found=found)


def _run(command: list[str]) -> None:
    """Run a program of PostgreSQL on our database; its password travels in the environment, not in the arguments."""
    database: Mapping[str, Any] = connection.settings_dict
    told = {**database, **database.get("OPTIONS", {})}
    environment = {name: str(told[key]) for name, key in TOLD.items() if told.get(key)}
    program = shutil.which(command[0])
    if program is None:
        raise Refused(
            gettext_noop("%(program)s is not installed. Install the client of PostgreSQL."), program=command[0]
        )
    try:
        subprocess.run(
            [program, *command[1:]], env=environment, check=True, timeout=HOUR, capture_output=True, text=True
        )
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", "") or str(error)
        raise Refused(gettext_noop("%(program)s failed: %(said)s"), program=command[0], said=said.strip()) from error
