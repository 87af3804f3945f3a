"""milepost rebuild: make all facts anew."""

from typing import Any

from milepost.base import clock
from milepost.cli.command import MilepostCommand
from milepost.progress.measure import refresh
from milepost.sources import sync, timing
from milepost.tickets.store import rebuild


class Command(MilepostCommand):
    """Replays every event that is kept."""

    help = "Make all facts anew from the events that are kept, then measure all goals."

    def run(self, **_options: Any) -> None:
        """Rebuild, measure, and say what changed."""
        written = rebuild(sync.store(), business=timing.business())
        refresh(store=sync.store(), now=clock.now())
        self.stdout.write(f"{written.unchanged} tickets replayed.")
        if written.months:
            self.stdout.write(f"Facts changed in: {', '.join(written.months)}.")
        else:
            self.stdout.write("The facts are the same as before.")
