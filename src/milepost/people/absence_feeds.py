"""Calendars outside that say when somebody is absent: connecting one, and following it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from milepost.account.queries import the_account
from milepost.account.sealed import seal, unseal
from milepost.base.errors import MilepostError, Misconfigured, Refused, SourceFailed
from milepost.connectors import document
from milepost.connectors.absence_calendar import Days, absent_days
from milepost.history.record import Actor, record
from milepost.people.models import Absence, AbsenceFeed, Person

LARGEST: Final = 2_000_000
# What is further away touches no running milestone; what lies before stays as it was read.
BEHIND: Final = timedelta(days=366)
AHEAD: Final = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Followed:
    """How many absences came and went with a reading."""

    new: int
    gone: int

    def __bool__(self) -> bool:
        """Whether anything is different."""
        return bool(self.new or self.gone)


def connect(person: Person, address: str, *, by: Actor | None, now: datetime) -> AbsenceFeed:
    """Follow a calendar, instead of the one that was followed before. It is read first: one that fails is refused."""
    address = address.strip()
    address = f"https://{address.removeprefix('webcal://')}" if address.startswith("webcal://") else address
    try:
        days = _days(address, now)
    except SourceFailed as failed:
        raise Refused(failed.message, **failed.values) from failed
    host = urlsplit(address).hostname or ""
    with transaction.atomic():
        AbsenceFeed.objects.filter(person=person).delete()
        feed = AbsenceFeed.objects.create(
            person=person, address=seal(address), host=host, connected_at=now, read_at=now
        )
        record("calendar connected", person, by=by, now=now, after={"host": host})
        _follow(feed, days, now=now)
    return feed


@transaction.atomic
def disconnect(feed: AbsenceFeed, *, by: Actor | None, now: datetime) -> None:
    """Follow it no longer. Its absences go with it."""
    record("calendar disconnected", feed.person, by=by, now=now, before={"host": feed.host})
    feed.delete()


def read(feed: AbsenceFeed, *, now: datetime) -> Followed:
    """Follow what the calendar says now. When it fails, what was known stays, and the feed says why."""
    try:
        days = _days(unseal(feed.address), now)
    except (SourceFailed, Refused, Misconfigured) as failed:
        _failed(feed, failed)
        return Followed(0, 0)
    with transaction.atomic():
        held = AbsenceFeed.objects.select_for_update().filter(pk=feed.pk)
        if not held.update(read_at=now, failure="", failure_values={}):
            return Followed(0, 0)
        return _follow(feed, days, now=now)


def _days(address: str, now: datetime) -> list[Days]:
    zone, today = ZoneInfo(the_account().zone), now.date()
    read = document.read(address, listed=settings.PRIVATE_HOSTS, most=LARGEST)
    return absent_days(read, zone=zone, since=today - BEHIND, until=today + AHEAD)


def _follow(feed: AbsenceFeed, days: list[Days], *, now: datetime) -> Followed:
    """Make the absences of the feed those days, as far as it was read."""
    held = {(one.first_day, one.after_day): one.pk for one in feed.absences.filter(after_day__gt=now.date() - BEHIND)}
    gone = [held[one] for one in held.keys() - set(days)]
    new = [one for one in days if one not in held]
    Absence.objects.filter(pk__in=gone).delete()
    Absence.objects.bulk_create(
        Absence(person_id=feed.person_id, feed=feed, first_day=first_day, after_day=after_day)
        for first_day, after_day in new
    )
    if new or gone:
        record("followed", feed.person, by=None, now=now, after={"new": len(new), "gone": len(gone)})
    return Followed(len(new), len(gone))


def _failed(feed: AbsenceFeed, failed: MilepostError) -> None:
    values = {name: str(value) for name, value in failed.values.items()}
    AbsenceFeed.objects.filter(pk=feed.pk).update(failure=failed.message, failure_values=values)
