"""The working hours of the account or of a team as the page shows them: fields, what they mean, what was before."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import holidays
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.account import working_hours
from milepost.account.models import Account, CalendarVersion
from milepost.account.models import Calendar as Kept
from milepost.calendars import calendar_file
from milepost.calendars.periods import add_months
from milepost.calendars.readings import Readings
from milepost.calendars.working_days import WorkingDays, working_days
from milepost.calendars.working_hours import WEEKDAYS, Calendar, Schedule
from milepost.formats import dates
from milepost.history.models import Change as Past
from milepost.people.models import Team
from milepost.progress import timing
from milepost.web.calendars.hours_form import Change, HoursForm
from milepost.web.goals import working_days as words

NINE_TO_FIVE: Final = "09:00–17:00"
# So many months show what a change does.
MONTHS: Final = 3


@dataclass(frozen=True)
class Place:
    """Whose hours they are, and where they are edited."""

    name: str
    address: str
    current: bool
    own: bool


@dataclass(frozen=True)
class Field:
    """A field of a weekday."""

    name: str
    label: str
    typed: str
    mistake: str


@dataclass(frozen=True)
class Version:
    """What held from a day on."""

    since: str
    hours: str
    added: str
    reason: str


@dataclass(frozen=True)
class Month:
    """Working days of a month before and after a change."""

    name: str
    before: str
    after: str


class CalendarPage:
    """What the template asks for."""

    def __init__(
        self, team: Team | None, form: HoursForm | None, change: Change | None, *, account: Account, now: datetime
    ) -> None:
        self.team = team
        self.form = form or opened(team, account, now)
        self.change = change
        self._zone = ZoneInfo(account.zone)
        self._now = now

    @cached_property
    def places(self) -> list[Place]:
        """The account and every team."""
        own = {number for number in Kept.objects.values_list("team_number", flat=True) if number is not None}
        account = Place(_("The whole account"), reverse("calendars"), self.team is None, own=False)
        teams = Team.objects.order_by("order", "name")
        return [
            account,
            *(
                Place(team.name, reverse("team-calendar", args=[team.pk]), team == self.team, own=team.pk in own)
                for team in teams
            ),
        ]

    @property
    def title(self) -> str:
        """Whose hours these are."""
        return _("The whole account") if self.team is None else self.team.name

    @property
    def follows(self) -> bool:
        """Whether a team works by the account's hours."""
        return self.team is not None and self._now_held is None

    @property
    def week(self) -> list[Field]:
        """The hours of every weekday."""
        names = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
        typed, mistakes = self.form.typed, self.form.mistakes
        return [Field(day, name, typed[day], mistakes.get(day, "")) for day, name in zip(WEEKDAYS, names, strict=True)]

    @property
    def countries(self) -> list[str]:
        """Codes to choose from."""
        return sorted(holidays.list_supported_countries())

    @property
    def sentence(self) -> str:
        """How many working days this month has by the hours that hold, or by those that were typed."""
        hours = self.change.hours if self.change else self._held
        return "" if hours is None else words.has(dates.month(self._first), self._counted(hours, 0))

    @property
    def months(self) -> list[Month]:
        """What a change does to the working days of this and the next months."""
        if self.change is None:
            return []
        before, after = self._held, self.change.hours
        return [
            Month(
                dates.month(add_months(self._first, number)),
                _("every day") if before is None else str(self._counted(before, number).count),
                str(self._counted(after, number).count),
            )
            for number in range(MONTHS)
        ]

    @property
    def goals(self) -> str:
        """How many goals are measured by business hours."""
        count = timing.business_goals()
        text = ngettext(
            "%(count)s goal is measured in business hours and will be measured anew.",
            "%(count)s goals are measured in business hours and will be measured anew.",
            count,
        )
        return text % {"count": count}

    @property
    def versions(self) -> list[Version]:
        """All that was ever said, the newest first."""
        found = working_hours.versions(number_of(self.team))
        # Each version has its entry in the history, both in the order in which they were added.
        kept = {str(one.calendar_id) for one in found}
        past = Past.objects.filter(thing_kind="calendar", thing_id__in=kept).order_by("-pk")
        return [self._version(one, entry) for one, entry in zip(found, past, strict=True)]

    @cached_property
    def is_stale(self) -> bool:
        """Whether the numbers are still those of earlier hours."""
        return timing.is_stale()

    @property
    def is_quick(self) -> bool:
        """Whether they can be counted anew while the reader waits."""
        return timing.is_quick()

    def _version(self, one: CalendarVersion, past: Past) -> Version:
        since = one.valid_from and dates.day(one.valid_from.astimezone(self._zone).date())
        said = calendar_file.parse(one.document) if one.document else None
        return Version(
            since=_("From %(day)s") % {"day": since} if since else _("From the beginning"),
            hours=_("as the account") if said is None else _summary(said),
            added=f"{dates.moment(one.added_at, self._zone)} · {past.actor_name}",
            reason=past.reason,
        )

    @cached_property
    def _now_held(self) -> Calendar | None:
        return working_hours.in_force(number_of(self.team), self._now)

    @cached_property
    def _held(self) -> Calendar | None:
        return self._now_held or working_hours.in_force(None, self._now)

    @property
    def _first(self) -> date:
        return self._now.astimezone(self._zone).date().replace(day=1)

    def _counted(self, hours: Calendar, months: int) -> WorkingDays:
        first = add_months(self._first, months)
        clock = Readings(Schedule.of(hours), origin=int(self._now.timestamp()))
        return working_days(clock, first, add_months(first, 1), zone=hours.zone, now=int(self._now.timestamp()))


def number_of(team: Team | None) -> int | None:
    """The number of a team; None is the account."""
    return None if team is None else team.pk


def opened(team: Team | None, account: Account, now: datetime) -> HoursForm:
    """The fields as the page opens: what holds, else nine to five from Monday to Friday in the account's zone."""
    number = number_of(team)
    is_first = not working_hours.versions(number) and team is None
    held = working_hours.in_force(number, now) or working_hours.in_force(None, now)
    if held is not None:
        return HoursForm.of(held, is_first=is_first)
    return HoursForm(dict.fromkeys(WEEKDAYS[:5], NINE_TO_FIVE) | {"tz": account.zone}, is_first=is_first)


def _summary(hours: Calendar) -> str:
    """Mon 09:00–17:00 · … · PL · Europe/Warsaw."""
    short = [str(WEEKDAYS_ABBR[day]) for day in range(7)]
    days = [f"{name} {', '.join(map(str, one))}" for name, one in zip(short, hours.week, strict=True) if one]
    return " · ".join([*days, *([hours.country] if hours.country else []), hours.zone.key])
