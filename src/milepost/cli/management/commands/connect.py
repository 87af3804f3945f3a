"""milepost connect: a feed of ticket events that is read by itself."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from milepost.base import clock
from milepost.cli import arguments
from milepost.cli.command import MilepostCommand
from milepost.sources import feeds


class Command(MilepostCommand):
    """Connects a feed."""

    help = "Connect a feed of ticket events that a help desk, or a script beside it, serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the feed is, and what lets us read it."""
        parser.add_argument("address", help="for example https://desk.example.org/milepost")
        parser.add_argument("--token-file", type=Path, required=True, help="file that holds the token, and stays")
        parser.add_argument("--source", type=arguments.slug, default="desk", help="the source that the feed is")

    def run(self, **options: Any) -> None:
        """Ask the feed whether it answers; then keep its address."""
        slug = options["source"]
        token_file: Path = options["token_file"].absolute()
        feeds.connect(options["address"], token_file, slug=slug, name=slug, now=clock.now())
        self.stdout.write(f"The feed answers. It is read as “{slug}” while milepost up or milepost worker runs.")
