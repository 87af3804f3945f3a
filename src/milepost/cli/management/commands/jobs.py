"""milepost jobs: what is done when, and what failed."""

from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.cli import jobs_table
from milepost.cli.command import MilepostCommand
from milepost.worker import queries, queue


class Command(MilepostCommand):
    """Lists the jobs, or tries one again."""

    help = "List the jobs: last done, next, failed and why. With --retry, try one again now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which job to try again."""
        parser.add_argument("--retry", metavar="JOB", help="try this job again now")

    def run(self, **options: Any) -> None:
        """Print the table."""
        now = clock.now()
        if options["retry"]:
            job = queue.retry(options["retry"], now=now)
            self.stdout.write(f"{job.name} is tried again by the next worker that is free.")
            return
        jobs = queries.jobs(now=now)
        self.stdout.write(jobs_table.table(jobs, ZoneInfo(the_account().zone)))
        if not jobs or queries.is_nobody_at_work(jobs):
            self.stdout.write("No worker is at work. Start one with: milepost up, or: milepost worker")
