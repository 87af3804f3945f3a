"""What the account did by a measure, to show beside a template or a measure that is being built."""

from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.calendars.periods import add_months, period
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.formats.values import value
from milepost.metrics import engine
from milepost.metrics.metric import Aggregate
from milepost.metrics.question import Amount, By, Measure, Window
from milepost.metrics.rounding import rounded
from milepost.sources import sync
from milepost.web.goals.create.desk import Desk

# A measure that finds nothing in so many days is probably narrowed too far.
LOOKED_BACK: Final = timedelta(days=90)


def last_month(measure: Measure, desk: Desk) -> str:
    """What the whole account did last month, in a sentence; one also where there was nothing. Refuses as the engine."""
    first_day = add_months(desk.today.replace(day=1), -1)
    month = dates.month(first_day)
    amount = _amount(measure, desk, first_day, add_months(first_day, 1))
    if amount is None or amount.value is None:
        return _("No tickets in %(month)s yet.") % {"month": month}
    shown = value(rounded(amount.value, measure.unit, target=None), measure.unit)
    if measure.aggregate in {Aggregate.COUNT, Aggregate.SUM}:
        return _("Yours in %(month)s: %(value)s") % {"month": month, "value": shown}
    text = ngettext(
        "Yours in %(month)s: %(value)s over %(count)s ticket",
        "Yours in %(month)s: %(value)s over %(count)s tickets",
        amount.sample,
    )
    return text % {"month": month, "value": shown, "count": number(amount.sample)}


def finds_nothing(measure: Measure, desk: Desk) -> bool:
    """Whether no ticket of the last 90 days counts. Refuses as the engine."""
    amount = _amount(measure, desk, desk.today - LOOKED_BACK, desk.today)
    return amount is None or amount.sample == 0


def _amount(measure: Measure, desk: Desk, first_day: date, after_day: date) -> Amount | None:
    span = period(first_day, after_day, desk.zone)
    window = Window(0, int(span.start.timestamp()), int(span.end.timestamp()))
    amounts = engine.measure(sync.store(), measure, [window], by=By.ALL, now=desk.now)
    return amounts[0] if amounts else None
