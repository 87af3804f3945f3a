"""milepost restore: put a backup into place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from milepost.cli import backup
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Restores a backup, also one of an older version."""

    help = "Put a backup into place and bring it up to this version. Stop the server first."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one, and whether it may replace what is there."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="replace the installation that is there")

    def run(self, **options: Any) -> None:
        """Restore, and say what was restored."""
        version = backup.restore(options["file"], replace=options["replace"])
        self.stdout.write(f"Restored a backup made by Milepost {version}.")
