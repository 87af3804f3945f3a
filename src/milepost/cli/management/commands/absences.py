"""milepost absences: who is absent, and a file of absences."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.cli.command import MilepostCommand
from milepost.people import absence_table, absences
from milepost.people.models import Person
from milepost.progress.measure import refresh_people
from milepost.sources import sync

WRONG = gettext_noop("Nothing is taken over while a line is wrong: %(lines)s")
NO_FILE = gettext_noop("%(file)s cannot be read: %(error)s")
LISTED = 20


class Command(MilepostCommand):
    """Lists absences, or reads a file of them."""

    help = "List who is absent now and later, or take over a CSV file of absences."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        acts = parser.add_subparsers(dest="act", required=True)
        listing = acts.add_parser("list", help="print who is absent, as the file that import reads")
        listing.add_argument("--past", action="store_true", help="those that are over, too")
        reading = acts.add_parser("import", help="take over a CSV file with the columns name, email, from, to")
        reading.add_argument("file", type=Path)
        reading.add_argument("--try", action="store_true", dest="only_try", help="say what it would bring, no more")

    def run(self, **options: Any) -> None:
        """List or import."""
        if options["act"] == "list":
            self._list(past=options["past"])
        else:
            self._import(options["file"], absence_table.try_out if options["only_try"] else absence_table.take_over)

    def _list(self, *, past: bool) -> None:
        found = absences.present().select_related("person").order_by("first_day", "person__order", "pk")
        if not past:
            found = found.filter(after_day__gt=clock.now().astimezone(ZoneInfo(the_account().zone)).date())
        self.stdout.write(",".join(absence_table.HEADING))
        for row in absence_table.rows(found.iterator()):
            self.stdout.write(absence_table.line(row))

    def _import(self, file: Path, act: Callable[..., absence_table.Outcome]) -> None:
        now = clock.now()
        outcome = act(_text(file), people=Person.objects.all(), by=None, now=now)
        if outcome.mistakes:
            wrong = [f"{one.number}: {one.error}" for one in outcome.mistakes[:LISTED]]
            raise Refused(WRONG, lines="; ".join(wrong))
        if act is absence_table.take_over:
            refresh_people(outcome.people, store=sync.store(), now=now)
        self.stdout.write(f"Absences: {outcome.new} new, {outcome.unchanged} unchanged.")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(NO_FILE, file=file, error=error) from error
