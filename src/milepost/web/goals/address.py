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

from milepost.calendars.periods import Duration, add_months
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.progress.filters import Ends, Filters, Match, Range, Sort, Tag
from milepost.web.goals.known import Known

LONGEST_NAME: Final = 80
LONGEST_NUMBER: Final = 6
MOST_YEARS: Final = 5
YEARS: Final = range(1990, 2200)

Word = TypeVar("Word", bound=StrEnum)
Otherwise = TypeVar("Otherwise", int, None)


@dataclass(frozen=True)
class Asked:
    """The filters of an address, and what is wrong with it in sentences."""

    filters: Filters
    problems: tuple[str, ...] = ()


def read(address: QueryDict, known: Known, *, today: date) -> Asked:
    """The filters of an address. Without days, those of the month of `today`; of goals and people, those known."""
    first_day, after_day, wrong_days = _days(address, today)
    progress, wrong_progress = _progress(address)
    filters = Filters(
        first_day=first_day,
        after_day=after_day,
        templates=frozenset(address.getlist("template")) & TEMPLATES.keys(),
        goals=_keys(known.goals, address.getlist("goal")),
        name=address.get("name", "").replace("\0", "").strip()[:LONGEST_NAME],
        durations=_words(Duration, address.getlist("duration")),
        teams=_keys(known.teams, address.getlist("team")),
        persons=_keys(known.persons, address.getlist("user")),
        pipelines=frozenset(address.getlist("pipeline")).intersection(known.pipelines),
        match=_word(Match, address.get("match"), Match.ANY),
        ends=_word(Ends, address.get("ends"), Ends.ANYWHERE),
        milestones=_words(Duration, address.getlist("milestone")),
        statuses=_words(Status, address.getlist("status")),
        paces=_words(Pace, address.getlist("pace")),
        tags=_words(Tag, address.getlist("tag")),
        progress=progress,
        sort=_word(Sort, address.get("sort"), Sort.ENDS),
        page=_number(address.get("page", ""), 1),
    )
    return Asked(filters, wrong_days + wrong_progress)


def of(filters: Filters, *, at: str = "goals", **changes: Any) -> str:
    """The address with these filters, some of them changed and from the first page on; of the page `at`."""
    return f"{reverse(at)}?{urlencode(pairs(replace(filters, **({'page': 1} | changes))))}"


def pairs(filters: Filters) -> list[tuple[str, str]]:
    """What the address holds, name by name, in the order of the filters."""
    last_day = filters.after_day - timedelta(days=1)
    found = [("from", filters.first_day.isoformat()), ("to", last_day.isoformat())]
    found += [("template", template) for template in TEMPLATES if template in filters.templates]
    found += [("goal", str(goal)) for goal in sorted(filters.goals)]
    found += [("name", filters.name)] if filters.name else []
    found += _chosen("duration", Duration, filters.durations)
    found += [("team", str(team)) for team in sorted(filters.teams)]
    found += [("user", str(person)) for person in sorted(filters.persons)]
    found += [("pipeline", pipeline) for pipeline in sorted(filters.pipelines)]
    found += [("match", filters.match.value)] if filters.match is not Match.ANY else []
    found += [("ends", filters.ends.value)] if filters.ends is not Ends.ANYWHERE else []
    found += _chosen("milestone", Duration, filters.milestones)
    found += _chosen("status", Status, filters.statuses)
    found += _chosen("pace", Pace, filters.paces)
    found += _chosen("tag", Tag, filters.tags)
    found += [("progress", _written(filters.progress))] if filters.progress is not None else []
    found += [("sort", filters.sort.value)] if filters.sort is not Sort.ENDS else []
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


def _progress(address: QueryDict) -> tuple[Range | None, tuple[str, ...]]:
    """`progress=50-100`; or the two fields of the form, of which either may be empty."""
    written = address.get("progress", "").partition("-")
    least = _number(address.get("progress-from", written[0]), None)
    most = _number(address.get("progress-to", written[2]), None)
    if least is None and most is None:
        return None, ()
    if most is not None and most < (least or 0):
        return None, (_("The first value must be lower than the second."),)
    return Range(least or 0, most), ()


def _written(progress: Range) -> str:
    return f"{progress.least}-{'' if progress.most is None else progress.most}"


def _number(text: str, otherwise: Otherwise) -> int | Otherwise:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else otherwise


def _keys(known: Iterable[tuple[int, str]], texts: Iterable[str]) -> frozenset[int]:
    asked = frozenset(texts)
    return frozenset(key for key, _name in known if str(key) in asked)


def _words(words: type[Word], texts: Iterable[str]) -> frozenset[Word]:
    known = {word.value: word for word in words}
    return frozenset(known[text] for text in texts if text in known)


def _word(words: type[Word], text: str | None, otherwise: Word) -> Word:
    return next((word for word in words if word.value == text), otherwise)


def _chosen(name: str, words: type[Word], chosen: frozenset[Word]) -> list[tuple[str, str]]:
    return [(name, word.value) for word in words if word in chosen]
