"""The log that ships with Milepost, measured by plain Python over its rows. Shares no code with the product.

The rules are those of its mapping: no messages, so leaving New stands for the reply; a resolution counts for whoever
the ticket is handed to while it stays resolved.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

STATES = {
    "New": "new",
    "Active": "work",
    "Awaiting User Info": "customer",
    "Awaiting Problem": "hold",
    "Awaiting Vendor": "hold",
    "Awaiting Evidence": "hold",
    "Resolved": "done",
    "Closed": "done",
    "-100": "",
}
WORK = {"new", "work"}
DAY = 86_400


class Row(NamedTuple):
    """How a ticket stood after one row; `seen` is the latest moment up to it, since rows go back in time."""

    at: int
    seen: int
    state: str
    agent: str
    team: str


class Value(NamedTuple):
    """One value and whom it counts for."""

    agent: str
    team: str
    number: int | None = None
    hit: bool = True


@dataclass(frozen=True)
class Period:
    """From, to and as of when; the log is asked long after its end."""

    start: int
    x: int
    within: int = 0
    days: int = 0


def tickets(file: Path) -> list[list[Row]]:
    """Every ticket: its creation, then its rows in the order of the file."""
    found: dict[str, list[Row]] = {}
    with zipfile.ZipFile(file) as archive, archive.open(archive.namelist()[0]) as member:
        for line in csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")):
            who = line["assigned_to"].replace("?", ""), line["assignment_group"].replace("?", "")
            rows = found.setdefault(line["number"], [])
            if not rows:
                created = moment(line["opened_at"])
                rows.append(Row(created, created, "", *who))
            at = moment(line["sys_updated_at"])
            state = STATES[line["incident_state"]] or rows[-1].state
            rows.append(Row(at, max(at, rows[-1].seen), state, *who))
    return list(found.values())


def moment(text: str) -> int:
    return int(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC).timestamp())


def turns(rows: list[Row]) -> list[tuple[int, int | None]]:
    """Every resolution with the reopen that ended it, as places of rows."""
    found: list[tuple[int, int | None]] = []
    for i in range(1, len(rows)):
        was, is_ = rows[i - 1].state == "done", rows[i].state == "done"
        if is_ and not was:
            found.append((i, None))
        elif was and not is_:
            found[-1] = (found[-1][0], i)
    return found


def credited(rows: list[Row], i: int, until: int | None, x: int) -> tuple[str, str]:
    """The holder at the resolution, or whoever it was handed to since, as of X."""
    agent, team = rows[i].agent, rows[i].team
    for j in range(i + 1, until or len(rows)):
        if rows[j].at < x:
            agent = rows[j].agent if rows[j].agent != rows[j - 1].agent else agent
            team = rows[j].team if rows[j].team != rows[j - 1].team else team
    return agent, team


def age(rows: list[Row], at: int) -> int | None:
    return at - rows[0].at if at >= rows[0].at else None


def part(rows: list[Row], i: int, states: set[str], *, until: int | None = None) -> int | None:
    """Time in some states up to a row, or to a moment after it; none where the rows contradict each other."""
    spent = dict.fromkeys(("work", "hold", "customer"), 0)
    edges = [*(row.at for row in rows[: i + 1]), rows[i].at if until is None else until]
    for row, (start, end) in zip(rows, pairwise(edges), strict=False):
        if row.state != "done":
            spent["work" if row.state in {"", "new"} else row.state] += end - start
    return sum(spent[state] for state in states) if min(spent.values()) >= 0 else None


def resolved(
    rows: list[Row], period: Period, *, stands: bool = False, first: bool = False
) -> Iterable[tuple[int, Value]]:
    for i, until in turns(rows)[: 1 if first else None]:
        gone = until is not None and rows[until].at < period.x
        if period.start <= rows[i].at < period.x and not (stands and gone):
            yield i, Value(*credited(rows, i, until, period.x), age(rows, rows[i].at))


def changed(rows: list[Row], name: str) -> list[int]:
    told = ["", *(getattr(row, name) for row in rows)]
    return [i for i in range(len(rows)) if told[i + 1] not in {"", told[i]}]


def left_new(rows: list[Row]) -> int | None:
    """The row that stands for the reply; none of a ticket that did not begin as new."""
    told = [i for i in range(1, len(rows)) if rows[i].state]
    if not told or rows[told[0]].state != "new":
        return None
    return next((i for i in told if rows[i].state != "new"), None)


def there(rows: list[Row], x: int) -> int | None:
    """The last row before X, if the ticket is open then."""
    before = [i for i in range(len(rows)) if rows[i].seen < x]
    return before[-1] if before and rows[before[-1]].state != "done" else None


def so_far(rows: list[Row], x: int, states: set[str]) -> int | None:
    """Time in some states up to X of a ticket that is open then."""
    i = there(rows, x)
    return None if i is None else part(rows, i, states, until=x)


def within(rows: list[Row], period: Period, met: int | None, values: list[Value], *, work: bool = False) -> list[Value]:
    """Met by an act in time, broken at the last instant in time while the ticket was open and still owed it."""
    found = [value for value in values if value.number is not None and value.number <= period.within]
    for i in range(len(rows)):
        end = rows[i + 1].seen if i + 1 < len(rows) else period.x
        owing = rows[i].state != "done" and (met is None or i < met)
        running = not work or rows[i].state in {"", *WORK}
        # Where rows go back in time a stretch begins with the latest moment before it.
        spent = so_far(rows[: i + 1], rows[i].seen + 1, {"work"}) if work else rows[i].seen + 1 - rows[0].at
        if spent is None or not owing or not running:
            continue
        due = rows[i].seen + 1 + period.within - spent
        if max(rows[i].seen, period.start) <= due < min(end, period.x):
            found.append(Value(rows[i].agent, rows[i].team, hit=False))
    return found
