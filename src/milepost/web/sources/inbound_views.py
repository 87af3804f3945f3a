"""A source to which others send: its address, its token, what came, and what was refused."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.connectors import settings
from milepost.formats import dates
from milepost.formats.numbers import number as in_figures
from milepost.people.models import User
from milepost.sources import entrances
from milepost.sources.models import Arrival, Source
from milepost.sources.slugs import free_slug
from milepost.web.forms import PageForm
from milepost.web.sources import once, refused
from milepost.web.sources.connect_views import check_may_connect, demo_first

# More reasons are not named here; the page of what came names more.
REASONS: Final = 5


class NameForm(PageForm):
    """What the source is called."""

    name = forms.CharField(label=gettext_lazy("Name of the source"), max_length=200)


class InboundForm(NameForm):
    """The same, and what the statuses mean that are sent."""

    statuses = forms.CharField(
        label=gettext_lazy("Your own statuses"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One on each line, as “pending = waiting_customer”. The words are new, open, waiting_customer, on_hold,"
            " resolved, closed and deleted; they need not be listed."
        ),
    )

    def clean_statuses(self) -> str:
        """Refuse here what says nothing."""
        text = str(self.cleaned_data["statuses"]).strip()
        try:
            settings.statuses(text)
        except Refused as refusal:
            self.refuse(refusal, "statuses")
        return text


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say what it is called, and get an address and a token."""
    user = check_may_connect(request)
    if (question := demo_first(request)) is not None:
        return question
    form = NameForm(request.POST or None, initial={"name": _("Help desk")})
    if not form.is_valid():
        return render(request, "sources/inbound_new.html", {"form": form, "place": "sources"})
    name = form.cleaned_data["name"]
    opened = entrances.open_(free_slug(name, otherwise="inbound"), name=name, by=user, now=clock.now())
    once.keep(request, opened.source, token=opened.token)
    return redirect("source-inbound", opened.source.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def inbound(request: HttpRequest, number: int) -> HttpResponse:
    """Where to send, what came, and the acts on what lets in."""
    user = check_may_connect(request)
    source = get_object_or_404(Source.objects.select_related("entrance"), pk=number, make=Source.Make.INBOUND)
    act = request.POST.get("act", "save")
    if request.method == "POST" and act != "save":
        _act(request, source, act, user)
        return redirect("source-inbound", source.pk)
    told = {"name": source.name, "statuses": source.settings.get("statuses", "")}
    form = InboundForm(request.POST or None, initial=told)
    if form.is_valid():
        entrances.change(source, **form.cleaned_data, by=user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("source-inbound", source.pk)
    return render(request, "sources/inbound.html", _page(request, source, form))


def _act(request: HttpRequest, source: Source, act: str, user: User) -> None:
    now = clock.now()
    match act:
        case "open":
            once.keep(request, source, token=entrances.open_(source.slug, name=source.name, by=user, now=now).token)
        case "renew":
            once.keep(request, source, token=entrances.renew(source, by=user, now=now))
        case "sign":
            once.keep(request, source, signing=entrances.sign(source, by=user, now=now))
        case "revoke":
            entrances.revoke(source, by=user, now=now)
            messages.success(request, _("Nothing lets in any more. Make a new token to go on."))
        case _:
            raise NotFound(gettext_noop("Nothing here."))


def _page(request: HttpRequest, source: Source, form: InboundForm) -> dict[str, Any]:
    entrance, zone = source.entrance, ZoneInfo(the_account().zone)
    return {
        "source": source,
        "form": form,
        "address": entrances.address(entrance),
        "shown": once.take(request, source) if source.disconnected_at is None else {},
        "has_token": bool(entrance.token_hash),
        "earlier": _earlier(source),
        "is_signed": bool(entrance.signing),
        "facts": _facts(source),
        "covered_from": "" if source.complete_from is None else dates.moment(source.complete_from, zone),
        "refused": _refused(source),
        "place": "sources",
    }


def _earlier(source: Source) -> str:
    """Until when the token before lets in; empty where it does not."""
    until = source.entrance.earlier_until
    if not source.entrance.earlier_hash or until is None or until <= clock.now():
        return ""
    return dates.moment(until, ZoneInfo(the_account().zone))


def _facts(source: Source) -> list[tuple[str, str]]:
    zone = ZoneInfo(the_account().zone)
    received = source.entrance.received_at
    waiting = Arrival.objects.filter(source=source, taken_at__isnull=True).count()
    newest = source.syncs.order_by("-started_at", "-pk").first()
    facts = [
        (_("Last received"), _("nothing yet") if received is None else dates.moment(received, zone)),
        (_("Waiting to be read"), in_figures(waiting)),
    ]
    if newest is not None:
        facts += [
            (_("Tickets new"), in_figures(newest.counts.get("new", 0))),
            (_("Tickets updated"), in_figures(newest.counts.get("updated", 0))),
        ]
    if source.complete_from and source.complete_until and source.complete_from < source.complete_until:
        span = dates.moment(source.complete_from, zone), dates.moment(source.complete_until, zone)
        facts.append((_("Covers"), f"{span[0]} – {span[1]}"))
    return facts


def _refused(source: Source) -> list[tuple[str, str]]:
    """What the last reading refused, and why."""
    newest = source.syncs.order_by("-started_at", "-pk").first()
    rejected = [] if newest is None else newest.counts.get("rejected", [])
    return [refused.of_items(one) for one in rejected[:REASONS]]
