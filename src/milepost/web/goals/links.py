"""Where a row leads: the page of its goal, that of its target, and the panel that edits it."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse


def goal(key: int) -> str:
    """The page of a goal."""
    return reverse("goal", args=[key])


def target(key: int, first_day: date) -> str:
    """The page of a target, to which the contributor is added."""
    return f"{goal(key)}/{first_day.isoformat()}/"


def editing(key: int) -> str:
    """The panel that edits a goal, to which the target is added."""
    return f"{reverse('edit-goal', args=[key])}?{urlencode({'tab': 'targets'})}&target="
