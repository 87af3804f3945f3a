"""Who is who in a source: the agents and groups it brought, whom they stand for, and deciding it a page at a time."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.people.roles import Place
from milepost.sources import who_is_who
from milepost.sources.models import Identity, Source
from milepost.web.identities.deciding import decide, unite
from milepost.web.identities.pages import GROUPS, found, group_rows, rows
from milepost.web.paging import Paged, paged
from milepost.web.persons.views import LONGEST, Desk, desk_of
from milepost.web.setup import may_change


@require_http_methods(["GET", "POST"])
def who(request: HttpRequest, number: int) -> HttpResponse:
    """The agents of a source, or its groups; who has the address of somebody else is asked about."""
    desk = desk_of(request, changes=request.method == "POST")
    source = get_object_or_404(Source, pk=number)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    state = request.GET.get("state", "")
    page = paged(request, found(source, text, state))
    if request.method == "POST":
        _decide(request, desk, source, page)
        kept = {name: value for name, value in (("q", text), ("state", state)) if value}
        return redirect(f"{request.path}?{urlencode(kept)}" if kept else request.path)
    shown = group_rows(page.rows) if state == GROUPS else rows(page.rows, desk.zone)
    to_review = who_is_who.to_review().filter(source=source)
    context: dict[str, Any] = {
        "source": source,
        "name": source.title,
        "rows": shown,
        "plain": sum(_is_plain(one) for one in shown),
        "page": page,
        "text": text,
        "state": state,
        "to_review": to_review.count(),
        "unseen": source.identities.filter(kind=Identity.Kind.AGENT, reviewed_at=None).exists(),
        "may_change": may_change(desk.user, Place.PEOPLE),
        "place": "sources",
    }
    return render(request, "identities/who.html", context)


def _is_plain(row: Any) -> bool:
    return len(row.candidates) == 1 and not row.shared


def _decide(request: HttpRequest, desk: Desk, source: Source, page: Paged) -> None:
    """One agent, or all of the page that are plain, or all of the source that nobody else may be."""
    agents = source.identities.filter(kind=Identity.Kind.AGENT)
    if decide(request, desk, agents):
        return
    match request.POST.get("act"):
        case "all-plain":
            plain = who_is_who.proposals(page.rows)
            pairs = [(one, plain[one.pk].persons[0]) for one in page.rows if one.pk in plain and plain[one.pk].is_plain]
            unite(request, desk, pairs)
        case "right":
            asked = who_is_who.to_review().filter(source=source).values("pk")
            who_is_who.review(agents.exclude(pk__in=asked), now=desk.now)
            messages.success(request, _("The people of %(source)s are reviewed.") % {"source": source.title})
