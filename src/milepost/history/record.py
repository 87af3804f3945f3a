"""Writing history, in the transaction of the change it tells of."""

from datetime import datetime
from typing import Any, Protocol

from milepost.history.models import Change


class Actor(Protocol):
    """Whoever changes something."""

    pk: Any
    name: str


class Thing(Protocol):
    """Whatever is changed."""

    pk: Any


def record(
    verb: str,
    thing: Thing,
    *,
    by: Actor | None,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> Change:
    """Add one entry. Without an actor it was Milepost itself."""
    return Change.objects.create(
        at=now,
        actor_id=None if by is None else by.pk,
        actor_name="Milepost" if by is None else by.name,
        verb=verb,
        thing_kind=type(thing).__name__.lower(),
        thing_id=str(thing.pk),
        thing_name=str(thing)[:200],
        before=before,
        after=after,
        reason=reason,
    )
