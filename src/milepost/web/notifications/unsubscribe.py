"""Stopping e-mail from an e-mail, without signing in. Opening the page stops nothing; its button does."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from milepost.base import clock
from milepost.notifications import unsubscribe as stopping
from milepost.notifications.unsubscribe import Mailing


@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The signed address is all that is needed: a mail program has no cookie of ours."""
    _user, mailing = stopping.whose(token)
    if request.method == "POST":
        stopping.stop(token, now=clock.now())
    context = {"stopped": request.method == "POST", "is_digest": mailing is Mailing.DIGEST}
    return render(request, "notices/unsubscribe.html", context)
