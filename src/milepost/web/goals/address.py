"""The address of the overview holds all its filters. Every address is answered: what is unclear in it is left out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.calendars.periods import add_months
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.progress.queries import Filters

LONGEST_NAME: Final = 80
LONGEST_NUMBER: Final = 6
MOST_YEARS: Final = 5
YEARS: Final = range(1990, 2200)

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Asked:
    """The filters of an address, and what is wrong with it in sentences."""

    filters: Filters
    problems: tuple[str, ...] = ()


def read(address: QueryDict, *, today: date, teams: Iterable[int]) -> Asked:
    """The filters of an address. Without days, those of the month of `today`; of teams, only these."""
    first_day, after_day, problems = _days(address, today)
    filters = Filters(
        first_day=first_day,
        after_day=after_day,
        templates=frozenset(address.getlist("template")) & TEMPLATES.keys(),
        statuses=_words(Status, address.getlist("status")),
        paces=_words(Pace, address.getlist("pace")),
        teams=frozenset(team for team in teams if str(team) in address.getlist("team")),
        name=address.get("name", "").replace("\0", "").strip()[:LONGEST_NAME],
        page=_number(address.get("page", "")),
    )
    return Asked(filters, problems)


def of(filters: Filters, **changes: Any) -> str:
    """The address with these filters, some of them changed; the page goes back to the first."""
    return f"{reverse('goals')}?{urlencode(pairs(replace(filters, **({'page': 1} | changes))))}"


def pairs(filters: Filters) -> list[tuple[str, str]]:
    """What the address holds, name by name."""
    last_day = filters.after_day - timedelta(days=1)
    found = [("from", filters.first_day.isoformat()), ("to", last_day.isoformat())]
    found += [("template", template) for template in TEMPLATES if template in filters.templates]
    found += [("status", status.value) for status in Status if status in filters.statuses]
    found += [("pace", pace.value) for pace in Pace if pace in filters.paces]
    found += [("team", str(team)) for team in sorted(filters.teams)]
    found += [("name", filters.name)] if filters.name else []
    found += [("page", str(filters.page))] if filters.page > 1 else []
    return found


def month_of(day: date) -> tuple[date, date]:
    """The first day of the month of a day, and the day after its last."""
    first = day.replace(day=1)
    return first, add_months(first, 1)


def _days(address: QueryDict, today: date) -> tuple[date, date, tuple[str, ...]]:
    start, end = _day(address.get("from", "")), _day(address.get("to", ""))
    first_day = start or month_of(end or today)[0]
    after_day = end + timedelta(days=1) if end else month_of(first_day)[1]
    if after_day <= first_day:
        return *month_of(today), (_("The end date is before the start date."),)
    if after_day > add_months(first_day, MOST_YEARS * 12):
        return *month_of(today), (_("Choose a range of 5 years or less."),)
    return first_day, after_day, ()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 1


def _words(words: type[Word], texts: Iterable[str]) -> frozenset[Word]:
    known = {word.value: word for word in words}
    return frozenset(known[text] for text in texts if text in known)
