"""milepost serve: the pages."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command

from milepost.cli import server
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Serves the pages until it is stopped."""

    help = "Serve the pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def run(self, **options: Any) -> None:
        """Bring the database and the assets up to this version, then serve. Refuses an address that is taken."""
        server.check_free(options["host"], options["port"])
        call_command("migrate", verbosity=0)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"Milepost is at http://{options['host']}:{options['port']}/")
        # Where output is piped nobody would see the address before the end.
        self.stdout.flush()
        server.serve(options["host"], options["port"])
