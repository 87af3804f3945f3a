"""The facts: there, whole, of this version."""

from collections.abc import Iterator

from milepost.base.errors import MilepostError
from milepost.base.marks import gettext_noop
from milepost.cli.doctor.findings import Finding, failure, ok, warning
from milepost.sources import sync
from milepost.worker import readiness


def findings() -> Iterator[Finding]:
    """All of it."""
    try:
        manifest = sync.store().manifest()
        behind = readiness.outdated()
    except MilepostError as error:
        yield failure("facts", error.message, **error.values)
        return
    except (OSError, ValueError, KeyError, TypeError):
        yield failure(
            "facts",
            gettext_noop("The facts in %(folder)s cannot be read. Restore a backup, or import the tickets again."),
            folder=sync.store().folder,
        )
        return
    missing = [name for name in manifest.files() if not (sync.store().folder / name).is_file()]
    if missing:
        yield failure(
            "facts",
            gettext_noop("Files of the facts are missing, for example %(file)s. Restore a backup."),
            file=missing[0],
        )
    elif behind:
        yield warning(
            "facts",
            gettext_noop("The facts of an older version are made anew by the next worker, or now by: milepost rebuild"),
        )
    else:
        yield ok("facts", gettext_noop("The facts are whole and of this version."))
