"""Secrets that are shown once: from the act that makes one to the next page they wait, sealed, in the session."""

from django.http import HttpRequest

from milepost.base.errors import SourceFailed
from milepost.sources import vault
from milepost.sources.models import Source

ONCE = "shown once"


def keep(request: HttpRequest, source: Source, **secrets: str) -> None:
    """For the next page of this source."""
    request.session[ONCE] = {"source": source.pk, "sealed": vault.seal(secrets)}


def take(request: HttpRequest, source: Source) -> dict[str, str]:
    """What is to be shown of this source now, and never again."""
    told = request.session.pop(ONCE, None)
    if not told or told["source"] != source.pk:
        return {}
    try:
        return vault.unseal(told["sealed"])
    except SourceFailed:
        return {}
