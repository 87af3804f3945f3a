"""The address at which others send ticket events."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt

from milepost.base import clock
from milepost.connectors import settings as asked
from milepost.connectors.contract import LARGEST
from milepost.connectors.inbound.body import Body, Form
from milepost.sources import accepting, entrances
from milepost.sources.accepting import Answer, Outcome
from milepost.sources.models import Arrival, Entrance
from milepost.web.inbound import limits
from milepost.web.inbound.answers import Problem, answering, as_json, as_signed, body_of, check_method, problem
from milepost.web.inbound.openapi import document
from milepost.worker import queue

MOST_BYTES: Final = 5_000_000
MOST_REQUESTS: Final = 600
# What comes is read at once, but no more often than this.
PAUSE: Final = timedelta(seconds=15)
BEARER: Final = "bearer "
FORMS: Final = {
    "application/json": Form.JSON,
    "application/x-ndjson": Form.LINES,
    "application/ndjson": Form.LINES,
    "application/jsonl": Form.LINES,
}


@csrf_exempt
@login_not_required
@answering
def entrance(request: HttpRequest, key: str) -> HttpResponse:
    """Take events; asked without any, say how they are sent. No session and no cookie: the token is all that counts."""
    check_method(request, "POST", "GET", "HEAD")
    found = entrances.entrance(key)
    if request.method == "POST":
        return _take(request, found)
    if request.headers.get("Authorization"):
        _check_lets_in(request, found, b"", now=clock.now())
        return as_json(_described(found) | _standing(found))
    return as_json(_described(found))


@login_not_required
@answering
def openapi(request: HttpRequest, key: str) -> HttpResponse:
    """The description of the address for programs."""
    check_method(request, "GET", "HEAD")
    return as_json(document(entrances.address(entrances.entrance(key))))


def _take(request: HttpRequest, found: Entrance) -> HttpResponse:
    now = clock.now()
    body = body_of(request, most=MOST_BYTES)
    _check_lets_in(request, found, body, now=now)
    limits.check(f"entrance:{found.pk}", most=MOST_REQUESTS)
    statuses = asked.statuses(found.source.settings.get("statuses", ""))
    items = Body(int(now.timestamp()), statuses).items(body, _form(request))
    with transaction.atomic():
        answers = accepting.accept(found, items, now=now)
        if any(answer.outcome is not Outcome.UNCHANGED for answer in answers):
            queue.hasten(f"sync:{found.source.slug}", now=now, pause=PAUSE)
    return _answer(answers)


def _check_lets_in(request: HttpRequest, found: Entrance, body: bytes, *, now: datetime) -> None:
    """By the token, or by a signature of the request."""
    told = request.headers.get("Authorization", "")
    if told[: len(BEARER)].lower() == BEARER and entrances.lets_in(found, told[len(BEARER) :].strip(), now=now):
        return
    if entrances.is_signed(found, as_signed(request, body), now=now):
        return
    raise Problem(
        HTTPStatus.UNAUTHORIZED,
        _("Send the token of this address as “Authorization: Bearer …”. The settings of the source make a new one."),
        WWW_Authenticate="Bearer",
    )


def _form(request: HttpRequest) -> Form:
    form = FORMS.get((request.content_type or "").lower())
    if form is None or request.headers.get("Content-Encoding", "identity") != "identity":
        said = _("Send JSON as “Content-Type: application/json”, or one event on each line as application/x-ndjson.")
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, said, Accept_Post=", ".join(FORMS))
    return form


def _answer(answers: Sequence[Answer]) -> HttpResponse:
    """202 where all was kept, 207 where a part of it was, 422 where nothing was: no retry mends what was rejected."""
    counts: dict[str, Any] = dict.fromkeys(Outcome, 0)
    for answer in answers:
        counts[answer.outcome] += 1
    said = counts | {"items": [_item(place, answer) for place, answer in enumerate(answers, start=1)]}
    rejected = counts[Outcome.REJECTED]
    if not rejected:
        return as_json(said, status=HTTPStatus.ACCEPTED)
    if rejected < len(answers):
        return as_json(said, status=HTTPStatus.MULTI_STATUS)
    detail = ngettext(
        "%(count)s item was rejected; “items” says why. Nothing was kept.",
        "%(count)s items were rejected; “items” says why. Nothing was kept.",
        rejected,
    )
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail % {"count": rejected}, more=said)


def _item(place: int, answer: Answer) -> dict[str, Any]:
    said: dict[str, Any] = {"item": place, "outcome": answer.outcome}
    if answer.refusal is not None:
        values = {"field": answer.refusal.field, "words": answer.refusal.words}
        said |= {"field": answer.refusal.field, "reason": _(answer.refusal.reason) % values}
    return said


def _described(found: Entrance) -> dict[str, Any]:
    return {
        "what": _("Send ticket events to this address with POST: one, a list of them, or one on each line."),
        "authorization": "Bearer",
        "content_types": list(FORMS),
        "limits": {"bytes": MOST_BYTES, "events": LARGEST, "requests_per_minute": MOST_REQUESTS},
        "openapi": f"{entrances.address(found)}/openapi.json",
    }


def _standing(found: Entrance) -> dict[str, Any]:
    """How it stands with the source, for whoever has the token."""
    source = found.source
    return {
        "source": source.name,
        "received_at": found.received_at,
        "complete_from": source.complete_from,
        "complete_until": source.complete_until,
        "waiting": Arrival.objects.filter(source=source, taken_at__isnull=True).count(),
    }
