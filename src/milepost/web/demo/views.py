"""Loading demo data, calling it off, and removing them, which is asked once."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from milepost.base import clock
from milepost.base.errors import NotFound
from milepost.demo import loading, removing
from milepost.people.models import User
from milepost.web.back import back_to
from milepost.web.first_steps import may_start
from milepost.web.people.signed_in import signed_in
from milepost.web.setup import NOTHING
from milepost.worker import queue


@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Have them loaded, and follow it on the page of the first steps."""
    user, now = _check(request), clock.now()
    with transaction.atomic():
        loading.wish(by=user, now=now)
        queue.ask("demo", "demo", now=now)
    return redirect("start")


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Call it off, as long as they are not there."""
    _check(request)
    with transaction.atomic():
        if loading.withdraw():
            # Takes away what a load that was cut short may have left.
            queue.ask("demo", "demo", now=clock.now())
            messages.success(request, _("The demo data are not loaded."))
    return redirect("start")


@never_cache
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    """Ask, then take them out, and go on with what the reader was about to do."""
    user, now = _check(request), clock.now()
    if request.method != "POST":
        removing.check_there()
        return render(request, "demo/remove.html", {"next": request.GET.get("next", ""), "place": "sources"})
    with transaction.atomic():
        queue.ask("refresh", "refresh", now=now)
        removing.remove(by=user, now=now)
    messages.success(request, _("The demo data are removed."))
    return redirect(back_to(request, "start"))


def _check(request: HttpRequest) -> User:
    user = signed_in(request)
    if not may_start(user):
        raise NotFound(NOTHING)
    return user
