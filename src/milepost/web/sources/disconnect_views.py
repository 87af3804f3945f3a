"""Disconnecting a help desk: asked once, since what lets us in is forgotten."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.base import clock
from milepost.sources import help_desks
from milepost.web.sources.connect_views import check_may_connect, help_desk


@require_http_methods(["GET", "POST"])
def disconnect(request: HttpRequest, number: int) -> HttpResponse:
    """Ask, then read the source no more."""
    user = check_may_connect(request)
    source = help_desk(number)
    if request.method != "POST":
        return render(request, "sources/disconnect.html", {"source": source, "place": "sources"})
    if source.disconnected_at is None:
        help_desks.disconnect(source, by=user, now=clock.now())
    messages.success(request, _("%(source)s is read no more.") % {"source": source.name})
    return redirect("sources")
