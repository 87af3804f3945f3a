"""Reading history."""

from collections.abc import Iterable
from typing import Final

from milepost.history.models import Change

MOST: Final = 50


def newest_of(kind: str, keys: Iterable[object]) -> list[Change]:
    """The newest changes, at most 50, of the things of this kind with these keys."""
    return list(Change.objects.filter(thing_kind=kind, thing_id__in=[str(key) for key in keys])[:MOST])
