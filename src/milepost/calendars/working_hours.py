"""Calendars: when people work. Versions of one, each in force from a moment on, make a schedule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.holidays import check_place, public_holidays

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT_AFTER: Final = 24 * 60
# Before any moment that a calendar can be in force from.
BEGINNING: Final = -(10**12)


@dataclass(frozen=True, order=True, slots=True)
class Hours:
    """Open from one minute of a local day up to another, `[opens, closes)`; 24:00 is the end of the day."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if self.closes <= self.opens:
            raise Refused(
                gettext_noop(
                    "Closing time must be after opening time: %(hours)s. A shift over midnight is written in two: "
                    "up to 24:00, and on the next day from 00:00."
                ),
                hours=self,
            )

    def __str__(self) -> str:
        return f"{wall_time(self.opens)}–{wall_time(self.closes)}"


@dataclass(frozen=True)
class Calendar:
    """The hours of each weekday in a time zone, and what differs on some dates.

    `date_hours` stand in the place of a date's hours, also on a holiday; `breaks` are taken away from whatever a date
    has. `country` is one that `holidays` knows, or None for no public holidays.
    """

    zone: ZoneInfo
    # Seven, from Monday on.
    week: tuple[tuple[Hours, ...], ...]
    country: str | None = None
    holidays: frozenset[date] = frozenset()
    date_hours: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)
    breaks: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.country is not None:
            check_place(self.country)
        for name, hours in [*zip(WEEKDAYS, self.week, strict=True), *self.date_hours.items()]:
            _refuse_overlap(str(name), hours)
        if not any(self.week):
            raise Refused(gettext_noop("The calendar is closed on every weekday. Give at least one day its hours."))

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The hours of a local day, its breaks not yet taken away."""
        if day in self.date_hours:
            return self.date_hours[day]
        return () if self.is_holiday(day) else self.week[day.weekday()]

    def is_holiday(self, day: date) -> bool:
        """Whether it is a day off by itself, whatever weekday it is."""
        return day in self.holidays or (self.country is not None and day in public_holidays(self.country, day.year))


@dataclass(frozen=True, slots=True)
class Version:
    """What holds from a moment on, in UTC seconds; without a calendar every hour counts."""

    valid_from: int
    calendar: Calendar | None


@dataclass(frozen=True)
class Schedule:
    """Versions in the order of their moments. Before the first one every hour counts."""

    versions: tuple[Version, ...] = ()

    def __post_init__(self) -> None:
        if any(later.valid_from <= earlier.valid_from for earlier, later in pairwise(self.versions)):
            raise ValueError("versions of a schedule stand in order, one for each moment")

    @classmethod
    def of(cls, calendar: Calendar) -> "Schedule":
        """A calendar that was always in force."""
        return cls((Version(BEGINNING, calendar),))

    def at(self, moment: int) -> Calendar | None:
        """What is in force at a moment."""
        return next((one.calendar for one in reversed(self.versions) if one.valid_from <= moment), None)

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, Calendar | None]]:
        """`[start, end)` cut where another version comes into force, each piece with what is in force in it."""
        edges = [one.valid_from for one in self.versions if start < one.valid_from < end]
        for since, until in pairwise([start, *edges, end]):
            yield since, until, self.at(since)


@dataclass(frozen=True)
class Calendars:
    """The schedule of every calendar by its number, and which of them the account and its teams work by."""

    schedules: Mapping[int, Schedule]
    account: int | None = None
    teams: Mapping[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether any calendar is set."""
        return bool(self.schedules)

    def of_team(self, team: int | None) -> int | None:
        """The number of the calendar a team works by: its own, else the account's, else None: every hour counts."""
        return self.account if team is None else self.teams.get(team, self.account)


NO_CALENDARS: Final = Calendars({})


def wall_time(minute: int) -> str:
    """A minute of a day as 09:05."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _refuse_overlap(name: str, hours: Sequence[Hours]) -> None:
    for earlier, later in pairwise(sorted(hours)):
        if later.opens < earlier.closes:
            raise Refused(
                gettext_noop("The hours of %(day)s overlap: %(earlier)s and %(later)s. Write them as one."),
                day=name,
                earlier=earlier,
                later=later,
            )
