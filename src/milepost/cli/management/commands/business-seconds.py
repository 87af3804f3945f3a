"""milepost business-seconds: the working seconds of a span, so that anybody can check one."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars import calendar_file
from milepost.calendars.business_time import business_seconds
from milepost.calendars.working_hours import Schedule
from milepost.cli import business_time
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Prints one number, or a table for the pairs on standard input."""

    help = "Print the business seconds between two moments, or of every pair of moments on standard input."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The calendar, and from when to when."""
        parser.add_argument("--calendar", type=Path, required=True, help="a calendar in YAML or JSON")
        parser.add_argument("start", nargs="?", metavar="FROM", help="as 2026-03-02T09:00:00+01:00")
        parser.add_argument("end", nargs="?", metavar="TO", help="likewise; without both, pairs are read")

    def run(self, **options: Any) -> None:
        """Reckon and print."""
        schedule = Schedule.of(calendar_file.load(options["calendar"]))
        match options:
            case {"start": str(start), "end": str(end)}:
                seconds = business_seconds(schedule, business_time.moment(start), business_time.moment(end))
                self.stdout.write(str(seconds))
            case {"start": str()}:
                raise Refused(gettext_noop("There is a FROM without a TO. Give both, or neither to read pairs."))
            case _:
                self._answer(schedule)

    def _answer(self, schedule: Schedule) -> None:
        answered = business_time.answer(schedule, sys.stdin.buffer, self.stdout)
        if answered.unread:
            raise Refused(
                gettext_noop(
                    "%(unread)s of %(pairs)s pairs could not be read. The column “error” says why. Mend them and run "
                    "this again."
                ),
                unread=answered.unread,
                pairs=answered.pairs,
            )
