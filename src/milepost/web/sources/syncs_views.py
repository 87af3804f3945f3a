"""What came with each reading of a source, and which rows were refused for what reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
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
from milepost.web.sources import refused

COUNTED: Final = ("rows", "new", "updated", "unchanged")
# More reasons of one reading are not named.
REASONS: Final = 20


@dataclass(frozen=True)
class Row:
    """One reading as the page shows it; `refused` says of each reason how many rows it was, and where."""

    at: str
    what: str
    counts: Sequence[str]
    rejected: str
    refused: Sequence[tuple[str, str]]


@require_GET
def syncs(request: HttpRequest, number: int) -> HttpResponse:
    """The readings of a source that brought something, newest first."""
    if not may_see_sources(signed_in(request)):
        raise NotFound(gettext_noop("Nothing here."))
    source = get_object_or_404(Source, pk=number)
    zone = ZoneInfo(the_account().zone)
    page = paged(request, source.syncs.order_by("-started_at", "-pk"))
    rows = [_row(sync, zone) for sync in page.rows]
    context = {"name": source.title, "rows": rows, "page": page, "place": "sources"}
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


def _refused(one: Mapping[str, Any]) -> tuple[str, str]:
    if "field" in one:
        return refused.of_items(one)
    lines = one.get("lines", [])
    return refused.in_words(
        one["reason"], one.get("column", ""), count=one["count"], lines=lines, example=one.get("example", "")
    )
