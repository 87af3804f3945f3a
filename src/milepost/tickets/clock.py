"""The clock of a ticket: seconds since its creation, and how many of them it was worked on, on hold, with the customer.

Every reading has calendar and business seconds. Business time is told by whoever knows the calendars.
"""

from typing import Final, NamedTuple, Protocol

from milepost.calendars.readings import Readings
from milepost.calendars.working_hours import NO_CALENDARS, Calendars
from milepost.tickets.columns import Category


class BusinessTime(Protocol):
    """By which business calendar a ticket is timed, and what that calendar counts."""

    @property
    def calendars(self) -> Calendars:
        """All of them, by number; the teams are groups."""
        ...

    def calendar(self, team: int | None, /) -> int | None:
        """The calendar of a ticket while this group has it; None where every hour counts."""
        ...

    def seconds(self, calendar: int, start: int, end: int, /) -> int:
        """Business seconds in `[start, end)`, UTC seconds, `start <= end`."""
        ...


class EveryHour:
    """Without calendars every hour counts."""

    calendars = NO_CALENDARS

    def calendar(self, _team: int | None, /) -> int | None:
        """None has one."""
        return None

    def seconds(self, _calendar: int, start: int, end: int, /) -> int:
        """All of them."""
        return end - start


EVERY_HOUR: Final = EveryHour()


class WorkingTime:
    """Business time by calendars whose teams are the numbers of groups."""

    def __init__(self, calendars: Calendars) -> None:
        self.calendars = calendars
        self._clocks: dict[int, Readings] = {}

    def calendar(self, team: int | None, /) -> int | None:
        """The group's own, else the account's."""
        return self.calendars.of_team(team)

    def seconds(self, calendar: int, start: int, end: int, /) -> int:
        """As `calendars.business_time` counts them."""
        clock = self._clocks.get(calendar)
        if clock is None:
            clock = self._clocks[calendar] = Readings(self.calendars.schedules[calendar], origin=start)
        return clock.seconds(start, end)


class Reading(NamedTuple):
    """A clock as read at one moment, in seconds. Negative where the events of a ticket contradict each other."""

    calendar: int = 0
    business: int = 0
    calendar_work: int = 0
    business_work: int = 0
    calendar_hold: int = 0
    business_hold: int = 0
    calendar_customer: int = 0
    business_customer: int = 0

    def since(self, before: "Reading") -> "Reading":
        """What passed between an earlier reading and this one."""
        return Reading._make(now - then for now, then in zip(self, before, strict=True))


# Where the seconds of a status stand in a reading. Before any status is told a ticket is new.
PARTS: Final = {
    None: 2,
    Category.NEW: 2,
    Category.OPEN: 2,
    Category.ON_HOLD: 4,
    Category.WAITING_CUSTOMER: 6,
}


class TicketClock:
    """Runs with the events of one ticket. Where they go back in time it runs backwards: no span counts twice.

    `part` is the place in a reading that runs beside the total (`PARTS`), None while resolved or gone; `calendar` is
    the business calendar that holds. Both are set by whoever moves the clock.
    """

    def __init__(self, business: BusinessTime) -> None:
        self.at = 0
        self.part: int | None = None
        self.calendar: int | None = None
        self._business = business
        self._reading = [0] * len(Reading._fields)

    def start(self, at: int) -> None:
        """Begin at zero."""
        self.at = at

    def assign(self, team: int | None) -> None:
        """Time by the calendar of this group from here on."""
        self.calendar = self._business.calendar(team)

    def advance(self, at: int) -> None:
        """Move to another moment, later or not."""
        if at != self.at:
            self._add(self._reading, at)
            self.at = at

    def read(self, at: int) -> Reading:
        """What the clock will show at a moment if nothing changes until then."""
        if at == self.at:
            return Reading._make(self._reading)
        reading = self._reading.copy()
        self._add(reading, at)
        return Reading._make(reading)

    def _add(self, reading: list[int], at: int) -> None:
        elapsed = at - self.at
        business = elapsed if self.calendar is None else self._worked(self.calendar, at)
        reading[0] += elapsed
        reading[1] += business
        if self.part is not None:
            reading[self.part] += elapsed
            reading[self.part + 1] += business

    def _worked(self, calendar: int, at: int) -> int:
        if at >= self.at:
            return self._business.seconds(calendar, self.at, at)
        return -self._business.seconds(calendar, at, self.at)
