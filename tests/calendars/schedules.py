"""Calendars and moments as hypothesis finds them, and those the tests name."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from milepost.calendars.working_hours import BEGINNING, MIDNIGHT_AFTER, Calendar, Hours, Schedule, Version

# Kathmandu is a quarter off the hour; Lord Howe’s clock changes by half an hour; Cairo’s and Santiago’s at midnight.
WARSAW: Final = ZoneInfo("Europe/Warsaw")
ZONES: Final = (
    "UTC",
    "Europe/Warsaw",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
)
# Edges as people have them: whole hours, odd minutes, the last minute of a day, hours that a clock change moves.
EDGES: Final = sorted(
    60 * hour + minute
    for hour, minute in [
        *[(0, 0), (1, 30), (2, 0), (2, 15), (2, 30), (3, 0), (8, 20), (9, 0), (12, 0), (12, 30), (13, 0)],
        *[(17, 0), (17, 35), (22, 0), (23, 59), (24, 0)],
    ]
)
FIRST: Final = int(datetime(2023, 12, 1, tzinfo=UTC).timestamp())
LAST: Final = int(datetime(2024, 12, 31, tzinfo=UTC).timestamp())
# Clock changes of the zones above in 2024, and its leap day.
CHANGES: Final = [
    int(datetime.fromisoformat(text).timestamp())
    for text in (
        "2024-02-29T00:00Z",
        "2024-03-10T07:00Z",
        "2024-03-31T01:00Z",
        "2024-04-06T15:00Z",
        "2024-04-07T03:00Z",
        "2024-04-25T22:00Z",
        "2024-09-08T04:00Z",
        "2024-10-05T15:30Z",
        "2024-10-27T01:00Z",
        "2024-10-31T21:00Z",
        "2024-11-03T06:00Z",
    )
]

# A walk over a year takes its time, and more of it on a busy machine.
unhurried: Final = settings(deadline=None)


def nine_to_five(zone: str = "Europe/Warsaw", country: str | None = None) -> Calendar:
    """Monday to Friday, 09:00 to 17:00."""
    return Calendar(ZoneInfo(zone), weekdays("09:00–17:00"), country)


def round_the_clock(zone: str = "Europe/Warsaw") -> Calendar:
    """Every hour of every day."""
    return Calendar(ZoneInfo(zone), (hours("00:00–24:00"),) * 7)


def weekdays(*texts: str) -> tuple[tuple[Hours, ...], ...]:
    """The same hours from Monday to Friday."""
    return (hours(*texts),) * 5 + ((), ())


def hours(*texts: str) -> tuple[Hours, ...]:
    """Hours written as 09:00–17:00."""
    return tuple(Hours(*(int(edge[:2]) * 60 + int(edge[3:]) for edge in text.split("–"))) for text in texts)


def at(text: str) -> int:
    """A moment in ISO 8601 with its offset, in UTC seconds."""
    return int(datetime.fromisoformat(text).timestamp())


@st.composite
def days_hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Up to three stretches of a day; some meet."""
    edges = sorted(draw(st.lists(st.sampled_from(EDGES), max_size=6, unique=True)))
    return tuple(Hours(opens, closes) for opens, closes in zip(edges[::2], edges[1::2], strict=False))


dates = st.dates(date(2024, 2, 20), date(2024, 11, 10))
any_hours = st.builds(
    lambda opens, minutes: Hours(opens, min(opens + minutes, MIDNIGHT_AFTER)),
    st.integers(0, MIDNIGHT_AFTER - 1),
    st.integers(1, 300),
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar that is open sometime in a week."""
    week = draw(st.tuples(*[days_hours()] * 7).filter(any))
    return Calendar(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        week,
        draw(st.sampled_from([None, "PL", "US", "DE-BY"])),
        draw(st.frozensets(dates, max_size=3)),
        draw(st.dictionaries(dates, days_hours(), max_size=3)),
        # Breaks may overlap each other, and what is closed anyway.
        draw(st.dictionaries(dates, st.lists(any_hours, max_size=3).map(tuple), max_size=4)),
    )


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Up to three versions; one may say that every hour counts."""
    moments = sorted(draw(st.lists(st.integers(FIRST, LAST), max_size=2, unique=True)))
    first = draw(st.sampled_from([[], [BEGINNING]]))
    versions = [Version(moment, draw(st.none() | calendars())) for moment in [*first, *moments]]
    return Schedule(tuple(versions))


# Any second of the year, and those around clock changes more often than chance has it.
moments = st.integers(FIRST, LAST) | st.builds(
    lambda change, off: change + off, st.sampled_from(CHANGES), st.integers(-90_000, 90_000)
)


def local_minutes(zone: ZoneInfo, moment: int) -> tuple[date, int]:
    """The local date and minute of a moment."""
    wall = datetime.fromtimestamp(moment, zone)
    return wall.date(), wall.hour * 60 + wall.minute


def is_ambiguous_near(zone: ZoneInfo, moment: int) -> bool:
    """Whether the clock changes within a day of a moment."""
    around = [datetime.fromtimestamp(moment, zone) + timedelta(days=days) for days in (-1, 1)]
    return around[0].utcoffset() != around[1].utcoffset()
