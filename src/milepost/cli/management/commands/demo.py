"""milepost demo: a real help desk to look at."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.cli import demo, overview_table, server
from milepost.cli.command import MilepostCommand
from milepost.cli.progress_bar import progress_bar
from milepost.connectors.demo.log import ATTRIBUTION


class Command(MilepostCommand):
    """Loads the demo desk as of today and serves it."""

    help = "Load the demo desk, measure its goals and serve the pages."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to serve, and where to listen."""
        parser.add_argument("--once", action="store_true", help="print the overview as a table and end")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def run(self, **options: Any) -> None:
        """Load and measure; then print the overview, or serve it."""
        if not options["once"]:
            server.check_free(options["host"], options["port"])
        now = clock.now()
        with progress_bar("Reading") as progress:
            manager = demo.load(now=now, progress=progress)
        self.stdout.write("The log of a real help desk, moved in time by whole weeks: yesterday is its last day.")
        self.stdout.write(ATTRIBUTION)
        if options["once"]:
            self.stdout.write(overview_table.table(demo.around(manager, now=now), the_account(), now=now))
        else:
            sign_in = demo.let_in(manager)
            self.stdout.write(f"Sign in as {sign_in.email} with the password {sign_in.password}")
            call_command("up", host=options["host"], port=options["port"])
