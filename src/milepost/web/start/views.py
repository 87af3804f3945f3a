"""The page of the first steps, and hiding their strip on the others."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from milepost.base.errors import NotFound
from milepost.web.first_steps import HIDDEN, HIDDEN_COOKIE, may_start, steps
from milepost.web.people.signed_in import signed_in
from milepost.web.setup import NOTHING

YEAR: Final = timedelta(days=365)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What is done and what is next."""
    check(request)
    return render(request, "start/start.html", {"steps": steps(), "place": "start"})


@require_POST
def hide(request: HttpRequest) -> HttpResponse:
    """Show the strip no more in this browser. The page stays."""
    check(request)
    answer = redirect("home")
    answer.set_cookie(HIDDEN_COOKIE, HIDDEN, max_age=YEAR, httponly=True, secure=request.is_secure(), samesite="Lax")
    return answer


def check(request: HttpRequest) -> None:
    """Refuse whoever does not run the installation."""
    if not may_start(signed_in(request)):
        raise NotFound(NOTHING)
