"""The rows that are ticked on the overview."""

from typing import Final

from django.http import HttpRequest

# As many rows as a page holds can be ticked at once.
MOST: Final = 200
# More digits than a key can have.
LONGEST: Final = 18


def ticked(request: HttpRequest) -> list[int]:
    """The keys of their targets."""
    sent = request.POST.getlist("target")[:MOST]
    return [int(key) for key in sent if key.isdecimal() and len(key) <= LONGEST]
