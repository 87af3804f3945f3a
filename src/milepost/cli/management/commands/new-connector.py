"""milepost new-connector: a package for a connector of one’s own."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from milepost.cli import new_connector
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Writes a package that works at once, to be changed from there."""

    help = (
        "Write a package for a connector of your own: settings, mapping, connector, a strict server and its contract."
    )
    needs_database: ClassVar[bool] = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What it is for, and where it goes."""
        parser.add_argument("name", help='the help desk, as people call it: "Acme Desk"')
        parser.add_argument(
            "--into", type=Path, default=Path(), help="the folder that it is written into; else this one"
        )

    def run(self, **options: Any) -> None:
        """Write it, and say what to do with it."""
        folder = new_connector.write(options["name"], options["into"])
        self.stdout.write(f"{folder} is written. Install it beside Milepost, and test it:")
        self.stdout.write(f"  pip install --editable '{folder}[testing]'")
        self.stdout.write(f"  cd {folder} && pytest")
