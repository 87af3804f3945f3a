"""The jobs as a table in the terminal."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from milepost.formats import dates
from milepost.worker.queries import NAMES, Shown

DASH: Final = "–"
WIDTH: Final = 160


def table(jobs: list[Shown], zone: ZoneInfo) -> str:
    """One row for each job: how it is, when it was done last, when it is done next, and why it failed."""
    drawn = Table(box=SIMPLE, pad_edge=False)
    for name in (_("Job"), _("State"), _("Last done"), _("Next time")):
        drawn.add_column(name, no_wrap=True)
    drawn.add_column(_("What it says"), overflow="fold")
    for job in jobs:
        drawn.add_row(job.name, _(NAMES[job.state]), _moment(job.done_at, zone), _moment(job.due_at, zone), _said(job))
    console = Console(width=WIDTH, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return captured.get()


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return DASH if at is None else dates.moment(at, zone)


def _said(job: Shown) -> str:
    return _(job.error) % job.error_values if job.error_values else _(job.error) if job.error else ""
