"""Where a row leads: the page of its goal, and the panel that edits it."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def details(goal: int) -> str:
    """The page of a goal; empty where there is none."""
    return _address("goal", goal)


def editing(goal: int) -> str:
    """The panel that edits a goal, to which the target is added; empty where there is none."""
    address = _address("edit-goal", goal)
    return f"{address}?{urlencode({'tab': 'targets'})}&target=" if address else ""


def _address(name: str, goal: int) -> str:
    try:
        return reverse(name, args=[goal])
    except NoReverseMatch:
        return ""
