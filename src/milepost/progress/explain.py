"""Which tickets made the value of a target, which did not, and why."""

from datetime import datetime

from milepost.goals.models import Target
from milepost.metrics import engine
from milepost.metrics.explain import Page
from milepost.progress.measure import question
from milepost.tickets.store import Store


def explained(target: Target, *, store: Store, now: datetime, first: int = 0, size: int = 50) -> Page:
    """A page of the tickets behind a target as of `now`; as many are counted as its sample says when measured then."""
    asked = question(target)
    return Page((), 0, 0) if asked is None else engine.explained(store, asked, now=now, first=first, size=size)
