"""The shipped log, moved in time: its busy months are the last three, and its last day is yesterday."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
LOG: Final = HERE / "incident_event_log.csv.zip"
MAPPING: Final = HERE / "mapping.yaml"
ATTRIBUTION: Final = (
    "Amaral, C., Fantinato, M., Peres, S. (2018), Incident management process enriched event log, "
    "UCI Machine Learning Repository, CC BY 4.0, doi 10.24432/C57S4H"
)
MEMBER: Final = "incident_event_log.csv"
DAY: Final = "%d/%m/%Y"
# The log is whole until the end of May 2016; what comes later are the leftovers of a recording that had ended.
LAST_DAYS: Final = tuple(date(2016, 5, day) for day in range(25, 32))
DATES: Final = ("opened_at", "sys_created_at", "sys_updated_at", "resolved_at", "closed_at")
EVENT_TIME: Final = "sys_updated_at"


def cut_off(today: date) -> date:
    """The last day of the log that is kept: the one of 25 to 31 May 2016 that has yesterday's weekday."""
    yesterday = today - timedelta(days=1)
    return next(day for day in LAST_DAYS if day.weekday() == yesterday.weekday())


def shift(today: date) -> timedelta:
    """By how much everything moves: the whole weeks from the cut-off to yesterday."""
    return today - timedelta(days=1) - cut_off(today)


def write_moved(file: Path, today: date) -> None:
    """Write the log as CSV, without the events after the cut-off, every date moved; `today` is a day of the log's zone.

    What an event could not know yet is left out of it too: a resolution or closing after the cut-off.
    """
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerows(moved(today))


def moved(today: date) -> Iterator[list[str]]:
    """The header and the rows of the moved log, in the order of the log."""
    last, by = cut_off(today), shift(today)

    # Days move by whole weeks, so the time of day stays as it is written.
    @lru_cache(maxsize=1_024)
    def move_day(text: str) -> str | None:
        day = datetime.strptime(text, DAY).date()  # noqa: DTZ007 - a day of the log's own clock, which has no zone
        return f"{day + by:{DAY}}" if day <= last else None

    def move(text: str) -> str:
        if text == "?":
            return text
        day, _, clock = text.partition(" ")
        moved_day = move_day(day)
        return "?" if moved_day is None else f"{moved_day} {clock}"

    with zipfile.ZipFile(LOG) as archive, archive.open(MEMBER) as raw:
        rows = csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
        header = next(rows)
        yield header
        places = [header.index(name) for name in DATES]
        event_time = header.index(EVENT_TIME)
        for row in rows:
            for place in places:
                row[place] = move(row[place])
            if row[event_time] != "?":
                yield row
