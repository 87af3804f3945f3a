"""What came with each reading of a source, and which rows were refused for what reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from milepost.account.queries import the_account
from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.formats import dates
from milepost.formats.numbers import number
from milepost.sources.models import Source, Sync
from milepost.web.paging import paged
from milepost.web.people.signed_in import signed_in
from milepost.web.shell import may_see_sources

COUNTED: Final = ("rows", "new", "updated", "unchanged")
# More reasons of one reading are not named, nor more lines of one reason.
REASONS: Final = 20
LINES: Final = 5


@dataclass(frozen=True)
class Row:
    """One reading as the page shows it; `refused` says of each reason how many rows it was, and where."""

    at: str
    what: str
    counts: Sequence[str]
    rejected: str
    refused: Sequence[str]


@require_GET
def syncs(request: HttpRequest, number: int) -> HttpResponse:
    """The readings of a source that brought something, newest first."""
    if not may_see_sources(signed_in(request)):
        raise NotFound(gettext_noop("Nothing here."))
    source = get_object_or_404(Source, pk=number)
    zone = ZoneInfo(the_account().zone)
    page = paged(request, source.syncs.order_by("-started_at", "-pk"))
    rows = [_row(sync, zone) for sync in page.rows]
    context = {"name": _(source.name), "rows": rows, "page": page, "place": "sources"}
    return render(request, "sources/syncs.html", context)


def _row(sync: Sync, zone: ZoneInfo) -> Row:
    rejected = sync.counts.get("rejected", [])
    return Row(
        at=dates.moment(sync.finished_at or sync.started_at, zone),
        what=sync.what,
        counts=[number(sync.counts.get(name, 0)) for name in COUNTED],
        rejected=number(sum(one["count"] for one in rejected)),
        refused=[_refused(one) for one in rejected[:REASONS] if one.get("reason")],
    )


def _refused(reason: Mapping[str, Any]) -> str:
    text = ngettext(
        "%(count)s row: %(reason)s, column “%(column)s”, such as “%(example)s” (lines %(lines)s).",
        "%(count)s rows: %(reason)s, column “%(column)s”, such as “%(example)s” (lines %(lines)s).",
        reason["count"],
    )
    lines = reason.get("lines", [])
    more = " …" if len(lines) > LINES or reason["count"] > len(lines) else ""
    return text % {
        "count": number(reason["count"]),
        "reason": _(reason["reason"]),
        "column": reason.get("column", ""),
        "example": reason.get("example", ""),
        "lines": ", ".join(map(str, lines[:LINES])) + more,
    }
