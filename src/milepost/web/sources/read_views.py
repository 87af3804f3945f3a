"""Reading a help desk now, for whoever does not want to wait for the next time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from milepost.base import clock
from milepost.web.sources.connect_views import check_may_connect, help_desk
from milepost.worker import queue


@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Have a source read now; asked again meanwhile, once. One that was disconnected is not read."""
    check_may_connect(request)
    source = help_desk(number)
    if source.disconnected_at is None:
        queue.ask(f"sync:{source.slug}", "sync", now=clock.now())
        messages.success(request, _("%(source)s is being read. Numbers follow in a moment.") % {"source": source.title})
    return redirect("sources")
