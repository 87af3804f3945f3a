"""Absences: entering, correcting and removing them, and reading when somebody is absent."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from milepost.account.queries import the_account
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import midnight
from milepost.calendars.spans import Span, united
from milepost.history.record import Actor, record
from milepost.people.models import Absence, Person

LONGEST: Final = timedelta(days=3 * 366)
# Milestones last 24 months at most, so no running one reaches further than that.
NEAR: Final = timedelta(days=2 * 366)

ENDS_FIRST: Final = gettext_noop("The end date is before the start date.")
TOO_LONG: Final = gettext_noop("Choose three years or less.")
THERE: Final = gettext_noop("This absence of %(name)s is there already.")
FROM_CALENDAR: Final = gettext_noop("This absence comes from a calendar. Change it there.")


@transaction.atomic
def add(person: Person, first_day: date, last_day: date, *, by: Actor | None, now: datetime) -> Absence:
    """Enter an absence; both days belong to it. Absences may overlap: no day counts twice."""
    _check(person, first_day, last_day)
    absence = Absence.objects.create(person=person, first_day=first_day, after_day=last_day + timedelta(days=1))
    record("created", absence, by=by, now=now, after=_kept(absence))
    return absence


@transaction.atomic
def change(absence: Absence, first_day: date, last_day: date, *, by: Actor | None, now: datetime) -> None:
    """Correct the days of an absence that was entered here."""
    _check_entered(absence)
    before = _kept(absence)
    if (first_day, last_day) == (absence.first_day, absence.last_day):
        return
    _check(absence.person, first_day, last_day)
    absence.first_day, absence.after_day = first_day, last_day + timedelta(days=1)
    absence.save(update_fields=["first_day", "after_day"])
    record("changed", absence, by=by, now=now, before=before, after=_kept(absence))


@transaction.atomic
def remove(absence: Absence, *, by: Actor | None, now: datetime) -> None:
    """Remove an absence that was entered here. Twice is once."""
    _check_entered(absence)
    if Absence.objects.filter(pk=absence.pk, removed_at__isnull=True).update(removed_at=now):
        record("removed", absence, by=by, now=now, before=_kept(absence))


@transaction.atomic
def bring_back(absence: Absence, *, by: Actor | None, now: datetime) -> None:
    """Undo a removal. Twice is once; an absence that was entered again meanwhile is enough."""
    _check_entered(absence)
    removed = Absence.objects.filter(pk=absence.pk, removed_at__isnull=False)
    if not is_there(absence.person, absence.first_day, absence.last_day) and removed.update(removed_at=None):
        record("brought back", absence, by=by, now=now, after=_kept(absence))


def is_there(person: Person, first_day: date, last_day: date) -> bool:
    """Whether just this absence was entered before."""
    same = present().filter(person=person, first_day=first_day, after_day=last_day + timedelta(days=1))
    return same.filter(feed__isnull=True).exists()


def present() -> QuerySet[Absence]:
    """The absences that were not removed."""
    return Absence.objects.filter(removed_at__isnull=True)


def spans(*, now: datetime) -> Mapping[int, tuple[Span, ...]]:
    """When everybody is absent that has an absence not two years away, by person, in UTC seconds, united."""
    near = present().filter(after_day__gt=now.date() - NEAR, first_day__lt=now.date() + NEAR)
    rows = list(near.order_by().values_list("person", "first_day", "after_day"))
    if not rows:
        return {}
    zone = ZoneInfo(the_account().zone)
    found: dict[int, list[Span]] = defaultdict(list)
    for person, first_day, after_day in rows:
        start, end = (int(midnight(day, zone).timestamp()) for day in (first_day, after_day))
        found[person].append((start, end))
    return {person: tuple(united(theirs)) for person, theirs in found.items()}


def _check(person: Person, first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise Refused(ENDS_FIRST)
    if last_day - first_day > LONGEST:
        raise Refused(TOO_LONG)
    if is_there(person, first_day, last_day):
        raise Refused(THERE, name=person.name)


def _check_entered(absence: Absence) -> None:
    if absence.feed_id is not None:
        raise Refused(FROM_CALENDAR)


def _kept(absence: Absence) -> dict[str, str]:
    return {"since": absence.first_day.isoformat(), "last_day": absence.last_day.isoformat()}
