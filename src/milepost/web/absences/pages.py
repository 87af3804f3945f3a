"""What the pages of absences show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from milepost.formats import dates
from milepost.history.queries import newest_of
from milepost.people import absences
from milepost.people.models import Absence, AbsenceFeed, Person
from milepost.web.avatars import Avatar
from milepost.web.avatars import of_person as sign_of
from milepost.web.history import Entry, entries


@dataclass(frozen=True)
class Listed:
    """An absence as the pages show it."""

    pk: int
    person: int
    name: str
    avatar: Avatar
    days: str
    source: str
    over: bool
    entered: bool


def listed(found: Iterable[Absence], today: date) -> list[Listed]:
    """Absences with their people."""
    return [
        Listed(
            pk=one.pk,
            person=one.person_id,
            name=one.person.name,
            avatar=sign_of(one.person.name, one.person_id),
            days=dates.days(one.first_day, one.after_day, today=today),
            source=_("Entered here") if one.feed is None else one.feed.host,
            over=one.after_day <= today,
            entered=one.feed is None,
        )
        for one in found
    ]


class PersonAbsences:
    """The absences of a person, the calendar they come from, and what was changed."""

    def __init__(self, person: Person, *, today: date, zone: ZoneInfo, may_change: bool) -> None:
        self.person = person
        self.may_change = may_change
        self._today = today
        self._zone = zone

    @cached_property
    def absences(self) -> list[Listed]:
        """The latest first."""
        found = absences.present().filter(person=self.person).select_related("person", "feed")
        return listed(found.order_by("-first_day", "-pk")[:200], self._today)

    @cached_property
    def feed(self) -> AbsenceFeed | None:
        """The calendar that is followed."""
        return AbsenceFeed.objects.filter(person=self.person).first()

    @property
    def read(self) -> str:
        """When the calendar was read last."""
        read_at = None if self.feed is None else self.feed.read_at
        return "" if read_at is None else dates.moment(read_at, self._zone)

    @property
    def failure(self) -> str:
        """Why the newest try failed."""
        if self.feed is None or not self.feed.failure:
            return ""
        return _(self.feed.failure) % self.feed.failure_values if self.feed.failure_values else _(self.feed.failure)

    @property
    def history(self) -> list[Entry]:
        """What happened to the absences, for whoever may change them."""
        if not self.may_change:
            return []
        keys = Absence.objects.filter(person=self.person).order_by("-pk").values_list("pk", flat=True)[:200]
        return entries(newest_of("absence", keys), self._zone)
