"""milepost backup: one file that holds everything."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from milepost.cli import backup
from milepost.cli.command import MilepostCommand


class Command(MilepostCommand):
    """Writes a backup."""

    help = "Write the database, the facts and the key into one file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)

    def run(self, **options: Any) -> None:
        """Back up, and say how large it is."""
        file: Path = options["file"].absolute()
        backup.backup(file)
        self.stdout.write(
            f"{file} holds everything: {file.stat().st_size / 1e6:.1f} MB. It holds the key too: keep it safe."
        )
