"""milepost measure: any number of the product, for checking."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.calendars.periods import midnight
from milepost.cli import arguments, grouping, measured
from milepost.cli.command import MilepostCommand
from milepost.cli.measured import Span
from milepost.goals.models import Goal
from milepost.goals.team_ways import OVERLAP
from milepost.metrics.metric import Hours
from milepost.metrics.presets import preset
from milepost.metrics.question import By
from milepost.sources import sync

DAY: Final = timedelta(days=1)


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
        arguments.team_by(parser)
        arguments.narrow(parser)
        parser.add_argument("--format", choices=["table", "csv", "json"], default="table")

    def run(self, **options: Any) -> None:
        """Ask the facts and print the answer."""
        store, account, now = sync.store(), the_account(), clock.now()
        by_membership = options["by"] == By.TEAM and options["team_by"] == Goal.TeamBy.MEMBERSHIP
        groups = grouping.by_membership(store) if by_membership else grouping.of_facts(By(options["by"]), store)
        rows = measured.rows(
            store,
            preset(options["metric"], Hours(options["hours"]), within=options["within"], days=options["days"]),
            grouping=groups,
            span=Span(options["duration"], options["first"], options["last"]),
            conditions=measured.conditions(store, options),
            account=account,
            now=now,
        )
        measured.write(self.stdout, rows, options["format"])
        days = (
            midnight(options["first"], ZoneInfo(account.zone)),
            midnight(options["last"] + DAY, ZoneInfo(account.zone)),
        )
        if overlap := grouping.shared(groups, *days):
            self.stderr.write(_(OVERLAP) % {"teams": ", ".join(overlap)})
