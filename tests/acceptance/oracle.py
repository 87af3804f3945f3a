"""The log, computed again in plain Python: it shares no code with the product and reads nothing but the CSV.

The rules are those of docs/reference/facts.md, written down a second time.
"""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

LOG: Final = Path(__file__).resolve().parents[2] / "src/milepost/connectors/demo/incident_event_log.csv.zip"
DONE: Final = {"Resolved", "Closed"}
JUNK: Final = "-100"
NOBODY: Final = "?"


@dataclass(frozen=True)
class Entry:
    """A row of the log."""

    at: datetime
    status: str
    agent: str
    team: str
    resolved_at: str


@dataclass
class Ticket:
    """The rows of one ticket, in the order of the file."""

    opened_at: datetime
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Act:
    """Something that happened to a ticket. `held` says from when on it counts for whom (agent, team)."""

    at: datetime
    seconds: int | None
    held: list[tuple[datetime, str, str]]
    nth: int = 1
    undone_at: datetime | None = None
    status: str = ""

    def counts_for(self, moment: datetime) -> tuple[str, str]:
        """Agent and team as known just before the moment."""
        _, agent, team = [one for one in self.held if one[0] < moment][-1]
        return agent, team

    def stands(self, moment: datetime) -> bool:
        """Whether it had not been undone before the moment."""
        return self.undone_at is None or self.undone_at >= moment


@dataclass
class Acts:
    """All acts of a kind over the log."""

    created: list[Act] = field(default_factory=list)
    replies: list[Act] = field(default_factory=list)
    resolutions: list[Act] = field(default_factory=list)
    reopens: list[Act] = field(default_factory=list)


@cache
def when(text: str) -> datetime:
    """A moment as the log writes it, 29/2/2016 01:16; its clock has no zone and is taken for UTC."""
    day, clock = text.split(" ")
    date, month, year = (int(part) for part in day.split("/"))
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(year, month, date, hour, minute, tzinfo=UTC)


def rows(log: Path = LOG) -> Iterator[dict[str, str]]:
    """The rows of the log as they are written."""
    with zipfile.ZipFile(log) as archive, archive.open("incident_event_log.csv") as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))


@cache
def tickets() -> dict[str, Ticket]:
    """Every ticket of the log."""
    found: dict[str, Ticket] = {}
    for row in rows():
        ticket = found.setdefault(row["number"], Ticket(when(row["opened_at"])))
        entry = Entry(
            when(row["sys_updated_at"]),
            row["incident_state"],
            row["assigned_to"],
            row["assignment_group"],
            row["resolved_at"],
        )
        ticket.entries.append(entry)
    return found


@cache
def acts() -> Acts:
    """Every act of the log."""
    found = Acts()
    for ticket in tickets().values():
        first = ticket.entries[0]
        found.created.append(Act(ticket.opened_at, None, [(ticket.opened_at, first.agent, first.team)]))
        found.replies.extend(_reply(ticket))
        _resolve(ticket, found)
    return found


def _reply(ticket: Ticket) -> list[Act]:
    """The log has no messages: leaving New stands for the reply of a ticket that began with New."""
    told = [entry for entry in ticket.entries if entry.status != JUNK]
    left = [entry for entry in told if entry.status != "New"]
    if not told or told[0].status != "New" or not left:
        return []
    return [Act(left[0].at, _seconds(ticket.opened_at, left[0].at), [(left[0].at, left[0].agent, left[0].team)])]


def _resolve(ticket: Ticket, found: Acts) -> None:
    standing: Act | None = None
    nth = 0
    before = ticket.entries[0]
    for entry in ticket.entries:
        done = entry.status in DONE if entry.status != JUNK else standing is not None
        holds = (entry.agent, entry.team)
        if done and standing is None:
            nth += 1
            standing = Act(entry.at, _seconds(ticket.opened_at, entry.at), [(entry.at, *holds)], nth)
            standing.status = entry.status
            found.resolutions.append(standing)
        elif standing is not None and not done:
            standing.undone_at = entry.at
            held = (entry.at, before.agent, before.team)
            found.reopens.append(Act(entry.at, _seconds(standing.at, entry.at), [held]))
            standing = None
        elif standing is not None and standing.held[-1][1:] != holds:
            # Handed on while it stays resolved: from then on it counts for the new holder.
            standing.held.append((max(entry.at, standing.held[-1][0]), *holds))
        before = entry


def _seconds(start: datetime, end: datetime) -> int | None:
    seconds = int((end - start).total_seconds())
    return seconds if seconds >= 0 else None


def reopened(*, sort: bool) -> int:
    """How many tickets leave a done status: in the order of the file, or sorted by time."""
    count = 0
    for ticket in tickets().values():
        entries = sorted(ticket.entries, key=lambda entry: entry.at) if sort else ticket.entries
        told = [entry.status in DONE for entry in entries if entry.status != JUNK]
        count += any(one and not two for one, two in pairwise(told))
    return count


@dataclass(frozen=True)
class Number:
    """What one group reached in one period, exactly; None where there is nothing to tell."""

    value: Fraction | None
    tickets: int


def by_group(
    found: Iterable[Act], by: str, periods: Iterable[tuple[str, datetime, datetime]], *, standing: bool
) -> dict[tuple[str, str], list[Act]]:
    """The acts of every period and group, as known at its end; a group is an agent, a team, or all."""
    spans = list(periods)
    groups: dict[tuple[str, str], list[Act]] = defaultdict(list)
    for act in found:
        for label, start, end in spans:
            if start <= act.at < end and (not standing or act.stands(end)):
                agent, team = act.counts_for(end)
                group = {"agent": agent, "team": team, "all": "all"}[by]
                groups[label, "(unassigned)" if group == NOBODY else group].append(act)
    return groups


def count(found: list[Act]) -> Number:
    """How many; of nothing a true zero."""
    return Number(Fraction(len(found)), len(found))


def average(found: list[Act]) -> Number:
    """The mean of the clocks."""
    clocks = _clocks(found)
    return Number(Fraction(sum(clocks), len(clocks)) if clocks else None, len(clocks))


def percentile(found: list[Act], share: int) -> Number:
    """The clock below which `share` percent lie, between two neighbours in proportion."""
    clocks = sorted(_clocks(found))
    if not clocks:
        return Number(None, 0)
    place = Fraction(share, 100) * (len(clocks) - 1)
    low = int(place)
    high = min(low + 1, len(clocks) - 1)
    return Number(clocks[low] + (place - low) * (clocks[high] - clocks[low]), len(clocks))


def _clocks(found: list[Act]) -> list[int]:
    return [act.seconds for act in found if act.seconds is not None]


def months() -> list[tuple[str, datetime, datetime]]:
    """Every month from the first row of the log to the last."""
    moments = [entry.at for ticket in tickets().values() for entry in ticket.entries]
    opened = [ticket.opened_at for ticket in tickets().values()]
    start = min(*moments, *opened).replace(day=1, hour=0, minute=0)
    found = []
    while start <= max(moments):
        after = (start + timedelta(days=31)).replace(day=1)
        found.append((f"{start:%Y-%m}", start, after))
        start = after
    return found
