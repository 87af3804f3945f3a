"""How a target came to its value, day by day, also on days that no calculation saw: from the tickets of now."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from milepost.calendars.periods import midnight
from milepost.goals.models import Target
from milepost.metrics import engine
from milepost.metrics.question import Amount, Window
from milepost.progress.judging import of_measure
from milepost.progress.measure import drawn_on, question
from milepost.tickets.store import Store

DAY = timedelta(days=1)


def worked_out(target: Target, known: Collection[date], *, store: Store, now: datetime) -> dict[date, Amount]:
    """What the target had reached by the end of each day of its milestone before today, but of those that are `known`.

    Days before the sources begin have nothing.
    """
    asked = question(target)
    since = _since(target)
    if asked is None or since is None:
        return {}
    milestone, zone = target.milestone, ZoneInfo(target.milestone.goal.zone)
    end = min(milestone.after_day, now.astimezone(zone).date())
    days = [milestone.first_day + number * DAY for number in range((end - milestone.first_day).days)]
    ends = {day: midnight(day + DAY, zone) for day in days if day not in known}
    start = int(milestone.start.timestamp())
    windows = tuple(Window(day.toordinal(), start, int(at.timestamp())) for day, at in ends.items() if at > since)
    leaves = engine.answers(store, [replace(asked, windows=windows)], now=now)
    found = {date.fromordinal(leaf.window): leaf.amount for leaf in leaves}
    told = engine.told(store, asked.measure)
    return {
        day: of_measure(found.get(day), asked.measure)
        for day in (date.fromordinal(window.number) for window in windows)
        if told
    }


def _since(target: Target) -> datetime | None:
    """From when on all sources of the target tell; None where one of them was not read."""
    moments = [source.complete_from for source in drawn_on(target)]
    told = [moment for moment in moments if moment is not None]
    return max(told) if told and len(told) == len(moments) else None
