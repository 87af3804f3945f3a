"""The overview as a file: one row a target, days in ISO, durations in minutes and in words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.account.models import Account
from milepost.account.queries import the_account
from milepost.base import clock
from milepost.formats import dates
from milepost.formats.values import value
from milepost.goals import actions
from milepost.goals import pace as paces
from milepost.goals import status as statuses
from milepost.goals.finality import Moment
from milepost.goals.goal_templates import TEMPLATES
from milepost.metrics.metric import Unit
from milepost.progress import queries
from milepost.progress.rows import Row
from milepost.web import sheets
from milepost.web.goals import address
from milepost.web.goals.durations import DURATIONS
from milepost.web.goals.known import known
from milepost.web.goals.ticked import ticked
from milepost.web.people.signed_in import signed_in
from milepost.web.sheets import Cell

# A spreadsheet of more is of no use to anybody, and would keep a worker for minutes.
MOST: Final = 50_000
SECONDS: Final = 60


@require_http_methods(["GET", "POST"])
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """Comma-separated values of what the address asks for, or of the ticked rows of it."""
    return _export(request, sheets.as_csv)


@require_http_methods(["GET", "POST"])
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """A workbook of the same."""
    return _export(request, sheets.as_xlsx)


def _export(request: HttpRequest, write: Callable[..., StreamingHttpResponse]) -> HttpResponseBase:
    user, now, account = signed_in(request), clock.now(), the_account()
    today = now.astimezone(ZoneInfo(account.zone)).date()
    filters = address.read(request.GET, known(user, now=now), today=today).filters
    keys = ticked(request)
    rows: Iterable[Row] = (
        queries.of_targets(user, keys, filters, now=now)
        if keys
        else queries.exported(user, filters, most=MOST, now=now)
    )
    actions.note_export(request.GET.urlencode(), targets=len(keys) or None, by=user, now=now)
    return write(heading(), cells(rows, account, language=get_language() or "en"), name=f"milepost-{today.isoformat()}")


def heading() -> list[str]:
    """The names of the columns."""
    return [
        _("Goal"),
        _("Measured"),
        _("Contributor"),
        _("Person or team"),
        _("Duration"),
        _("Period"),
        _("First day"),
        _("Last day"),
        _("Pipelines"),
        _("Unit"),
        _("Target"),
        _("Target in words"),
        _("Actual"),
        _("Actual in words"),
        _("Tickets"),
        _("Progress in percent"),
        _("Pace"),
        _("Status"),
        _("Stopped"),
        _("Calculated"),
        pgettext("column of an export", "Standing"),
        _("With later changes"),
    ]


def cells(rows: Iterable[Row], account: Account, *, language: str) -> Iterator[Sequence[Cell]]:
    """The rows in those columns. They are worded while they are sent, when the request has gone with its language."""
    for row in rows:
        with override(language):
            worded = _cells(row, account)
        yield worded


def _cells(row: Row, account: Account) -> list[Cell]:
    zone = ZoneInfo(account.zone)
    template = TEMPLATES.get(row.template)
    unit = row.measure.unit
    stopped = None if row.stopped_at is None else row.stopped_at.astimezone(zone).date()
    return [
        row.goal_name,
        _(template.name if template else row.measure.metric.name),
        row.contributor,
        _("Team") if row.is_team else _("Person"),
        str(DURATIONS[row.duration]),
        _period(row, account),
        row.first_day,
        row.after_day - timedelta(days=1),
        ", ".join(row.pipelines) or _("All pipelines"),
        _unit(unit),
        _amount(row.wished, unit),
        _words(row.wished, unit),
        _amount(row.shown, unit),
        _words(row.shown, unit),
        row.sample,
        row.progress,
        "" if row.pace is None else _(paces.NAMES[row.pace]),
        _(statuses.NAMES[row.status]),
        stopped,
        "" if row.measured_at is None else row.measured_at.astimezone(zone).isoformat(timespec="minutes"),
        _standing(row),
        _amount(row.restated, unit),
    ]


def _standing(row: Row) -> str:
    """Whether the result may still move."""
    if row.reopened:
        return _("Reopened")
    names = {
        Moment.RUNNING: "",
        Moment.PROVISIONAL: _("Provisional"),
        Moment.FINAL: pgettext("tag of a target", "Final"),
    }
    return names[row.moment]


def _period(row: Row, account: Account) -> str:
    """The name of a period. Seen from long ago, no year goes without saying."""
    week_start = account.week_start
    return dates.milestone(row.duration, row.first_day, row.after_day, today=date.min, week_start=week_start)


def _amount(amount: Decimal | None, unit: Unit) -> Decimal | None:
    """A number to reckon with: minutes for durations."""
    if amount is None or unit is not Unit.DURATION:
        return amount
    return round(amount / SECONDS, 4)


def _words(amount: Decimal | None, unit: Unit) -> str:
    return "" if amount is None else value(amount, unit)


def _unit(unit: Unit) -> str:
    names = {
        Unit.TICKETS: pgettext("unit", "tickets"),
        Unit.POINTS: pgettext("unit", "points"),
        Unit.DURATION: pgettext("unit", "minutes"),
        Unit.SHARE: pgettext("unit", "percent"),
    }
    return names[unit]
