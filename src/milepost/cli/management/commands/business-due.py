"""milepost business-due: when a number of working seconds is used up."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars import calendar_file
from milepost.calendars.business_time import due
from milepost.calendars.working_hours import Schedule
from milepost.cli import business_time
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Prints one moment, in the time zone of the calendar."""

    help = "Print the first moment at which so many business seconds have gone."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The calendar, from when, and how many seconds."""
        parser.add_argument("--calendar", type=Path, required=True, help="a calendar in YAML or JSON")
        parser.add_argument("start", metavar="FROM", help="as 2026-03-02T09:00:00+01:00")
        parser.add_argument("seconds", metavar="SECONDS", help="a whole number, 0 or more")

    def run(self, **options: Any) -> None:
        """Reckon and print."""
        calendar = calendar_file.load(options["calendar"])
        moment = due(Schedule.of(calendar), business_time.moment(options["start"]), _seconds(options["seconds"]))
        if moment is None:
            raise Refused(gettext_noop("So many seconds are not used up before the year 2100. Give fewer."))
        self.stdout.write(datetime.fromtimestamp(moment, calendar.zone).isoformat())


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Refused(
            gettext_noop("“%(text)s” is not a number of seconds. Write a whole number, 0 or more."), text=text
        )
    return int(text)
