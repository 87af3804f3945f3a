"""The notification address of a help desk: made, taken away, and made to hear only what the vendor signs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from milepost.base import clock
from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.sources import bells
from milepost.web.sources import once
from milepost.web.sources.connect_views import check_may_connect, help_desk

LONGEST = 1_000


@require_POST
def bell(request: HttpRequest, number: int) -> HttpResponse:
    """One act, then the settings of the source again."""
    user, now = check_may_connect(request), clock.now()
    source = help_desk(number)
    match request.POST.get("act"):
        case "hang":
            once.keep(request, source, bell=bells.hang(source, by=user, now=now))
        case "take-down":
            bells.take_down(source, by=user, now=now)
            messages.success(request, _("The notification address is there no more."))
        case "sign":
            secret = request.POST.get("signing", "").strip()[:LONGEST]
            bells.sign(source, secret, by=user, now=now)
            said = (
                _("From now on only what is signed with this secret is heard.")
                if secret
                else _("From now on what is not signed is heard too.")
            )
            messages.success(request, said)
        case _:
            raise NotFound(gettext_noop("Nothing here."))
    return redirect("source-change", source.pk)
