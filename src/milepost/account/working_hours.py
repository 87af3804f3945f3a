"""The calendars of the account and of its teams: adding a version, and reading all of them for the facts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from milepost.account.models import Calendar, CalendarVersion
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars import calendar_file
from milepost.calendars.working_hours import BEGINNING, Calendars, Schedule, Version
from milepost.calendars.working_hours import Calendar as Hours
from milepost.history.record import Actor, record

Document = dict[str, Any] | None
# What holds from each moment on, in the order of the moments.
Steps = list[tuple[int, Document]]


@transaction.atomic
def set_hours(
    hours: Hours, *, team: int | None, valid_from: datetime | None, by: Actor | None, now: datetime, reason: str = ""
) -> CalendarVersion:
    """Let the account, or one of its teams, work by these hours from a moment on; without one, from the beginning.

    Versions that come into force later stay; one from the same moment gives way. Facts are as before until they are
    rebuilt.
    """
    return _add(calendar_file.document(hours), team=team, valid_from=valid_from, by=by, now=now, reason=reason)


@transaction.atomic
def follow_the_account(
    team: int, *, valid_from: datetime, by: Actor | None, now: datetime, reason: str = ""
) -> CalendarVersion:
    """Let a team work by the account's calendar again from a moment on."""
    if not Calendar.objects.filter(team_number=team).exists():
        raise Refused(gettext_noop("The team has no working hours of its own. It works by those of the account."))
    return _add(None, team=team, valid_from=valid_from, by=by, now=now, reason=reason)


def calendars(*, known_at: datetime | None = None) -> Calendars:
    """Every calendar by its number, with the versions added up to a moment, or with all of them.

    Where a team has no hours of its own, before its first version or since it follows the account again, the account's
    calendar is part of its schedule; where the account has none either, every hour counts.
    """
    steps, numbers = _steps(known_at)
    account = numbers.get(None)
    of_account = [] if account is None else steps[account]
    return Calendars(
        schedules={
            pk: _schedule(of_account if team is None else _spliced(steps[pk], of_account))
            for team, pk in numbers.items()
        },
        account=account,
        teams={team: pk for team, pk in numbers.items() if team is not None},
    )


def in_force(team: int | None, moment: datetime) -> Hours | None:
    """The hours of the account, or a team's own, at a moment; None where it has none of its own then."""
    for calendar in Calendar.objects.filter(team_number=team):
        document = _in_force(_steps(None)[0].get(calendar.pk, []), _moment(moment))
        return calendar_file.parse(document) if document else None
    return None


def versions(team: int | None) -> list[CalendarVersion]:
    """All that was ever said of the account, or of a team, the newest first."""
    return list(CalendarVersion.objects.filter(calendar__team_number=team).order_by("-pk"))


def are_set() -> bool:
    """Whether the account or any team has working hours."""
    return CalendarVersion.objects.filter(document__isnull=False).exists()


def _add(
    document: Document, *, team: int | None, valid_from: datetime | None, by: Actor | None, now: datetime, reason: str
) -> CalendarVersion:
    calendar, _created = Calendar.objects.get_or_create(team_number=team)
    before = _in_force(_steps(None)[0].get(calendar.pk, []), _moment(valid_from))
    version = CalendarVersion.objects.create(calendar=calendar, valid_from=valid_from, document=document, added_at=now)
    since = None if valid_from is None else valid_from.astimezone(UTC).isoformat()
    record(
        "changed",
        calendar,
        by=by,
        now=now,
        before={"hours": before},
        after={"hours": document, "valid_from": since},
        reason=reason,
    )
    return version


def _steps(known_at: datetime | None) -> tuple[dict[int, Steps], dict[int | None, int]]:
    """The steps of every calendar that has any, and the number of each by its team; one query."""
    versions = CalendarVersion.objects.order_by("pk")
    if known_at is not None:
        versions = versions.filter(added_at__lte=known_at)
    found: dict[int, dict[int, Document]] = defaultdict(dict)
    numbers: dict[int | None, int] = {}
    rows = versions.values_list("calendar", "calendar__team_number", "valid_from", "document")
    for calendar, team, valid_from, document in rows:
        found[calendar][_moment(valid_from)] = document
        numbers[team] = calendar
    return {calendar: sorted(steps.items()) for calendar, steps in found.items()}, numbers


def _spliced(own: Steps, account: Steps) -> Steps:
    """A team's own steps, and the account's where it has none."""
    edges = sorted({moment for moment, _document in [*own, *account]})
    return [(edge, _in_force(own, edge) or _in_force(account, edge)) for edge in edges]


def _in_force(steps: Steps, moment: int) -> Document:
    return next((document for since, document in reversed(steps) if since <= moment), None)


def _schedule(steps: Iterable[tuple[int, Document]]) -> Schedule:
    return Schedule(tuple(Version(moment, calendar_file.parse(one) if one else None) for moment, one in steps))


def _moment(valid_from: datetime | None) -> int:
    return BEGINNING if valid_from is None else int(valid_from.timestamp())
