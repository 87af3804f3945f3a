"""Calendars as JSON, in which the fact store keeps those that its facts were timed by."""

from typing import Any

from milepost.calendars import calendar_file
from milepost.calendars.working_hours import Calendars, Schedule, Version


def to_json(calendars: Calendars) -> dict[str, Any]:
    """The schedule of every calendar, and which of them the account and its teams work by."""
    return {
        "account": calendars.account,
        "teams": {str(team): number for team, number in calendars.teams.items()},
        "schedules": {
            str(number): [[one.valid_from, one.calendar and calendar_file.document(one.calendar)] for one in versions]
            for number, versions in ((number, schedule.versions) for number, schedule in calendars.schedules.items())
        },
    }


def from_json(kept: dict[str, Any]) -> Calendars:
    """The same calendars again."""
    return Calendars(
        schedules={int(number): _schedule(versions) for number, versions in kept["schedules"].items()},
        account=kept["account"],
        teams={int(team): number for team, number in kept["teams"].items()},
    )


def _schedule(versions: list[tuple[int, Any]]) -> Schedule:
    return Schedule(tuple(Version(since, calendar_file.parse(one) if one else None) for since, one in versions))
