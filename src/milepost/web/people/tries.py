"""Counts the tries to sign in with an address, whether or not anybody has it."""

import hashlib
from typing import Final

from django.core.cache import cache

MOST: Final = 10
REST_SECONDS: Final = 300


def are_used_up(address: str) -> bool:
    """Whether nobody may try this address until five minutes after the first of ten tries."""
    return int(cache.get(_key(address), 0)) >= MOST


def count(address: str) -> None:
    """One more try."""
    if cache.add(_key(address), 1, REST_SECONDS):
        return
    try:
        cache.incr(_key(address))
    except ValueError:
        # It was forgotten in between.
        cache.add(_key(address), 1, REST_SECONDS)


def forget(address: str) -> None:
    """Signing in succeeded."""
    cache.delete(_key(address))


def _key(address: str) -> str:
    return f"tries:{hashlib.sha256(address.strip().lower().encode()).hexdigest()}"
