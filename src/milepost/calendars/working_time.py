"""The working time of a person or a team: the hours of a calendar, less the days on which its people are absent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from milepost.calendars.periods import midnight
from milepost.calendars.readings import Readings
from milepost.calendars.spans import Span, clipped, united

Seconds = Callable[[int, int], int]


@dataclass(frozen=True)
class WorkingTime:
    """Hours that one or several people work; without hours every hour counts.

    `absent` has one entry for each of them: the spans in which they do not work, in UTC seconds. What overlaps counts
    once, and what lies outside of the hours takes nothing away.
    """

    hours: Readings | None = None
    absent: Sequence[Sequence[Span]] = ((),)

    def seconds(self, start: int, end: int) -> int:
        """What all of them work together in `[start, end)`."""
        return self._worked(self._hours, start, end)

    def share(self, start: int, moment: int, end: int) -> Fraction | None:
        """The share of the working time of `[start, end)` that has gone by a moment in it; at its end all of it.

        Hours that leave nothing of it count as if there were none. None while it runs where nobody works in it at all.
        """
        if moment >= end:
            return Fraction(1)
        hours = self._hours if self._hours(start, end) else _every_hour
        whole = self._worked(hours, start, end)
        return Fraction(self._worked(hours, start, max(moment, start)), whole) if whole else None

    def _worked(self, hours: Seconds, start: int, end: int) -> int:
        whole = hours(start, end)
        return sum(whole - sum(hours(*span) for span in clipped(united(one), start, end)) for one in self.absent)

    def _hours(self, start: int, end: int) -> int:
        return _every_hour(start, end) if self.hours is None else self.hours.seconds(start, end)


@dataclass(frozen=True)
class DaysWorked:
    """The working days of some days, on how many of them nobody is there, and how many have working time left."""

    count: int
    absent: int
    left: int

    @property
    def worked(self) -> int:
        """On how many of them somebody is there."""
        return self.count - self.absent


def days_worked(time: WorkingTime, first_day: date, after_day: date, *, zone: ZoneInfo, now: int) -> DaysWorked:
    """Those of the local days `[first_day, after_day)`; `now` is in UTC seconds."""
    everyone = WorkingTime(time.hours)
    working = [span for span in _days(first_day, after_day, zone) if everyone.seconds(*span)]
    there = [span for span in working if time.seconds(*span)]
    left = sum(1 for start, end in there if time.seconds(max(start, now), end) > 0)
    return DaysWorked(len(working), len(working) - len(there), left)


def shares_of_days(time: WorkingTime, first_day: date, after_day: date, *, zone: ZoneInfo) -> list[Fraction]:
    """How much of the working time of `[first_day, after_day)` has gone at the end of each day; none where none is."""
    days = _days(first_day, after_day, zone)
    return [time.share(days[0][0], closes, days[-1][1]) or Fraction(0) for _opens, closes in days]


def day_of_share(time: WorkingTime, share: Fraction, first_day: date, after_day: date, *, zone: ZoneInfo) -> date:
    """The day in the course of which this share of the working time of `[first_day, after_day)` will have gone."""
    days = _days(first_day, after_day, zone)
    start, end = days[0][0], days[-1][1]
    shares = (time.share(start, closes, end) for _opens, closes in days)
    # At the end of the last day all of it has gone.
    return first_day + timedelta(days=next(number for number, gone in enumerate(shares) if gone and gone >= share))


def _days(first_day: date, after_day: date, zone: ZoneInfo) -> list[Span]:
    edges = (first_day + timedelta(days=number) for number in range((after_day - first_day).days + 1))
    return list(pairwise(int(midnight(day, zone).timestamp()) for day in edges))


def _every_hour(start: int, end: int) -> int:
    return max(end - start, 0)
