"""Whether the numbers are being calculated at this moment."""

from dataclasses import dataclass
from datetime import datetime

from milepost.worker import queries
from milepost.worker.queries import State


@dataclass(frozen=True)
class Calculation:
    """Asked for, under way, or neither; `forgotten` where nobody takes it up."""

    wanted: bool = False
    running: bool = False
    forgotten: bool = False

    @property
    def idle(self) -> bool:
        """Whether somebody may ask for one: asked twice it is done once."""
        return not (self.wanted or self.running)


def under_way(*, now: datetime) -> Calculation:
    """How the calculation of all goals is at this moment."""
    job = queries.job("refresh", now=now)
    if job is None:
        return Calculation()
    due = job.due_at is not None and job.due_at <= now
    running = job.state is State.RUNNING
    return Calculation(wanted=due, running=running, forgotten=job.state is State.OVERDUE)
