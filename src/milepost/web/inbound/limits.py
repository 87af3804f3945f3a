"""How often an address may be used: counted by the minute, in the process that answers."""

from http import HTTPStatus
from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from milepost.base import clock
from milepost.web.inbound.answers import Problem

MINUTE: Final = 60


def check(name: str, *, most: int) -> None:
    """Count one more, and refuse what is too often with the seconds to wait."""
    now = int(clock.now().timestamp())
    key, left = f"used:{name}:{now // MINUTE}", MINUTE - now % MINUTE
    cache.add(key, 0, MINUTE * 2)
    try:
        used = cache.incr(key)
    except ValueError:
        # It was forgotten in between.
        used = 1
    if used > most:
        said = _("This address was used more than %(most)s times in a minute. Send several events in one request.")
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, said % {"most": most}, Retry_After=str(left))
