"""A measure built from scratch: what is counted, how it becomes one value, and of which tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.formats import parse
from milepost.metrics import catalog
from milepost.metrics.catalog import CATEGORIES, METRICS, Filter
from milepost.metrics.metric import Aggregate, Anchor, Credit, Direction, Hours, Metric, Unit
from milepost.metrics.question import Measure
from milepost.sources import sync
from milepost.tickets.columns import FieldType
from milepost.web.errors import sentence
from milepost.web.goals.create import own_numbers
from milepost.web.goals.create.desk import Desk
from milepost.web.goals.create.plan import Plan, usual_year

# More texts of one column than these are not offered to tick.
MOST_TEXTS: Final = 500

AGGREGATES: Final = {
    Aggregate.COUNT: gettext_noop("Count"),
    Aggregate.SUM: gettext_noop("Sum"),
    Aggregate.AVERAGE: gettext_noop("Average"),
    Aggregate.MEDIAN: gettext_noop("Median"),
    Aggregate.P75: gettext_noop("75th percentile"),
    Aggregate.P90: gettext_noop("90th percentile"),
    Aggregate.P95: gettext_noop("95th percentile"),
    Aggregate.MINIMUM: gettext_noop("Minimum"),
    Aggregate.MAXIMUM: gettext_noop("Maximum"),
    Aggregate.SHARE: gettext_noop("Share"),
    Aggregate.RATIO: gettext_noop("Ratio"),
}
UNITS: Final = {
    Unit.TICKETS: gettext_noop("tickets"),
    Unit.DURATION: gettext_noop("time"),
    Unit.SHARE: gettext_noop("percent"),
    Unit.POINTS: gettext_noop("points"),
}
CREDITS: Final = {
    Credit.CREATOR: gettext_noop("whoever held the ticket when it was created"),
    Credit.REPLIER: gettext_noop("the author of the reply"),
    Credit.ASSIGNEE: gettext_noop("the assignee at that moment"),
    Credit.ASSIGNEE_BEFORE: gettext_noop("the assignee before it"),
    Credit.RESOLVER: gettext_noop("the assignee of the resolution before it"),
    Credit.HOLDER: gettext_noop("whoever holds the ticket"),
}
ANCHORS: Final = {
    Anchor.ACT: gettext_noop("when it happened"),
    Anchor.LEVEL: gettext_noop("at the end of the period"),
    Anchor.REMOVAL: gettext_noop("when the ticket was created"),
}
CHOOSE: Final = gettext_noop("Choose what to measure.")
NOT_DAYS: Final = gettext_noop("Enter a number of days from 0 to 365.")
NOT_A_SAMPLE: Final = gettext_noop("Enter a number of tickets from 0 to 10,000.")
MOST_DAYS: Final = 365
MOST_SAMPLE: Final = 10_000


@dataclass(frozen=True)
class Choice:
    """Something to choose; `off` says why it cannot be."""

    key: str
    name: str
    chosen: bool
    off: str = ""


@dataclass(frozen=True)
class Group:
    """Choices under a heading."""

    name: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Narrowing:
    """A column by which tickets are narrowed, with its texts to tick."""

    column: str
    name: str
    choices: Sequence[Choice]
    chosen: str


def read(plan: Plan, form: QueryDict, desk: Desk) -> Plan:
    """The plan with what the form says. Its measure is empty until the form says one that has a meaning."""
    texts = {name: str(form.get(name, "")).replace("\0", "") for name in ("metric", "aggregate", "within", "days")}
    texts |= {name: str(form.get(name, "")) for name in ("better", "least")}
    texts["hours"] = str(form.get("hours", desk.hours.value))
    where = {one.column: form.getlist(f"where-{one.column}") for one in _filters()}
    scratch: dict[str, Any] = texts | {"where": {column: kept for column, kept in where.items() if kept}}
    found = replace(plan, template="", scratch=scratch)
    try:
        measure = measure_of(found)
    except Refused:
        return replace(found, measure={})
    same_unit = bool(plan.measure) and Measure.from_json(plan.measure).unit is measure.unit
    return replace(
        found,
        measure=measure.to_json(),
        name=plan.name or f"{_(measure.metric.name)} {usual_year(desk.today, desk.fiscal_month)}",
        targets=plan.targets if same_unit else {},
    )


def measure_of(plan: Plan) -> Measure:
    """The measure that was built; refuses one that says nothing, with the sentence to mend it."""
    scratch = plan.scratch
    metric = METRICS.get(scratch.get("metric", ""))
    if metric is None:
        raise Refused(CHOOSE)
    return Measure(
        metric,
        _aggregate(metric, scratch),
        _hours(metric, scratch),
        within=int(parse.duration(scratch["within"], bare=parse.HOUR)) if metric.bounded else None,
        days=_number(scratch["days"], MOST_DAYS, NOT_DAYS) or 0 if metric.takes_days else 0,
        where=tuple((column, tuple(texts)) for column, texts in scratch.get("where", {}).items()),
        better=Direction(scratch["better"]) if scratch.get("better") in set(Direction) else None,
        least=_number(scratch["least"], MOST_SAMPLE, NOT_A_SAMPLE),
    )


class BuilderPage:
    """What the template asks for."""

    def __init__(self, plan: Plan, desk: Desk, *, checked: bool) -> None:
        self.plan = plan
        self._desk = desk
        self._checked = checked
        self._metric = METRICS.get(plan.scratch.get("metric", ""))

    @property
    def mistake(self) -> str:
        """What keeps the measure from having a meaning; told once the reader wants to go on."""
        return sentence(self._refused) if self._refused is not None and self._checked else ""

    @cached_property
    def groups(self) -> list[Group]:
        """All metrics by category; those that no source tells are there, with the reason."""
        tells = sync.store().manifest().tells()
        return [
            Group(
                _(category),
                [
                    Choice(
                        metric.key,
                        _(metric.name),
                        metric is self._metric,
                        off="" if not tells or catalog.tellers(metric, tells) else _("No source tells this."),
                    )
                    for metric in metrics
                ],
            )
            for category, metrics in CATEGORIES.items()
        ]

    @property
    def aggregates(self) -> list[Choice]:
        """How many values become one; asked where there is a choice."""
        if self._metric is None or len(self._metric.aggregates) == 1:
            return []
        chosen = _aggregate(self._metric, self.plan.scratch)
        return [Choice(one.value, _(AGGREGATES[one]), one is chosen) for one in self._metric.aggregates]

    @property
    def is_bounded(self) -> bool:
        """Whether a bound is asked for."""
        return self._metric is not None and self._metric.bounded

    @property
    def takes_days(self) -> bool:
        """Whether days in which a resolution may be undone are asked for."""
        return self._metric is not None and self._metric.takes_days

    @property
    def directions(self) -> list[Choice]:
        """Which way is better; the metric's own first."""
        if self._metric is None:
            return []
        names = {Direction.HIGHER: _("Higher is better"), Direction.LOWER: _("Lower is better")}
        chosen = self.plan.scratch.get("better") or self._metric.direction.value
        return [Choice(one.value, name, one.value == chosen) for one, name in names.items()]

    @property
    def hours(self) -> list[Choice]:
        """Which clock; asked where there is a choice, which there is once the working hours are set."""
        if self._metric is None or not self._metric.is_clocked or self._desk.hours is Hours.CALENDAR:
            return []
        chosen = _hours(self._metric, self.plan.scratch)
        names = {Hours.BUSINESS: _("business hours"), Hours.CALENDAR: _("calendar hours")}
        return [Choice(one.value, name, one is chosen) for one, name in names.items()]

    @property
    def meaning(self) -> str:
        """What the metric means."""
        return _(self._metric.meaning) if self._metric is not None else ""

    @property
    def declared(self) -> list[tuple[str, str]]:
        """What follows from the metric and is not chosen: unit, time property, credit."""
        if self._metric is None:
            return []
        aggregate = _aggregate(self._metric, self.plan.scratch)
        hours = _hours(self._metric, self.plan.scratch)
        clock = _("business hours") if hours is Hours.BUSINESS else _("calendar hours")
        unit = Unit.TICKETS if aggregate is Aggregate.COUNT else self._metric.unit
        return [
            (_("Unit"), _(UNITS[unit])),
            (_("Counted"), _(ANCHORS[self._metric.anchor])),
            (_("Credited to"), _(CREDITS[self._metric.credit])),
            *([(_("Clock"), clock)] if self._metric.is_clocked else []),
        ]

    @property
    def usual_sample(self) -> int:
        """The account's minimum sample."""
        return self._desk.account.minimum_sample

    @cached_property
    def narrowings(self) -> list[Narrowing]:
        """The columns that have texts in the facts."""
        found = []
        for one in _filters():
            texts = sorted(set(sync.store().numbers(one.names or one.column).values()), key=str.casefold)[:MOST_TEXTS]
            chosen = self.plan.scratch.get("where", {}).get(one.column, [])
            if texts:
                choices = [Choice(text, text, text in chosen) for text in texts]
                found.append(Narrowing(one.column, _(one.name), choices, ", ".join(chosen)))
        return found

    @property
    def preview(self) -> str:
        """What it would have been last month."""
        return self._said[0]

    @property
    def warning(self) -> str:
        """Why the preview says nothing."""
        return self._said[1]

    @cached_property
    def _said(self) -> tuple[str, str]:
        if not self.plan.measure:
            return "", ""
        try:
            if own_numbers.finds_nothing(self.plan.measured, self._desk):
                return "", _("No tickets matched in the last 90 days. Check the filters.")
            return own_numbers.last_month(self.plan.measured, self._desk), ""
        except Refused as refused:
            return "", sentence(refused)

    @cached_property
    def _refused(self) -> Refused | None:
        try:
            measure_of(self.plan)
        except Refused as refused:
            return refused
        return None


def _filters() -> list[Filter]:
    """The columns with texts."""
    fields = sync.store().manifest().fields()
    return [one for one in catalog.filters(fields) if one.type is FieldType.TEXT]


def _aggregate(metric: Metric, scratch: Mapping[str, Any]) -> Aggregate:
    """The one that was chosen, or the metric's usual one where it does not have that."""
    chosen = scratch.get("aggregate", "")
    return Aggregate(chosen) if chosen in set(metric.aggregates) else metric.aggregate


def _hours(metric: Metric, scratch: Mapping[str, Any]) -> Hours:
    """The clock that was chosen; calendar hours where the number is read from none."""
    chosen = scratch.get("hours", "")
    return Hours(chosen) if metric.is_clocked and chosen in set(Hours) else Hours.CALENDAR


def _number(text: str, most: int, mistake: str) -> int | None:
    """A whole number from 0 on; None where nothing was typed."""
    typed = text.strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > len(str(most)) or int(typed) > most:
        raise Refused(mistake)
    return int(typed)
