"""milepost up: the pages and the jobs."""

from argparse import ArgumentParser
from typing import Any

from milepost.cli import server, working
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Serves the pages and works the jobs until it is stopped."""

    help = "Serve the pages and work the jobs."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def run(self, **options: Any) -> None:
        """Bring everything up to this version, then serve with a worker beside it."""
        server.prepare(options["host"], options["port"])
        with working.beside():
            server.serve(options["host"], options["port"], out=self.stdout)
