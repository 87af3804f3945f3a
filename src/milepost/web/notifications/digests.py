"""The reader's digests: those that were written, each as it was sent, and what the next one would say now."""

from datetime import date
from typing import Final

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.base import clock
from milepost.base.errors import NotFound
from milepost.base.marks import gettext_noop
from milepost.formats import dates
from milepost.notifications import preferences
from milepost.notifications.digest import letter, writing
from milepost.notifications.digest.content import Content
from milepost.notifications.models import Digest
from milepost.people.models import User
from milepost.web.paging import paged
from milepost.web.people.signed_in import signed_in

NOTHING: Final = gettext_noop("Nothing here.")


@require_GET
def digests(request: HttpRequest) -> HttpResponse:
    """A list, the newest first."""
    user = signed_in(request)
    page = paged(request, Digest.objects.filter(user=user).exclude(content={}))
    rows = [(one.monday.isoformat(), dates.day(one.monday), Content.from_json(one.content)) for one in page.rows]
    wants = preferences.wants_of([user.pk])[user.pk]
    return render(
        request, "notices/digests.html", {"page": page, "rows": rows, "wanted": wants.digest, "place": "digests"}
    )


@require_GET
def digest(request: HttpRequest, monday: str) -> HttpResponseBase:
    """One, as it was sent."""
    user = signed_in(request)
    try:
        asked = date.fromisoformat(monday)
    except ValueError:
        raise NotFound(NOTHING) from None
    for one in Digest.objects.filter(user=user, monday=asked).exclude(content={}):
        return _letter(request, Content.from_json(one.content), user)
    raise NotFound(NOTHING)


@require_GET
def preview(request: HttpRequest) -> HttpResponseBase:
    """What it would say now; nothing is sent."""
    user = signed_in(request)
    content = writing.preview(user, preferences.wants_of([user.pk])[user.pk], now=clock.now())
    if content is None:
        return render(request, "notices/no_digest.html", {"place": "digests"})
    return _letter(request, content, user)


def _letter(request: HttpRequest, content: Content, user: User) -> HttpResponseBase:
    """A letter carries its style in itself, as mail programs want it. It has no script, and none would run."""

    @csp_update({"style-src": [UNSAFE_INLINE]})
    def page(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(letter.html(content, user))

    return page(request)
