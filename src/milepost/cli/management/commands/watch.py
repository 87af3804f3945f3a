"""milepost watch: a folder whose files are read by themselves."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from milepost.base import clock
from milepost.cli import arguments
from milepost.cli.command import MilepostCommand
from milepost.sources import folders


class Command(MilepostCommand):
    """Has a folder watched."""

    help = "Have the files of a folder read, and read again when they grow or are replaced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and what its files mean."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="YAML file that says what the columns mean")
        parser.add_argument("--source", type=arguments.slug, default="files", help="the source that the files are")

    def run(self, **options: Any) -> None:
        """Keep folder and mapping; the next worker that is free reads."""
        folder: Path = options["folder"].absolute()
        slug = options["source"]
        folders.watch(folder, options["mapping"].absolute(), slug=slug, name=slug, now=clock.now())
        self.stdout.write(f"The files of {folder} are read as “{slug}” while milepost up or milepost worker runs.")
