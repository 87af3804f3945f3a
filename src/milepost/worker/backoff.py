"""How long to wait after a failure, and when to ask a person."""

from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(hours=1)
DOUBLINGS: Final = 10
# After so many failures in a row somebody should look. The job is tried on all the same.
PATIENCE: Final = 5


def wait(attempts: int, *, chance: float) -> timedelta:
    """How long to wait after so many failures: twice as long each time, an hour at most.

    `chance`, from 0 to 1, takes away up to half of it, so that what failed together is not tried again together.
    """
    longest = min(FIRST * (1 << min(attempts - 1, DOUBLINGS)), LONGEST)
    return longest * (1 - chance / 2)


def needs_person(attempts: int, *, permanent: bool) -> bool:
    """Whether somebody should look: trying again is of no use, or was of none often enough."""
    return permanent or attempts >= PATIENCE
