"""milepost worker: works the jobs."""

from argparse import SUPPRESS, ArgumentParser
from typing import Any

from milepost.cli import working
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Works jobs until it is stopped."""

    help = "Work the jobs: read sources, calculate goals, clean up. Any number may run beside each other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose worker it is; `milepost up` says so."""
        parser.add_argument("--parent", type=int, help=SUPPRESS)

    def run(self, **options: Any) -> None:
        """Work until SIGTERM."""
        working.work(parent=options["parent"])
