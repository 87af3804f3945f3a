"""Quiet hours: when a message may leave."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, over midnight or not, on the clocks of a zone. From a time to itself: never."""

    start: time
    end: time
    zone: ZoneInfo

    def leaves(self, ready: datetime) -> datetime:
        """When a message leaves that is ready at this moment: at once, or when the quiet hours it falls into are over.

        An end that a change of the clocks skips comes when it would have come without the change; of an end that comes
        twice the first one holds.
        """
        day = ready.astimezone(self.zone).date()
        for begins_on in (day - DAY, day):
            start, end = self._night(begins_on)
            if start <= ready < end:
                return end
        return ready

    def _night(self, day: date) -> tuple[datetime, datetime]:
        last = day if self.start <= self.end else day + DAY
        return self._at(day, self.start), self._at(last, self.end)

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)
