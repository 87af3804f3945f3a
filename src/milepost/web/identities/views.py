"""Who is who in a source: the agents and groups it brought, whom they stand for, and deciding it a page at a time."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from milepost.people.models import Person
from milepost.people.roles import Place
from milepost.sources import who_is_who
from milepost.sources.models import Identity, Source
from milepost.web.identities.pages import GROUPS, found, group_rows, rows
from milepost.web.paging import Paged, paged
from milepost.web.persons.remeasuring import regroup
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
        "name": _(source.name),
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
    sent = request.POST
    if "same" in sent:
        identity, _colon, person = sent["same"].partition(":")
        _unite(request, desk, [(_of(source, identity), get_object_or_404(Person, pk=_number(person)))])
    elif "apart" in sent:
        one = _of(source, sent["apart"])
        who_is_who.keep_apart(one, by=desk.user, now=desk.now)
        messages.success(request, _("%(agent)s stays a person of their own.") % {"agent": one})
    elif sent.get("act") == "all-plain":
        plain = who_is_who.proposals(page.rows)
        pairs = [(one, plain[one.pk].persons[0]) for one in page.rows if one.pk in plain and plain[one.pk].is_plain]
        _unite(request, desk, pairs)
    elif sent.get("act") == "right":
        asked = who_is_who.to_review().filter(source=source).values("pk")
        agents = source.identities.filter(kind=Identity.Kind.AGENT).exclude(pk__in=asked)
        who_is_who.review(agents, now=desk.now)
        messages.success(request, _("The people of %(source)s are reviewed.") % {"source": _(source.name)})


def _unite(request: HttpRequest, desk: Desk, pairs: list[tuple[Identity, Person]]) -> None:
    touched: set[int] = set()
    for identity, person in pairs:
        earlier = who_is_who.unite(identity, person, by=desk.user, now=desk.now)
        touched |= {person.pk} if earlier is None or earlier.pk is None else {person.pk, earlier.pk}
    regroup(touched, (), now=desk.now)
    count = len(pairs)
    said = ngettext("%(count)s agent is matched to a person.", "%(count)s agents are matched to people.", count)
    messages.success(request, said % {"count": count})


def _of(source: Source, text: str) -> Identity:
    agents = source.identities.filter(kind=Identity.Kind.AGENT)
    return get_object_or_404(agents.select_related("source"), pk=_number(text))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < len(str(2**63)) else 0
