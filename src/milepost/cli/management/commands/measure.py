"""milepost measure: any number of the product, for checking."""

from argparse import ArgumentParser
from typing import Any

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.cli import arguments, measured
from milepost.cli.command import MilepostCommand
from milepost.cli.measured import Span
from milepost.metrics.metric import Hours
from milepost.metrics.presets import preset
from milepost.metrics.question import By
from milepost.sources import sync


class Command(MilepostCommand):
    """Prints period, group, value, numerator and denominator."""

    help = "Measure a metric by agent, team or pipeline, period by period."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is measured, of what, and when."""
        parser.add_argument("--metric", required=True, help="for example tickets_closed or average_response_time")
        parser.add_argument("--by", choices=[by.value for by in By], default=By.ALL.value)
        parser.add_argument("--duration", choices=["weekly", "monthly", "quarterly", "yearly"], default="monthly")
        parser.add_argument("--from", dest="first", type=arguments.day, required=True, help="first day")
        parser.add_argument("--to", dest="last", type=arguments.day, required=True, help="last day, included")
        parser.add_argument("--pipeline", action="append", default=[], help="only this pipeline; may be repeated")
        parser.add_argument("--priority", action="append", default=[], help="only this priority; may be repeated")
        parser.add_argument("--channel", action="append", default=[], help="only this channel; may be repeated")
        parser.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="FIELD[=TEXT]",
            help="only where a named field is told, or is this text; may be repeated",
        )
        parser.add_argument("--hours", choices=[hours.value for hours in Hours], default=Hours.CALENDAR.value)
        parser.add_argument(
            "--within", type=arguments.duration, metavar="TIME", help="the bound: 4h, 1:30, 45 (minutes)"
        )
        parser.add_argument("--days", type=int, help="how many days a resolution must stand, or a reopen may take")
        parser.add_argument("--format", choices=["table", "csv", "json"], default="table")

    def run(self, **options: Any) -> None:
        """Ask the facts and print the answer."""
        rows = measured.rows(
            sync.store(),
            preset(options["metric"], Hours(options["hours"]), within=options["within"], days=options["days"]),
            by=By(options["by"]),
            span=Span(options["duration"], options["first"], options["last"]),
            conditions=measured.conditions(sync.store(), options),
            account=the_account(),
            now=clock.now(),
        )
        measured.write(self.stdout, rows, options["format"])
