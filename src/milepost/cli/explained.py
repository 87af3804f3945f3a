"""The rows that `milepost explain` prints."""

import csv
import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.table import Table

from milepost.cli.measured import Output
from milepost.metrics.explain import SENTENCES, Explained, Page


@dataclass(frozen=True)
class Row:
    """One ticket as it is printed. The value is in seconds, or points."""

    ticket: str
    at: str
    value: int | None
    counted: bool
    reason: str


def write(out: Output, page: Page, how: str, zone: ZoneInfo) -> None:
    """Print a page as a table, CSV or JSON; the table with how many there are in all."""
    rows = [_row(one, zone) for one in page.rows]
    match how:
        case "csv":
            lines = csv.writer(out, lineterminator="\n")
            lines.writerow(field.name for field in fields(Row))
            lines.writerows((row.ticket, row.at, row.value, str(row.counted).lower(), row.reason) for row in rows)
        case "json":
            found = {"counted": page.counted, "not_counted": page.not_counted, "tickets": [asdict(row) for row in rows]}
            out.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        case _:
            _table(out, rows)
            out.write(ngettext("%(n)s counted", "%(n)s counted", page.counted) % {"n": page.counted} + "\n")
            out.write(ngettext("%(n)s not counted", "%(n)s not counted", page.not_counted) % {"n": page.not_counted})
            out.write("\n")


def _row(one: Explained, zone: ZoneInfo) -> Row:
    moment = datetime.fromtimestamp(one.at, UTC).astimezone(zone)
    reason = _(SENTENCES[one.reason])
    if one.survivor:
        reason += " " + _("Merged into %(ticket)s.") % {"ticket": one.survivor}
    return Row(one.key, f"{moment:%Y-%m-%d %H:%M:%S}", one.value, one.counted, reason)


def _table(out: Output, rows: list[Row]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in (_("Ticket"), _("Moment"), _("Value"), _("Counted"), _("Reason")):
        table.add_column(name, no_wrap=True)
    for row in rows:
        value = "-" if row.value is None else str(row.value)
        table.add_row(row.ticket, row.at, value, _("yes") if row.counted else _("no"), row.reason)
    console = Console(width=200, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(table)
    out.write(captured.get())
