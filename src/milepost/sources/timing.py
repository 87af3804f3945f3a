"""By which working hours the facts are timed: those of the team that a group of a help desk stands for."""

from dataclasses import replace

from milepost.account import working_hours
from milepost.calendars.working_hours import Calendars
from milepost.sources.models import Identity
from milepost.tickets.clock import WorkingTime


def business() -> WorkingTime:
    """The business time of every group, as the working hours are set now."""
    return WorkingTime(_of_groups(working_hours.calendars()))


def _of_groups(calendars: Calendars) -> Calendars:
    """The same calendars, by the numbers of groups in the facts."""
    groups = Identity.objects.filter(kind=Identity.Kind.TEAM, team__in=calendars.teams)
    numbers = groups.values_list("number", "team")
    return replace(calendars, teams={number: calendars.teams[team] for number, team in numbers if team is not None})
