"""The overview as a table in the terminal: the rows of the page, in the words of the page."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from milepost.account.models import Account
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.formats.values import narrow_value, value
from milepost.goals import pace, status
from milepost.metrics.metric import Direction
from milepost.progress.queries import Overview
from milepost.progress.rows import Group, Row

DASH: Final = "–"
WIDTH: Final = 160


def table(overview: Overview, account: Account, *, now: datetime) -> str:
    """The rows of this page of the overview, goal by goal, and how many more there are."""
    drawn = Table(box=SIMPLE, pad_edge=False)
    for name in (_("Goal"), _("Period"), _("Contributor")):
        drawn.add_column(name, no_wrap=True)
    for name in (_("Target"), _("Actual"), _("Progress")):
        drawn.add_column(name, no_wrap=True, justify="right")
    for name in (_("Status"), _("Pace")):
        drawn.add_column(name, no_wrap=True)
    for group in overview.groups:
        for row in group.rows:
            drawn.add_row(*_headings(group, row, account, now), *_cells(row), end_section=row is group.rows[-1])
    console = Console(width=WIDTH, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return captured.get() + _more(overview)


def _headings(group: Group, row: Row, account: Account, now: datetime) -> tuple[str, str]:
    """Goal and period, said once for all rows of a group."""
    if row is not group.first:
        return "", ""
    today = now.astimezone(ZoneInfo(account.zone)).date()
    period = dates.milestone(row.duration, row.first_day, row.after_day, today=today, week_start=account.week_start)
    return row.goal_name, period


def _cells(row: Row) -> tuple[str, ...]:
    unit = row.measure.unit
    sign = "≥" if row.measure.direction is Direction.HIGHER else "≤"
    return (
        row.contributor,
        DASH if row.wished is None else f"{sign} {narrow_value(row.wished, unit)}",
        DASH if row.shown is None else value(row.shown, unit),
        DASH if row.progress is None else f"{row.progress}%",
        _(status.NAMES[row.status]),
        "" if row.pace is None else _(pace.NAMES[row.pace]),
    )


def _more(overview: Overview) -> str:
    left = overview.found - len(overview.rows)
    if not left:
        return ""
    return ngettext("%(count)s more row is on the pages.", "%(count)s more rows are on the pages.", left) % {
        "count": number(left)
    }
