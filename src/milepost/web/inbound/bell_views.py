"""The address at which a help desk says that something changed: it is read soon, and what it said is not looked at."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from milepost.base import clock
from milepost.sources import bells
from milepost.sources.models import Bell
from milepost.web.inbound import limits
from milepost.web.inbound.answers import Problem, answering, as_json, as_signed, body_of, check_method
from milepost.worker import queue

MOST_BYTES: Final = 1_000_000
MOST_REQUESTS: Final = 600
# However often it rings, the help desk is asked no more often than this.
PAUSE: Final = timedelta(seconds=15)


@csrf_exempt
@login_not_required
@answering
def ring(request: HttpRequest, key: str) -> HttpResponse:
    """Have the source read soon. Asked with GET or HEAD, as some do to see whether it is there, nothing happens."""
    check_method(request, "POST", "GET", "HEAD")
    bell, now = bells.bell(key), clock.now()
    said = {"what": _("Milepost reads this help desk soon after it was told here that something changed.")}
    if request.method != "POST":
        return as_json(said)
    limits.check(f"bell:{bell.pk}", most=MOST_REQUESTS)
    if not bells.is_heard(bell, as_signed(request, body_of(request, most=MOST_BYTES)), now=now):
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            _("The signature is missing, old, or made with another secret than the one in the settings of the source."),
        )
    with transaction.atomic():
        Bell.objects.filter(pk=bell.pk).update(rung_at=now)
        queue.hasten(f"sync:{bell.source.slug}", now=now, pause=PAUSE)
    return as_json(said, status=HTTPStatus.ACCEPTED)
