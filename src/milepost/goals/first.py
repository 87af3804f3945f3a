"""The first goal."""

from milepost.goals.models import Goal


def was_made() -> bool:
    """Whether anybody has made a goal; it tells nobody whose."""
    return Goal.objects.exists()
