"""milepost import: read an event log or a ticket table."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.cli import arguments
from milepost.cli.command import MilepostCommand
from milepost.cli.progress_bar import progress_bar
from milepost.connectors.table import mapping
from milepost.progress.measure import refresh_after
from milepost.sources import sync
from milepost.sources.models import Source
from milepost.sources.sync import Imported, Span


class Command(MilepostCommand):
    """Reads a file; what it holds already changes nothing."""

    help = "Read an event log or a ticket table (CSV, also zipped or gzipped, XLSX, Parquet) into the fact store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, its mapping, and what its owner knows of it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="YAML file that says what the columns mean")
        parser.add_argument("--source", default="files", help="which series of files this one belongs to")
        parser.add_argument(
            "--complete-from", type=arguments.moment, help="the file holds every ticket from this day on"
        )
        parser.add_argument(
            "--complete-until", type=arguments.moment, help="the file holds every event up to the end of this day"
        )

    def run(self, **options: Any) -> None:
        """Import, measure all goals anew, and say what came and what was refused."""
        slug = options["source"]
        try:
            validate_slug(slug)
        except ValidationError as error:
            raise Refused(
                gettext_noop("“%(source)s” cannot name a source. Use letters, digits, - and _."), source=slug
            ) from error
        zone = ZoneInfo(the_account().zone)
        with progress_bar("Reading") as progress:
            imported = sync.import_file(
                options["file"],
                mapping.load(options["mapping"]),
                slug=slug,
                name=slug,
                make=Source.Make.FILE,
                zone=zone,
                now=clock.now(),
                span=Span(
                    complete_from=_moment(options["complete_from"], zone),
                    complete_until=_moment(options["complete_until"], zone, after=True),
                ),
                progress=progress,
            )
        refresh_after(imported.written, store=sync.store(), now=clock.now())
        self._report(imported, zone)

    def _report(self, imported: Imported, zone: ZoneInfo) -> None:
        reading, written = imported.reading, imported.written
        self.stdout.write(
            f"{reading.rows} rows read. Tickets: {written.new} new, {written.updated} updated, "
            f"{written.unchanged} unchanged."
        )
        source = imported.source
        if source.complete_from and source.complete_until:
            self.stdout.write(
                f"The source covers {source.complete_from.astimezone(zone):%Y-%m-%d %H:%M} "
                f"to {source.complete_until.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})."
            )
        for one in reading.reasons.values():
            lines = ", ".join(map(str, one.lines)) + (", …" if one.count > len(one.lines) else "")
            self.stdout.write(
                f"Rejected: {one.count} × {one.reason} in “{one.column}”, as “{one.example}” (lines {lines})"
            )
        if reading.rejected:
            self.stdout.write(f"All {reading.rejected} rejected rows are in {imported.rejects}")


def _moment(given: date | datetime | None, zone: ZoneInfo, *, after: bool = False) -> datetime | None:
    """The start of a day, or the start of the day after it; a moment without an offset is of the account's zone."""
    if given is None:
        return None
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=zone)
    return datetime.combine(given + timedelta(days=1) if after else given, time(), tzinfo=zone)
