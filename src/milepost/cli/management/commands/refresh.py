"""milepost refresh: measure all goals now."""

from typing import Any

from milepost.base import clock
from milepost.cli.command import MilepostCommand
from milepost.progress.measure import refresh
from milepost.sources import sync


class Command(MilepostCommand):
    """Measures every target whose milestone has begun."""

    help = "Measure all goals now."

    def run(self, **_options: Any) -> None:
        """Refresh and say how much was measured."""
        refreshed = refresh(store=sync.store(), now=clock.now())
        self.stdout.write(f"{refreshed.measured} targets measured.")
