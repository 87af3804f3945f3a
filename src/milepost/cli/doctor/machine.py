"""The machine: Python, the libraries, the data folder, time zones."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from packaging.requirements import Requirement

from milepost.base.marks import gettext_noop
from milepost.cli.doctor.findings import Finding, failure, ok, warning

OLDEST: Final = (3, 11)
GIGABYTE: Final = 1024**3
# Below this an import of a large desk, or a backup, may not fit.
ENOUGH: Final = 2 * GIGABYTE
LEAST: Final = GIGABYTE // 5
# Zones with rules that change: who has these has the data.
ZONES: Final = ("Europe/Warsaw", "America/New_York")


def findings() -> Iterator[Finding]:
    """All of it."""
    yield _python()
    yield _libraries()
    folder: Path = settings.DATA_FOLDER
    yield _writable(folder)
    yield _space(shutil.disk_usage(folder).free, folder)
    yield _zones()


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        return failure(
            "python", gettext_noop("Python %(found)s is too old. Install Python 3.11 or newer."), found=found
        )
    return ok("python", gettext_noop("Python %(found)s."), found=found)


def _libraries() -> Finding:
    requirements = [Requirement(line) for line in metadata.requires("milepost") or ()]
    wrong = sorted(told for one in requirements if (told := _wrong(one)))
    if wrong:
        return failure(
            "libraries",
            gettext_noop(
                "These libraries are missing or of another version than needed: %(wrong)s. Install Milepost anew."
            ),
            wrong="; ".join(wrong),
        )
    return ok("libraries", gettext_noop("All libraries are there in the versions that are needed."))


def _wrong(requirement: Requirement) -> str:
    """What is wrong with a library; nothing where it fits, or is not needed here."""
    if requirement.marker is not None and not requirement.marker.evaluate():
        return ""
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return requirement.name
    fits = requirement.specifier.contains(found, prereleases=True)
    return "" if fits else f"{requirement.name} {found}"


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return failure(
            "data folder",
            gettext_noop(
                "The data folder %(folder)s cannot be written: %(error)s. Give it to the user who runs Milepost."
            ),
            folder=folder,
            error=error.strerror,
        )
    return ok("data folder", gettext_noop("The data folder %(folder)s can be written."), folder=folder)


def _space(free: int, folder: Path) -> Finding:
    values: dict[str, object] = {"free": f"{free / GIGABYTE:.1f} GB", "folder": folder}
    if free < LEAST:
        return failure(
            "space", gettext_noop("Only %(free)s are free in %(folder)s: writing will fail. Make room."), **values
        )
    if free < ENOUGH:
        return warning(
            "space",
            gettext_noop("%(free)s are free in %(folder)s. An import or a backup may not fit: make room soon."),
            **values,
        )
    return ok("space", gettext_noop("%(free)s are free in %(folder)s."), **values)


def _zones() -> Finding:
    try:
        for zone in ZONES:
            ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return failure("time zones", gettext_noop("There are no data on time zones. Install the package tzdata."))
    return ok("time zones", gettext_noop("Data on time zones are there (%(version)s)."), version=_zone_version())


def _zone_version() -> str:
    """Python takes the system's data, and those of the package where the system has none."""
    for file in (Path(folder) / "tzdata.zi" for folder in TZPATH):
        if file.exists():
            with file.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version").strip()
    return metadata.version("tzdata")
