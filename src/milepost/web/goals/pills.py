"""The ten filters: what can be ticked in each, what is chosen in words, and the address without it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milepost.account.models import Account
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.goals import pace as paces
from milepost.goals import status as statuses
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.pace import Pace
from milepost.goals.status import Status
from milepost.progress.filters import Ends, Filters, Match, Range, Tag
from milepost.web.goals import address
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.known import Known
from milepost.web.goals.presets import presets

# From so many choices on a list can be narrowed by typing.
MANY: Final = 8


@dataclass(frozen=True)
class Choice:
    """A box to tick in a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Choices:
    """Boxes under one name of the address; `one_of` are round ones, of which one is always chosen."""

    name: str
    legend: str
    choices: Sequence[Choice]
    one_of: bool = False

    @property
    def are_many(self) -> bool:
        """Whether looking for one takes longer than typing."""
        return len(self.choices) >= MANY

    @property
    def chosen(self) -> list[str]:
        """What is ticked."""
        return [choice.label for choice in self.choices if choice.chosen]


@dataclass(frozen=True)
class Link:
    """A choice that is made by following it."""

    name: str
    address: str
    current: bool


@dataclass(frozen=True)
class Pill:
    """A filter as it is shown. Its kind says which fields stand before its boxes."""

    key: str
    label: str
    kept: Sequence[tuple[str, str]]
    chosen: str
    without: str
    boxes: Sequence[Choices] = ()
    kind: str = "choices"
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        """Whether the filter leaves anything out."""
        return bool(self.without)


class Pills:
    """The filters of a page, in the order of the seed."""

    def __init__(self, filters: Filters, known: Known, *, account: Account, today: date) -> None:
        self._filters = filters
        self._known = known
        self._account = account
        self._today = today
        self._pairs = [pair for pair in address.pairs(filters) if pair[0] != "page"]

    def all(self) -> list[Pill]:
        """Goal template to progress."""
        return [
            self._templates(),
            self._goals(),
            self._lasting("duration", _("Duration"), self._filters.durations, durations=frozenset()),
            self._teams(),
            self._users(),
            self._pipelines(),
            self.days(),
            self._lasting("milestone", _("Milestone type"), self._filters.milestones, milestones=frozenset()),
            self._statuses(),
            self._progress(),
        ]

    def days(self, key: str = "days") -> Pill:
        """The date range; that of this month is what one sees without choosing."""
        filters, month = self._filters, address.month_of(self._today)
        is_set = (filters.first_day, filters.after_day) != month or filters.ends is Ends.WITHIN
        first_day, after_day = month
        changes: dict[str, Any] = {"first_day": first_day, "after_day": after_day, "ends": Ends.ANYWHERE}
        links = [
            Link(
                str(one.name),
                address.of(filters, first_day=one.first_day, after_day=one.after_day),
                (one.first_day, one.after_day) == (filters.first_day, filters.after_day),
            )
            for one in presets(self._today, fiscal_month=self._account.fiscal_month)
        ]
        return Pill(
            key=key,
            label=_("Date range"),
            kept=self._kept("from", "to", "ends"),
            chosen=dates.days(filters.first_day, filters.after_day, today=self._today),
            without=address.of(filters, **changes) if is_set else "",
            boxes=[
                Choices("ends", _("Periods"), [Choice("within", _("Only those that end in these days"), self._ending)])
            ],
            kind="days",
            values={
                "presets": links,
                "first_day": filters.first_day,
                "last_day": filters.after_day - timedelta(days=1),
            },
        )

    @property
    def _ending(self) -> bool:
        return self._filters.ends is Ends.WITHIN

    def _templates(self) -> Pill:
        chosen = self._filters.templates
        choices = [Choice(one.key, _(one.name), one.key in chosen) for one in TEMPLATES.values()]
        return self._pill(Choices("template", _("Goal template"), choices), templates=frozenset())

    def _goals(self) -> Pill:
        boxes = Choices("goal", _("Goal name"), _named(self._known.goals, self._filters.goals))
        name = [f"“{self._filters.name}”"] if self._filters.name else []
        chosen = _short([*name, *boxes.chosen])
        without = address.of(self._filters, goals=frozenset(), name="") if chosen else ""
        kept = self._kept("goal", "name")
        values = {"name": self._filters.name}
        return Pill("goal", boxes.legend, kept, chosen, without, [boxes], kind="name", values=values)

    def _lasting(self, key: str, label: str, chosen: Iterable[Any], **without: Any) -> Pill:
        choices = [Choice(one.value, str(name), one in chosen) for one, name in DURATIONS.items()]
        return self._pill(Choices(key, label, choices), **without)

    def _teams(self) -> Pill:
        choices = _named(self._known.teams, self._filters.teams)
        return self._pill(Choices("team", _("Teams"), choices), teams=frozenset())

    def _users(self) -> Pill:
        choices = _named(self._known.persons, self._filters.persons)
        return self._pill(Choices("user", _("Users"), choices), persons=frozenset())

    def _pipelines(self) -> Pill:
        choices = [Choice(one, one, one in self._filters.pipelines) for one in self._known.pipelines]
        names = {Match.ANY: _("Any of these"), Match.ONLY: _("Only these")}
        ways = [Choice(one.value, name, one is self._filters.match) for one, name in names.items()]
        boxes = [Choices("pipeline", _("Pipelines"), choices), Choices("match", _("Which targets"), ways, one_of=True)]
        return self._pill(*boxes, pipelines=frozenset(), match=Match.ANY)

    def _statuses(self) -> Pill:
        filters = self._filters
        tags = {
            Tag.PROVISIONAL: _("Provisional"),
            Tag.STOPPED: pgettext("tag of a target", "Stopped"),
            Tag.ADJUSTED: _("Adjusted"),
        }
        return self._pill(
            Choices("status", _("Status"), [_word(one, _(statuses.NAMES[one]), filters.statuses) for one in Status]),
            Choices("pace", _("Pace"), [_word(one, _(paces.NAMES[one]), filters.paces) for one in Pace]),
            Choices("tag", _("Tags"), [_word(one, name, filters.tags) for one, name in tags.items()]),
            statuses=frozenset(),
            paces=frozenset(),
            tags=frozenset(),
        )

    def _progress(self) -> Pill:
        progress = self._filters.progress
        return Pill(
            key="progress",
            label=_("Progress"),
            kept=self._kept("progress"),
            chosen="" if progress is None else _percents(progress),
            without="" if progress is None else address.of(self._filters, progress=None),
            kind="progress",
            values={"progress": progress},
        )

    def _pill(self, *boxes: Choices, **without: Any) -> Pill:
        chosen = _short([label for one in boxes if not one.one_of for label in one.chosen])
        first = boxes[0]
        kept = self._kept(*(one.name for one in boxes))
        return Pill(
            first.name, first.legend, kept, chosen, address.of(self._filters, **without) if chosen else "", boxes
        )

    def _kept(self, *names: str) -> list[tuple[str, str]]:
        return [pair for pair in self._pairs if pair[0] not in names]


def _named(known: Iterable[tuple[int, str]], chosen: frozenset[int]) -> list[Choice]:
    return [Choice(str(key), name, key in chosen) for key, name in known]


def _word(word: Any, name: str, chosen: Iterable[Any]) -> Choice:
    return Choice(word.value, name, word in chosen)


def _short(chosen: Sequence[str]) -> str:
    """One by its name, several by their number."""
    if len(chosen) > 1:
        return number(len(chosen))
    return chosen[0] if chosen else ""


def _percents(progress: Range) -> str:
    if progress.most is None:
        return _("%(least)s%% and more") % {"least": progress.least}
    return f"{progress.least}{dates.EN_DASH}{progress.most}%"
