"""Disconnecting a help desk: asked once, since what lets us in is forgotten."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.base import clock
from milepost.connectors import registry
from milepost.sources import entrances, help_desks
from milepost.sources.models import Source
from milepost.web.sources.connect_views import check_may_connect


@require_http_methods(["GET", "POST"])
def disconnect(request: HttpRequest, number: int) -> HttpResponse:
    """Ask, then read the source no more."""
    user = check_may_connect(request)
    source = get_object_or_404(Source, pk=number, make__in=[*registry.makes(), Source.Make.INBOUND])
    if request.method != "POST":
        return render(request, "sources/disconnect.html", {"source": source, "place": "sources"})
    if source.disconnected_at is None:
        close = entrances.close if source.is_inbound else help_desks.disconnect
        close(source, by=user, now=clock.now())
    messages.success(request, _("%(source)s is read no more.") % {"source": source.title})
    return redirect("sources")
