"""The rows that `milepost measure` prints."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from milepost.account.models import Account
from milepost.base.errors import Refused
from milepost.base.marks import gettext_noop
from milepost.calendars.periods import Duration, Period, cut
from milepost.cli.grouping import Grouping
from milepost.metrics import engine
from milepost.metrics.metric import Aggregate, Unit
from milepost.metrics.question import Amount, By, Condition, Measure, Window
from milepost.tickets.columns import FIELD_PREFIX, FieldType
from milepost.tickets.store import Store


class Output(Protocol):
    """Takes text."""

    def write(self, text: str, /) -> object: ...


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both included, cut into periods."""

    duration: str
    first: date
    last: date


@dataclass(frozen=True)
class Row:
    """One group in one period. Durations are in seconds; `value` is numerator ÷ denominator, to the microsecond."""

    period: str
    first_day: str
    last_day: str
    group: str
    value: float | int | None
    numerator: int | None
    denominator: int | None
    tickets: int
    unit: str
    complete: bool


def conditions(store: Store, options: Mapping[str, Any]) -> list[Condition]:
    """What the command line asks for, as conditions on columns; refuses a name that no source has."""
    asked = [
        _one_of(store, kind, kind, set(options[kind])) for kind in ("pipeline", "priority", "channel") if options[kind]
    ]
    fields_ = store.manifest().fields()
    for where in options["where"]:
        name, _equals, text = where.partition("=")
        if name not in fields_:
            raise Refused(
                gettext_noop("No source has a field “%(field)s”. There are: %(fields)s."),
                field=name,
                fields=", ".join(sorted(fields_)) or "-",
            )
        column = FIELD_PREFIX + name
        if not _equals:
            asked.append(Condition(column))
        elif fields_[name] is FieldType.TEXT:
            asked.append(_one_of(store, column, column, {text}))
        else:
            raise Refused(gettext_noop("“%(field)s” is not a text. Ask only whether it is told."), field=name)
    return asked


def _one_of(store: Store, column: str, kind: str, texts: set[str]) -> Condition:
    numbers = store.numbers(kind, texts)
    unknown = texts - set(numbers.values())
    if unknown:
        raise Refused(
            gettext_noop("No ticket has the %(kind)s “%(text)s”."), kind=kind, text=", ".join(sorted(unknown))
        )
    return Condition(column, frozenset(numbers))


def rows(
    store: Store,
    measure: Measure,
    *,
    grouping: Grouping,
    span: Span,
    conditions: Sequence[Condition],
    account: Account,
    now: datetime,
) -> list[Row]:
    """One row for every period of the span and every group that appears in it, in order of period and name."""
    if span.last < span.first:
        raise Refused(gettext_noop("The end date is before the start date."))
    zone, names = ZoneInfo(account.zone), grouping.names
    periods = cut(
        Duration(span.duration),
        span.first,
        span.last + timedelta(days=1),
        zone=zone,
        week_start=account.week_start,
        fiscal_month=account.fiscal_month,
    )
    windows = [
        Window(number, int(period.start.timestamp()), int(period.end.timestamp()))
        for number, (period, _whole) in enumerate(periods)
    ]
    amounts = engine.measure(
        store, measure, windows, by=grouping.by, now=now, conditions=conditions, stints=grouping.stints
    )
    found = {(amount.window, amount.group or None): amount for amount in amounts}
    asked = {None} if grouping.by is By.ALL else {group for _window, group in found}
    return [
        _row(period, names[group], found.get((number, group)), measure, complete=whole and period.end <= now, span=span)
        for number, (period, whole) in enumerate(periods)
        for group in sorted(asked, key=lambda one: (one is None, names[one], one or 0))
    ]


def _row(period: Period, group: str, amount: Amount | None, measure: Measure, *, complete: bool, span: Span) -> Row:
    if amount is None:
        # A count without tickets is a true zero; any other aggregate of nothing is no data.
        zero = measure.aggregate is Aggregate.COUNT
        amount = Amount(0, None, 0 if zero else None, 1 if zero else None, 0)
    return Row(
        period=_label(period.first_day, span.duration),
        first_day=period.first_day.isoformat(),
        last_day=(period.after_day - timedelta(days=1)).isoformat(),
        group=group,
        value=_number(amount.value),
        numerator=amount.numerator,
        denominator=amount.denominator,
        tickets=amount.sample,
        unit="seconds" if measure.unit is Unit.DURATION else measure.unit.value,
        complete=complete,
    )


def _number(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else round(float(value), 6)


def _label(day: date, duration: str) -> str:
    """The month as 2026-11, the year as 2026 where it begins in January, else the first day."""
    match duration:
        case "monthly":
            return f"{day:%Y-%m}"
        case "yearly" if (day.month, day.day) == (1, 1):
            return f"{day:%Y}"
    return day.isoformat()


def write(out: Output, answer: Sequence[Row], how: str) -> None:
    """Print the rows as a table, CSV or JSON."""
    match how:
        case "csv":
            lines = csv.writer(out, lineterminator="\n")
            lines.writerow(field.name for field in fields(Row))
            lines.writerows(_cells(row) for row in answer)
        case "json":
            out.write(json.dumps([asdict(row) for row in answer], indent=1, ensure_ascii=False) + "\n")
        case _:
            _table(out, answer)


def _cells(row: Row) -> Iterable[object]:
    return [str(value).lower() if isinstance(value, bool) else value for value in asdict(row).values()]


def _table(out: Output, answer: Sequence[Row]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in (_("Period"), _("Group")):
        table.add_column(name, no_wrap=True)
    for name in (_("Value"), _("Numerator"), _("Denominator"), _("Tickets"), _("Unit"), _("Complete")):
        table.add_column(name, justify="right", no_wrap=True)
    for row in answer:
        cells = (row.period, row.group, row.value, row.numerator, row.denominator, row.tickets, row.unit)
        table.add_row(*("-" if cell is None else str(cell) for cell in cells), _("yes") if row.complete else _("no"))
    console = Console(width=200, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(table)
    out.write(captured.get())
