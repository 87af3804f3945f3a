"""milepost serve: the pages."""

from argparse import ArgumentParser
from typing import Any

from milepost.cli import server
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Serves the pages until it is stopped."""

    help = "Serve the pages; the jobs are left to milepost worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def run(self, **options: Any) -> None:
        """Bring everything up to this version, then serve."""
        server.prepare(options["host"], options["port"])
        server.serve(options["host"], options["port"], out=self.stdout)
