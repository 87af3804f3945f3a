"""The days that have ended in a time zone."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from milepost.calendars.periods import midnight

# A machine that slept longer keeps no snapshot of the days before.
MOST: Final = 62
LAST_SECOND: Final = timedelta(seconds=1)


def ended(zone: ZoneInfo, *, since: datetime, now: datetime) -> list[datetime]:
    """The last second of every local day that ended after `since` and by `now`, oldest first; 62 days at most."""
    today = now.astimezone(zone).date()
    first = max(since.astimezone(zone).date(), today - timedelta(days=MOST))
    ends = [midnight(first + timedelta(days=number + 1), zone) for number in range((today - first).days)]
    return [end - LAST_SECOND for end in ends if since < end]
